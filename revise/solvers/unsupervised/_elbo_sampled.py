"""The ELBO of a VAE as it is trained: what the decoder made of the z drawn, less the closed KL term."""

from typing import Any

from revise.engines.arrays import Array, entries
from revise.errors import InputError
from revise.expression import Node
from revise.solution import Solution, Work
from revise.solvers.unsupervised._encoder import MOST, WORDS, add_divergence, numbers, spread

# decoder, is the constant kept → log p(x|z) of one entry, and why
LOG_LIKELIHOOD = {
    ("bernoulli", True): (
        "x[i]*log(y[i]) + (1 - x[i])*log(1 - y[i])",
        "log of a Bernoulli: minus the binary cross-entropy",
    ),
    ("gaussian", True): (
        "-(x[i] - y[i])^2/(2*sigma_x^2) - 1/2*log(2*pi*sigma_x^2)",
        "log of the density N(x; y, σ_x²)",
    ),
    ("gaussian", False): ("-(x[i] - y[i])^2/(2*sigma_x^2)", "log N(x; y, σ_x²) without its constant"),
}
# the same of entry i for the draw s
OF_DRAWS = {
    ("bernoulli", True): "x[i]*log(y[s,i]) + (1 - x[i])*log(1 - y[s,i])",
    ("gaussian", True): "-(x[i] - y[s,i])^2/(2*sigma_x^2) - 1/2*log(2*pi*sigma_x^2)",
    ("gaussian", False): "-(x[i] - y[s,i])^2/(2*sigma_x^2)",
}


def solve_sampled(
    x: Array, decoded: Array, given: tuple[Any, Any, Any, Any], decoder: str, scale: Any, constant: bool, beta: Any
) -> Solution:
    """Entry by entry log p(x|z), its sum (the mean over several draws), the KL term, the ELBO and the loss."""
    means, name, widths = spread(*given)
    pixels, rows = numbers("x", x), decoded.nested()
    for row in rows:
        numbers("decoded", Array((len(row),), tuple(row)))
    _check(pixels, rows, decoder, scale, beta)
    several, weighted = len(rows) > 1, isinstance(beta, Node) or beta != 1
    seen = {(draw, i): y for draw, row in enumerate(rows, 1) for i, y in enumerate(row, 1)}
    work = Work(
        x=dict(enumerate(pixels, 1)), y=seen if several else {i: y for (_, i), y in seen.items()},
        sigma_x=scale if decoder == "gaussian" else None, mu=means, **{name: widths},
        beta=beta if weighted else None, d=len(pixels) if several else None,
    )  # fmt: skip
    work.called(
        x="input", y="decoder's output", sigma_x="decoder's deviation", mu="mean of z", beta="weight of KL", d=""
    )
    work.called(**{name: f"{WORDS[name]} of z"})
    work.note("log p(x) ≥ ELBO = E[log p(x|z)] − KL(q(z|x) || p(z)), z from q(z|x) = N(μ, diag σ²), p(z) = N(0, I).")
    drawn = f"{len(rows)} draws stand" if several else "One draw stands"
    work.note(
        f"{drawn} for the mean over z. log is the natural logarithm" + (", λ is log σ²." if name == "lambda" else ".")
    )
    _reconstruction(work, pixels, rows, decoder, constant)
    add_divergence(work, name, means, "KL to the prior, by dimension of z")
    if weighted:
        work.let("ELBO", "R - beta*D_KL", "β-VAE: the KL term weighs β times (a bound for β ≥ 1)", unit="nat")
    else:
        work.let("ELBO", "R - D_KL", "reconstruction less the KL term: made large", unit="nat")
    work.let("L", "-ELBO", "the loss: made small", unit="nat")
    if not constant and decoder == "gaussian":
        work.note("Without −1/2 log(2π σ_x²) for each entry: the gradients are the same, the number is not the bound.")
    return work.answer(elbo="ELBO", reconstruction="R", kl="D_KL", loss="L")


