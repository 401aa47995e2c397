"""Value V(D, G) of a GAN for discrete distributions and a given D."""

from random import Random
from typing import Any

from revise.engines.arrays import Array, entries
from revise.errors import InputError
from revise.parameters import Number, Vector
from revise.solution import Solution, Work
from revise.solvers.foundations._distributions import by_entry, check_distributions, check_probabilities, distribution

SERVES: dict[str, dict[str, object]] = {"gan-value": {}}
SOURCE = "Goodfellow et al. 2014, Generative adversarial nets, section 3, equation 1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # theorem 1: where p_g = p_data the best D is 1/2 everywhere, and the value is −log 4
    ({"p": "1/4, 3/4", "q": "1/4, 3/4", "discriminator": "1/2"}, {"value": -1.3862943611198906}),
    # the same term by term: log 1/2 + log 1/2
    ({"p": "1, 0", "q": "0, 1", "discriminator": "1/2, 1/2"}, {"real": -0.6931471805599453, "value": "-1.386"}),
    # equation 1 with letters, the data and the generator at one and the same x
    ({"p": "1", "q": "1", "discriminator": "d"}, {"value": "log(d) + log(1 - d)"}),
]
DOMAIN = {"P": (0, 1), "Q": (0, 1), "D": (0, 1)}
MISTAKES = {
    "u[x]": {"weighted with Q": "Q[x]*log(D[x])", "the weight is forgotten": "log(D[x])"},
    "w[x]": {
        "log D instead of log(1 − D)": "Q[x]*log(D[x])",
        "weighted with P": "P[x]*log(1 - D[x])",
    },
    "V": {
        "the sign is turned: that is the discriminator's loss": "-(A + B)",
        "the two are averaged": "(A + B)/2",
        "the two are subtracted": "A - B",
    },
}


def solve(p: Vector, q: Vector, discriminator: Number | Vector) -> Solution:
    """V(D, G) = ∑ P(x) log D(x) + ∑ Q(x) log(1 − D(x)), both expectations term by term.

    p              p_data, the distribution of the data
    q              p_g, the distribution of the generator
    discriminator  D(x) for every entry, or one number for all of them

    Logarithms are natural. Raises InputError naming the argument that is no distribution or no probability,
    and the entry of D that makes the value infinite.
    """
    assumed = check_distributions(p=p, q=q)
    of_p, of_q, n = by_entry(p), by_entry(q), len(p.flat)
    said = discriminator.flat if isinstance(discriminator, Array) else tuple(entries(discriminator)) * n
    if len(said) != n:
        raise InputError(f"discriminator: {len(said)} entries, but p has {n}")
    check_probabilities("discriminator", said)
    of_d = dict(enumerate(said, 1))
    for x, d in of_d.items():
        if (d == 0 and of_p[x] != 0) or (d == 1 and of_q[x] != 0):
            whose = "p" if d == 0 else "q"
            raise InputError(f"discriminator: entry {x} is {d} where {whose} is not 0: log 0 makes the value infinite")
    work = Work(P=of_p, Q=of_q, D=of_d)
    work.called(P="data", Q="generator", D="discriminator")
    work.note("P is p_data, Q is p_g; log is the natural logarithm.")
    for text in assumed:
        work.note(text)
    work.note("V(D, G) = E[log D(x)] over the data + E[log(1 − D(x))] over what the generator makes.")
    for x in of_p:
        if of_p[x] != 0:
            work.let("u[x]", "P[x]*log(D[x])", "weighted with P", table="expectation over the data", x=x)
    for x in of_p:
        if of_p[x] == 0:
            work.let("u[x]", "0", "where P is 0 nothing is added", table="expectation over the data, zero terms", x=x)
    work.let("A", "sum(u[x] for x in 1..n)", "E[log D(x)] over the data", n=n)
    for x in of_q:
        if of_q[x] != 0:
            work.let("w[x]", "Q[x]*log(1 - D[x])", "weighted with Q", table="expectation over the generator", x=x)
    for x in of_q:
        if of_q[x] == 0:
            why = "where Q is 0 nothing is added"
            work.let("w[x]", "0", why, table="expectation over the generator, zero terms", x=x)
    work.let("B", "sum(w[x] for x in 1..n)", "E[log(1 − D(x))] over the generator", n=n)
    work.let("V", "A + B", "the value, which D makes large and G makes small")
    work.note(
        "D = 1/2 everywhere gives log(1/2) + log(1/2) = −log(4) ≈ −1.3863, whatever P and Q are; "
        "it is the best D only where Q = P."
    )
    return work.answer(real="A", fake="B", value="V")


def sample(rng: Random) -> dict[str, Any]:
    """Two or three entries in quarters, eighths or tenths; D in tenths, sometimes the same everywhere."""
    size = rng.randint(2, 3)
    p, q = (", ".join(map(str, distribution(rng, size, rng.choice([4, 8, 10])))) for _ in range(2))
    said = ", ".join(str(rng.randint(1, 9) / 10) for _ in range(size if rng.random() < 0.8 else 1))
    return {"p": p, "q": q, "discriminator": said}


def reference(p: Any, q: Any, discriminator: Any) -> dict[str, float]:
    """Torch's binary_cross_entropy in float64, weighted with the probabilities, the sign turned."""
    import torch
    from torch.nn.functional import binary_cross_entropy

    real, made = (torch.tensor([float(entry) for entry in x.flat], dtype=torch.float64) for x in (p, q))
    said = torch.tensor([float(entry) for entry in entries(discriminator)], dtype=torch.float64).expand(len(real))
    gained, lost = (
        -float(binary_cross_entropy(said, torch.full_like(said, target), weight=weight, reduction="sum"))
        for target, weight in ((1.0, real), (0.0, made))
    )
    return {"real": gained, "fake": lost, "value": gained + lost}
