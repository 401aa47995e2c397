"""Gradients of a GAN's two generator losses: why log(1 − D) saturates."""

from random import Random
from typing import Any

from revise.engines.arrays import Array, entries
from revise.errors import InputError
from revise.expression import Node, free_names
from revise.parameters import Number, Vector
from revise.solution import Solution, Work
from revise.solvers.foundations._distributions import shown
from revise.solvers.unsupervised._gan_rows import BY_THETA, BY_X, OF_D, ROWS, Row

SERVES: dict[str, dict[str, object]] = {"gan-gradients": {}}
SOURCE = (
    "Goodfellow et al. 2014, Generative adversarial nets, section 3; Arjovsky & Bottou 2017, Towards principled "
    "methods for training generative adversarial networks, section 2"
)
NO_EXAMPLE = "both papers argue with the formulas and with curves, not with figures"
LAWS = ["dL_sat_da = -D", "dL_ns_da = -(1 - D)", "dL_fake_da = D"]
DOMAIN = {"D": (0, 1), "D_real": (0, 1), "a": (-4, 4)}
MISTAKES = {
    "dL_sat_dD": {"the inner derivative −1 is forgotten: the sign is wrong": "1/(1 - D)"},
    "dL_ns_dD": {"the sign is turned": "1/D"},
    "dL_sat_da": {"σ′ is forgotten: that is the gradient by D": "dL_sat_dD", "σ itself instead of σ′": "dL_sat_dD*D"},
    "dL_ns_da": {"σ′ is forgotten: that is the gradient by D": "dL_ns_dD", "the sign is turned": "-dL_ns_dD*dD_da"},
    "dL_sat_da[d]": {"σ′ is forgotten: that is the gradient by D": "dL_sat_dD[d]"},
    "dL_ns_da[d]": {"σ′ is forgotten: that is the gradient by D": "dL_ns_dD[d]"},
    "dL_real_da": {"the sign is turned": "1 - D_real"},
}


def solve(
    fake: Number | Vector | None = None,
    logit: Number | Vector | None = None,
    real: Number | None = None,
    da_dx: Number | None = None,
    dx_dtheta: Number | None = None,
) -> Solution:
    """Gradients of log(1 − D) and of −log D by D, by the logit a, and on through the generator.

    fake       D(G(z)), what the discriminator says of a fake: a number, or several from early to late in
               training as "0.01, 0.5, 0.99"; without it (and without logit) the letter D
    logit      a instead of D, where D = σ(a)
    real       D(x) of real data: adds the discriminator's gradient there
    da_dx      ∂a/∂x, the logit by the generator's output x (w where a = wx + b): adds the gradients by x
    dx_dtheta  ∂x/∂θ, the output by a parameter (z where x = θz): adds the gradients by θ

    Logarithms are natural.

    Raises InputError naming the argument that is no probability strictly between 0 and 1.
    """
    if fake is not None and logit is not None:
        raise InputError("logit: give D as --fake or its logit, not both")
    if dx_dtheta is not None and da_dx is None:
        raise InputError("da-dx: ∂x/∂θ alone does not reach the loss: the chain needs --da-dx too")
    if real is not None:
        _check_probability("real", "D(x)", real)
    given: Any = logit if logit is not None else Node("name", ("D",)) if fake is None else fake
    for entry in entries(given):
        _check_logit(entry) if logit is not None else _check_probability("fake", "D(G(z))", entry)
    several = {shown(entry): entry for entry in entries(given)} if isinstance(given, Array) else {}
    letter = "D" if logit is None else "a"
    work = Work(**{letter: several or given}, D_real=real, da_dx=da_dx, dx_dtheta=dx_dtheta)
    work.called(D="fakes" if several else "D(G(z)) =", a="logits" if several else "logit", D_real="D(x) =")
    work.note("D = σ(a) with the logit a; log is the natural logarithm. One fake x = G(z) is looked at.")
    if letter == "a" and several:
        for d in several:
            work.let("D[d]", "sigmoid(a[d])", "the discriminator's output", table="discriminator", d=d)
    elif letter == "a":
        work.let("D", "sigmoid(a)", "the discriminator's output")
    for title, rows in ROWS.items():
        _add(work, title, rows, several, letter)
    words = ["dL_sat_dD", "dL_ns_dD", "dL_sat_da", "dL_ns_da", "ratio"]
    if da_dx is not None:
        _add(work, "gradients by the generator's output", BY_X, several, letter)
        words += ["dL_sat_dx", "dL_ns_dx"]
    if dx_dtheta is not None:
        _add(work, "gradients by the parameter", BY_THETA, several, letter)
        words += ["dL_sat_dtheta", "dL_ns_dtheta"]
    _add(work, "the discriminator's own gradient", OF_D, several, letter)
    words += ["dL_fake_da"]
    if real is not None:
        work.let(
            "dL_real_da", "-1/D_real*(D_real*(1 - D_real))",
            "the discriminator's −log D(x) of real data: −(1 − D(x)); descending it raises a",
            holds="dL_real_da = -(1 - D_real)",
        )  # fmt: skip
    for text in (_EARLY, _SAME, _TRAP):
        work.note(text)
    answers = {f"{_word(name)}({d})": f"{name}[{d}]" for name in words for d in several}
    answers = answers or {_word(name): name for name in words}
    return work.answer(answers | ({} if real is None else {"dL_real/da": "dL_real_da"}))