def _reconstruction(work: Work, pixels: list[Any], rows: list[list[Any]], decoder: str, constant: bool) -> None:
    key = (decoder, constant or decoder == "bernoulli")
    formula, why = LOG_LIKELIHOOD[key]
    d, table = len(pixels), "reconstruction, entry by entry"
    if len(rows) == 1:
        for i, (x, y) in enumerate(zip(pixels, rows[0], strict=True), 1):
            if _certain(decoder, y):
                work.let("r[i]", "0", f"x and y are both {x}: log 1", table="certain entries", i=i)
            else:
                work.let("r[i]", formula, why, table=table, i=i)
        work.let("R", "sum(r[i] for i in 1..d)", "log p(x|z): the entries are independent given z, so added", d=d)
        return
    for draw, row in enumerate(rows, 1):
        for i, (x, y) in enumerate(zip(pixels, row, strict=True), 1):
            if _certain(decoder, y):
                work.let("r[s,i]", "0", f"x and y are both {x}: log 1", table="certain entries", s=draw, i=i)
            else:
                work.let("r[s,i]", OF_DRAWS[key], why, table=table, s=draw, i=i)
    for draw in range(1, len(rows) + 1):
        work.let("t[s]", "sum(r[s,i] for i in 1..d)", "log p(x|z) of the draw", table="the draws", s=draw)
    work.let("R", "sum(t[s] for s in 1..m)/m", "the mean over the draws", m=len(rows))


def _certain(decoder: str, y: Any) -> bool:
    return decoder == "bernoulli" and not isinstance(y, Node) and y in (0, 1)


def _check(pixels: list[Any], rows: list[list[Any]], decoder: str, scale: Any, beta: Any) -> None:
    if len(rows) > 16:
        raise InputError(f"decoded: {len(rows)} draws; at most 16 are worked out")
    if len(rows[0]) != len(pixels):
        raise InputError(f"decoded: {len(rows[0])} on a line, but x has {len(pixels)}; one line for each draw")
    if len(pixels) > MOST:
        raise InputError(f"x: {len(pixels)} numbers; at most {MOST} are worked out")
    for name, value in (("scale", scale), ("beta", beta)):
        numbers(name, value)
        if not isinstance(value, Node) and (value < 0 or (name == "scale" and value == 0)):
            raise InputError(f"{name}: {value}; it is {'above 0' if name == 'scale' else 'not negative'}")
    if decoder == "gaussian":
        return
    for x in pixels:
        if not isinstance(x, Node) and not 0 <= x <= 1:
            raise InputError(f"x: {x}; for a Bernoulli decoder it lies from 0 to 1 (--decoder gaussian for any number)")
    for row in rows:
        for i, (x, y) in enumerate(zip(pixels, row, strict=True), 1):
            if not isinstance(y, Node) and not 0 <= y <= 1:
                raise InputError(f"decoded: {y} is no probability; give the decoder's output after its sigmoid")
            if not isinstance(y, Node) and y in (0, 1) and (isinstance(x, Node) or x != y):
                raise InputError(f"decoded: entry {i} is {y} where x is not: log 0 makes the ELBO −infinity")


def reference_sampled(
    x: Any, decoded: Any, given: tuple[Any, Any, Any, Any], decoder: str, scale: Any, constant: bool, beta: Any
) -> dict[str, Any]:
    """Torch's log_prob of the decoder's distribution and its kl_divergence."""
    import torch

    law: Any = torch.distributions
    input = torch.tensor([float(entry) for entry in x.flat], dtype=torch.float64)
    made = torch.tensor([[float(entry) for entry in row] for row in decoded.nested()], dtype=torch.float64)
    if decoder == "bernoulli":
        said = -torch.nn.functional.binary_cross_entropy(made, input.expand_as(made), reduction="none")
    else:
        spread_x = torch.full_like(made, float(scale))
        said = law.Normal(made, spread_x).log_prob(input)
        said = said if constant else said - law.Normal(made, spread_x).log_prob(made)
    mean, sigma, logs, squares = (
        None if each is None else torch.tensor([float(entry) for entry in entries(each)], dtype=torch.float64)
        for each in given
    )
    deviation = sigma if sigma is not None else torch.exp(logs / 2) if logs is not None else torch.sqrt(squares)  # type: ignore[arg-type]
    kl = law.kl_divergence(law.Normal(mean, deviation), law.Normal(0.0, 1.0)).sum()
    gained = said.sum(1).mean()
    elbo = (gained - float(beta) * kl).item()
    return {"elbo": elbo, "reconstruction": gained.item(), "kl": kl.item(), "loss": -elbo}
