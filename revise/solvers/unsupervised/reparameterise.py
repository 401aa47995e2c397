"""Reparameterised sample z = μ + σ ε and its gradients."""

from random import Random
from typing import Any

from revise.engines.arrays import entries
from revise.errors import InputError
from revise.parameters import Number, Vector
from revise.solution import Solution, Work
from revise.solvers.unsupervised._encoder import WORDS, by_dimension, by_word, numbers, spread

SERVES: dict[str, dict[str, object]] = {"reparameterise": {}}
SOURCE = "Kingma & Welling 2014, Auto-encoding variational Bayes, section 2.4 and equation 10; PyTorch's example `vae`"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # section 2.4: z = μ + σ ε with ε ~ N(0, 1)
    ({"mu": "m", "sigma": "s", "eps": "r"}, {"z": "m + s*r", "dz/dmu": 1, "dz/dsigma": "r"}),
    # PyTorch's example: std = exp(0.5*logvar), z = mu + eps*std
    ({"mu": "m", "logvar": "v", "eps": "r"}, {"z": "m + r*exp(0.5*v)", "dz/dlogvar": "r*exp(0.5*v)/2"}),
]
DOMAIN = {"sigma": (0, 3), "sigma2": (0, 3)}
MISTAKES = {
    "z[j]": {
        "σ² instead of σ": "mu[j] + sigma[j]^2*eps[j]",
        "σ is forgotten": "mu[j] + eps[j]",
        "σ is added, not multiplied": "mu[j] + sigma[j] + eps[j]",
    },
    "sigma[j]": {"exp without the half: that is σ²": "exp(lambda[j])", "the root is forgotten": "sigma2[j]"},
    "dz_dsigma[j]": {"σ instead of ε": "sigma[j]", "1, as for μ": "1"},
    "dz_dlambda[j]": {
        "the 1/2 is forgotten": "eps[j]*sigma[j]",
        "the inner derivative is forgotten": "eps[j]",
    },
}
_TABLE = "the sample"


def solve(
    mu: Vector | Number,
    eps: Vector | Number,
    sigma: Vector | Number | None = None,
    logvar: Vector | Number | None = None,
    variance: Vector | Number | None = None,
    upstream: Vector | Number | None = None,
) -> Solution:
    """z for a given ε, ∂z by μ, σ and log σ², and with --upstream the gradients of the loss.

    mu        the means, one for each dimension of z
    eps       ε, drawn from N(0, 1), one number for each dimension
    sigma     the standard deviations; or else
    logvar    log σ², what an encoder mostly gives out; or else
    variance  σ²
    upstream  ∂L/∂z, what the decoder sends back

    One number serves for all dimensions.

    Raises InputError naming the argument that does not fit.
    """
    means, name, widths = spread(mu, sigma, logvar, variance)
    drawn = {"eps": numbers("eps", eps)} | ({} if upstream is None else {"upstream": numbers("upstream", upstream)})
    size = max([len(means), *map(len, drawn.values())])
    for word, values in (("mu", means), *drawn.items()):
        if len(values) not in (1, size):
            raise InputError(f"{word}: {len(values)} numbers for {size} dimensions of z")
    if len(means) < size:
        means, widths = (by_dimension(list(table.values()), size) for table in (means, widths))
    work = Work(
        mu=means, **{name: widths}, eps=by_dimension(drawn["eps"], size),
        g=by_dimension(drawn["upstream"], size) if upstream is not None else None,
    )  # fmt: skip
    work.called(mu="mean", eps="noise, drawn", g="upstream ∂L/∂z", **{name: WORDS[name]})
    work.note(
        "Drawing z itself from N(μ, σ²) has no derivative by μ and σ. With ε drawn from N(0, 1) beforehand, z is a "
        "plain function of both, and backpropagation passes through it to the encoder."
    )
    _sampled(work, name, means)
    _differentiated(work, name, means)
    words = {"z": "z", "dz/dmu": "dz_dmu", "dz/dsigma": "dz_dsigma", "dz/dlogvar": "dz_dlambda"}
    if upstream is not None:
        words |= _sent_back(work, name, means)
    return work.answer(by_word(words, size))


def _sampled(work: Work, name: str, means: dict[int, Any]) -> None:
    for j in means:
        if name == "lambda":
            work.let("sigma[j]", "exp(lambda[j]/2)", "λ is log σ², and its half is log σ", table=_TABLE, j=j)
        elif name == "sigma2":
            work.let("sigma[j]", "sqrt(sigma2[j])", "the standard deviation", table=_TABLE, j=j)
        work.let("z[j]", "mu[j] + sigma[j]*eps[j]", "shifted by μ, stretched by σ", table=_TABLE, j=j)


