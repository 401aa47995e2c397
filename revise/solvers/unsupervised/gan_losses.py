"""Losses of a GAN: discriminator, generator (both forms), value V(D, G)."""

import math
from collections.abc import Sequence
from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array, entries
from revise.errors import InputError
from revise.expression import Node, free_names
from revise.parameters import Number, Vector
from revise.solution import Solution, Work
from revise.solvers.unsupervised._gan_formulas import (
    CERTAIN_FAKE,
    CERTAIN_REAL,
    FAKE,
    NON_SATURATING,
    REAL,
    SATURATING,
    VALUE,
)

SERVES: dict[str, dict[str, object]] = {"gan-losses": {}}
SOURCE = "Goodfellow et al. 2014, Generative adversarial nets, section 3, equation 1 and algorithm 1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Goodfellow et al. 2014, theorem 1: where D = 1/2 everywhere, the value is −log 4
    (
        {"real": "1/2", "fake": "1/2"},
        {"value": -1.3862943611198906, "discriminator": 1.3862943611198906},
    ),
    # TensorFlow's tutorial pix2pix: the generator's BCE of an undecided discriminator is log 2 = 0.69. (The tutorial
    # says 0.69 of its discriminator's loss as well; but that is the sum of two terms, so there it is 1.39.)
    ({"real": "0.5", "fake": "0.5"}, {"generator-non-saturating": "0.69"}),
]
DOMAIN = {"D_real": (0, 1), "D_fake": (0, 1)}
MISTAKES = {
    "B_real": {
        "the targets are swapped": "mean(-((1 - y_real)*log(D_real) + (1 - (1 - y_real))*log(1 - D_real)))",
        "the minus sign is forgotten": "mean(y_real*log(D_real) + (1 - y_real)*log(1 - D_real))",
    },
    "B_fake": {"the fake is taken for real": "mean(-log(D_fake))"},
    "L_D": {
        "the two terms are averaged": "(B_real + B_fake)/2",
        "the sign is turned: that is V, which D ascends": "-(B_real + B_fake)",
    },
    "L_sat": {"the sign is turned: G descends log(1 − D(G(z)))": "B_fake"},
    "L_ns": {"the sign is turned: G descends −log D(G(z))": "mean(log(D_fake))"},
}


def solve(real: Number | Vector, fake: Number | Vector, log_base: Literal["e", 2, 10] = "e") -> Solution:
    """Both BCE terms, their sum L_D, the value V, and the generator's two losses.

    real       D(x), what the discriminator says of real data: a number, or a batch (its mean is taken)
    fake       D(G(z)), what it says of generated data: a number or a batch
    log_base   e is the natural logarithm; 2 gives bits

    L_D is the sum, not the mean, of its two terms. A loss that is infinite (D wrong and certain) is named and
    left out.

    Raises InputError naming the argument that is no probability, or where no loss is finite.
    """
    _check_commas(real, "real")
    _check_commas(fake, "fake")
    _check(real, "real", "D(x)")
    _check(fake, "fake", "D(G(z))")
    fooled, caught, sure = _holds(real, 0), _holds(fake, 1), _holds(fake, 0)
    if caught and sure:
        raise InputError("fake: D(G(z)) = 0 and = 1 both need log 0: every loss but that of the real data is infinite")
    many_real, many_fake = isinstance(real, Array), isinstance(fake, Array)
    work = Work(D_real=real, D_fake=fake, y_real=1, y_fake=0)
    work.called(D_real="D(x) =", D_fake="D(G(z)) =", y_real="target", y_fake="target")
    if log_base == "e":
        work.note("log is the natural logarithm (--log-base 2 or 10 changes it).")
    if not fooled:
        formula = (CERTAIN_REAL if _holds(real, 1) else REAL)[log_base, many_real]
        why = _batch("binary cross-entropy of real data, target 1", many_real)
        work.let("B_real", formula, why + (_CERTAIN if _holds(real, 1) else ""))
    if not caught:
        formula = (CERTAIN_FAKE if sure else FAKE)[log_base, many_fake]
        why = _batch("binary cross-entropy of generated data, target 0", many_fake)
        work.let("B_fake", formula, why + (_CERTAIN if sure else ""))
    if fooled or caught:
        work.note(_infinite(fooled, caught))
    words: dict[str, str] = {}
    if not fooled and not caught:
        work.let("L_D", "B_real + B_fake", "the discriminator descends the sum (not the mean) of the two")
        work.let(
            "V", VALUE[log_base, many_real, many_fake], "the value of the game, which D ascends and G descends",
            holds="V = -L_D",
        )  # fmt: skip
        words |= {"discriminator": "L_D", "value": "V"}
    if not caught:
        work.let(
            "L_sat", SATURATING[log_base, many_fake],
            "saturating generator loss (minimax): minus the BCE with target 0; flat where D(G(z)) is near 0",
            holds="L_sat = -B_fake",
        )  # fmt: skip
        words["generator-saturating"] = "L_sat"
    if sure:
        work.note("The non-saturating generator loss −log D(G(z)) is infinite: D(G(z)) = 0 needs log 0.")
        return work.answer(words)
    work.let(
        "L_ns", NON_SATURATING[log_base, many_fake],
        "non-saturating generator loss: the BCE with target 1; steep where D(G(z)) is near 0",
    )  # fmt: skip
    return work.answer({**words, "generator-non-saturating": "L_ns"})