_EARLY = (
    "Early in training D is near 0: −D is near 0 there (log(1 − D) saturates, G hardly learns), −(1 − D) is near "
    "−1. At D = 1/2 both are −1/2; near 1 it is the other way round."
)
_SAME = (
    "For one fake both gradients have the same sign: descending either loss raises a, and so D. They differ in size."
)
_TRAP = (
    "“min log(1 − D) and min −log D are equivalent” is wrong: they share the direction for each fake and the fixed "
    "point of the game, but they are different losses. Over a batch a fake weighs D in the one and 1 − D in the "
    "other, so that even the direction of the sum by θ may differ."
)


def _add(work: Work, title: str, rows: list[Row], several: dict[str, Any], letter: str) -> None:
    """The rows as single steps, or row by row of `several` as one table; `of` is claimed where `letter` is given."""
    for d in several:
        for row in rows:
            of = None if row.of is None or row.of[1] != letter else (f"{row.of[0]}[d]", f"{letter}[d]")
            name, formula = row.many
            work.let(name, formula, row.why, table=title, gradient_of=of, holds=row.law[1] if row.law else None, d=d)
    for row in () if several else rows:
        name, formula = row.one
        of = row.of if row.of is not None and row.of[1] == letter else None
        work.let(name, formula, row.why, gradient_of=of, holds=row.law[0] if row.law else None)


def _word(name: str) -> str:
    """dL_sat_da → dL_sat/da."""
    return "/d".join(name.rsplit("_d", 1)) if name.startswith("d") else name


def _check_probability(name: str, what: str, entry: Any) -> None:
    if isinstance(entry, Node):
        _check_letters(name, entry)
    elif not 0 < entry < 1:
        raise InputError(f"{name}: {what} lies strictly between 0 and 1, as a sigmoid does; {shown(entry)} does not")


def _check_logit(entry: Any) -> None:
    if isinstance(entry, Node):
        _check_letters("logit", entry)
    elif not -700 <= entry <= 15:
        raise InputError(f"logit: {shown(entry)} is outside −700 … 15; beyond, D or 1 − D is lost in rounding")


def _check_letters(name: str, entry: Node) -> None:
    if words := [word for word in free_names(entry) if word.lower() in ("nan", "inf", "infinity")]:
        raise InputError(f"{name}: {words[0]} is no number; give a number or a letter")


def sample(rng: Random) -> dict[str, Any]:
    """A tenth or a hundredth, or three of them from early to late; about half go on through the generator."""
    several = rng.random() < 0.4
    given: dict[str, Any] = {}
    if rng.random() < 0.25:
        given["logit"] = ", ".join(str(a) for a in sorted(rng.sample(range(-4, 5), 3 if several else 1)))
    else:
        drawn = sorted(rng.sample([1, 2, 5, 10, 20, 25, 40, 50, 60, 75, 80, 90, 99], 3 if several else 1))
        given["fake"] = ", ".join(str(each / 100) for each in drawn)
    if rng.random() < 0.5:
        given["real"] = str(rng.randint(1, 9) / 10)
    if rng.random() < 0.5:
        given["da_dx"] = str(rng.choice([-2, -0.5, 0.5, 1.5, 2]))
        if rng.random() < 0.6:
            given["dx_dtheta"] = str(rng.choice([-1, 0.5, 1, 2]))
    return given


def reference(
    fake: Any = None, logit: Any = None, real: Any = None, da_dx: Any = None, dx_dtheta: Any = None
) -> dict[str, float]:
    """Torch's autograd through logsigmoid, a linear discriminator a = wx + b and a generator x = θz at θ = 1."""
    import torch
    from torch.nn.functional import logsigmoid

    if fake is None and logit is None:
        raise InputError("fake: give a number to compare at")
    found: dict[str, float] = {}
    by_logit = logit is not None
    given = logit if by_logit else fake
    w, z = (1.0 if each is None else float(each) for each in (da_dx, dx_dtheta))
    for entry in entries(given):
        theta = torch.ones((), dtype=torch.float64, requires_grad=True)
        x = theta * z
        wanted = torch.tensor(float(entry), dtype=torch.float64)
        wanted = wanted if by_logit else torch.logit(wanted)
        a = w * x + (wanted - w * z)
        d = torch.sigmoid(a)
        place = f"({shown(entry)})" if isinstance(given, Array) else ""
        slopes: dict[str, list[float]] = {}
        for name, loss, by_d in (("sat", logsigmoid(-a), torch.log1p(-d)), ("ns", -logsigmoid(a), -torch.log(d))):
            slopes[name] = [float(s) for s in torch.autograd.grad(loss, [a, x, theta], retain_graph=True)]
            found[f"dL_{name}/dD{place}"] = float(torch.autograd.grad(by_d, d, retain_graph=True)[0])
            for by, slope in zip(["a", "x", "theta"], slopes[name], strict=True):
                found[f"dL_{name}/d{by}{place}"] = slope
        found[f"ratio{place}"] = slopes["ns"][0] / slopes["sat"][0]
        found[f"dL_fake/da{place}"] = float(torch.autograd.grad(-logsigmoid(-a), a)[0])
    if real is not None:
        at = torch.logit(torch.tensor(float(real), dtype=torch.float64)).requires_grad_()
        found["dL_real/da"] = float(torch.autograd.grad(-logsigmoid(at), at)[0])
    return found