def _differentiated(work: Work, name: str, means: dict[int, Any]) -> None:
    for j in means:
        table = "gradients of z"
        work.let("dz_dmu[j]", "1", "μ is added once", table=table, gradient_of=("z[j]", "mu[j]"), j=j)
        claim = ("z[j]", "sigma[j]")
        work.let("dz_dsigma[j]", "eps[j]", "σ is multiplied by ε", table=table, gradient_of=claim, j=j)
        work.let(
            "dz_dlambda[j]", "1/2*sigma[j]*eps[j]", "λ is log σ²: σ = exp(λ/2), so ∂σ/∂λ = σ/2",
            table=table,            gradient_of=("z[j]", "lambda[j]") if name == "lambda" else None, j=j,
        )  # fmt: skip


def _sent_back(work: Work, name: str, means: dict[int, Any]) -> dict[str, str]:
    why = "the plainest loss with this ∂L/∂z; any other has the same gradients here"
    work.let("L", "sum(g[j]*z[j] for j in 1..n)", why, n=len(means))
    for j in means:
        table = "gradients of the loss"
        work.let("dL_dmu[j]", "g[j]*dz_dmu[j]", "chain rule: the upstream gradient as it is", table=table,
                 gradient_of=("L", "mu[j]"), j=j)  # fmt: skip
        work.let("dL_dsigma[j]", "g[j]*dz_dsigma[j]", "times ε", table=table, gradient_of=("L", "sigma[j]"), j=j)
        work.let("dL_dlambda[j]", "g[j]*dz_dlambda[j]", "times σ ε/2", table=table,
                 gradient_of=("L", "lambda[j]") if name == "lambda" else None, j=j)  # fmt: skip
    work.note("The KL term's gradients (see vae-kl) are added to these; that term does not depend on ε.")
    return {"dL/dmu": "dL_dmu", "dL/dsigma": "dL_dsigma", "dL/dlogvar": "dL_dlambda"}


def sample(rng: Random) -> dict[str, Any]:
    """One to three dimensions; whole or half numbers, two in three with an upstream gradient."""
    size = rng.randint(1, 3)

    def draw(*choices: str) -> str:
        return ", ".join(rng.choice(choices) for _ in range(size))

    kind = rng.choice(["sigma", "logvar", "variance"])
    given = {"mu": draw("-1", "0", "1/2", "2"), "eps": draw("-1", "1/2", "-0.4", "1.5")}
    given[kind] = draw("-1", "0", "1", "2") if kind == "logvar" else draw("1/4", "1", "4", "0.09")
    return given | ({"upstream": draw("1", "-2", "1/2")} if rng.random() < 0.67 else {})


def reference(
    mu: Any, eps: Any, sigma: Any = None, logvar: Any = None, variance: Any = None, upstream: Any = None
) -> dict[str, Any]:
    """Torch: z from log σ² as a leaf, whose gradient is autograd's; that by σ through a leaf of its own."""
    import torch

    typed = [None if each is None else [float(x) for x in entries(each)] for each in (mu, eps, sigma, logvar, variance)]
    size = max(len(each) for each in [*typed, list(entries(upstream or 0))] if each)
    mean, noise, deviation, logs, squares = (
        None if each is None else torch.tensor(each, dtype=torch.float64).expand(size).clone() for each in typed
    )
    if logs is not None:
        deviation = torch.exp(logs / 2)
    elif squares is not None:
        deviation = squares**0.5
    assert deviation is not None and mean is not None and noise is not None
    leaf = (2 * deviation.log()).requires_grad_()
    scale = torch.exp(0.5 * leaf)
    scale.retain_grad()
    mean = mean.requires_grad_()
    z = torch.addcmul(mean, noise, scale)
    sent = [1.0] if upstream is None else [float(x) for x in entries(upstream)]
    found: dict[str, Any] = {}
    for letter, back in (("z", torch.ones(size)), ("L", torch.tensor(sent).expand(size))):
        if letter == "L" and upstream is None:
            break
        slopes = torch.autograd.grad(z, [mean, scale, leaf], back.double(), retain_graph=True)
        for name, slope in zip(("mu", "sigma", "logvar"), slopes, strict=True):
            found |= {f"d{letter}/d{name}" + (f" {j + 1}" if size > 1 else ""): slope[j].item() for j in range(size)}
    return found | {"z" + (f" {j + 1}" if size > 1 else ""): z[j].item() for j in range(size)}