_CERTAIN = "; where D is certain and right, the other term is 0 · log 0, which counts as 0"


def _infinite(fooled: bool, caught: bool) -> str:
    """Which losses are infinite because D is certain and wrong of real data, of fakes, or of both."""
    reasons = ["D(x) = 0 needs log 0: the cross-entropy of real data, −log D(x), is infinite"] * fooled
    reasons += ["D(G(z)) = 1 needs log 0: −log(1 − D(G(z))) is infinite, and the saturating loss is −∞"] * caught
    return "; ".join(reasons) + ". So the discriminator's loss is infinite and the value is −∞."


def _holds(value: Any, number: int) -> bool:
    return any(not isinstance(entry, Node) and entry == number for entry in entries(value))


def _batch(why: str, many: bool) -> str:
    return f"{why}, mean over the batch" if many else why


def _check(value: Any, name: str, what: str) -> None:
    for number in entries(value):
        if isinstance(number, Node):
            if words := [word for word in free_names(number) if word.lower() in ("nan", "inf", "infinity")]:
                raise InputError(f"{name}: {words[0]} is no probability; give a number between 0 and 1, or a letter")
            continue
        if not 0 <= number <= 1:
            raise InputError(
                f"{name}: {what} is a probability between 0 and 1, not {float(number):g} (give σ of a logit)"
            )


def _check_commas(value: Any, name: str) -> None:
    """Raise InputError where every second number is 0, as decimals written 0,9 would have it."""
    numbers = entries(value)
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    if isinstance(value, Array) and len(numbers) % 2 == 0 and all(a == 0 and isinstance(b, int) for a, b in pairs):
        raise InputError(
            f"{name}: {pairs[0][0]},{pairs[0][1]} is a batch of two numbers; a decimal is written with a point, as 0.9"
        )


def sample(rng: Random) -> dict[str, Any]:
    """Mostly two numbers with natural logarithms; about one in four is a batch, one in three another base."""

    def draw() -> Any:
        tenths = [f"{rng.randint(1, 9) / 10}" for _ in range(rng.choice([1, 1, 1, 3]))]
        return ", ".join(tenths)

    return {"real": draw(), "fake": draw(), "log_base": rng.choice(["e", "e", "e", "e", 2, 10])}


def reference(real: Any, fake: Any, log_base: Any = "e") -> dict[str, float]:
    """Torch's binary_cross_entropy in float64, in units of the base."""
    import torch
    from torch.nn.functional import binary_cross_entropy

    unit = 1.0 if log_base == "e" else math.log(log_base)

    def bce(given: Any, target: float) -> float:
        numbers: Sequence[float] = [float(number) for number in entries(given)]
        p = torch.tensor(numbers, dtype=torch.float64)
        return float(binary_cross_entropy(p, torch.full_like(p, target))) / unit

    return {
        "discriminator": bce(real, 1) + bce(fake, 0),
        "value": -bce(real, 1) - bce(fake, 0),
        "generator-saturating": -bce(fake, 0),
        "generator-non-saturating": bce(fake, 1),
    }
