"""What the divergences and the GANs ask of their distributions, and how one is drawn."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node, free_names
from revise.solution import Work, formula_tree, neutral_symbolic

UNITS: dict[str | int, str] = {"e": "nat", 2: "bit", 10: "hartley"}
LOGARITHMS: dict[str | int, str] = {
    "e": "log is the natural logarithm: the result is in nats (--log-base 2 gives bits).",
    2: "log₂ is the logarithm to base 2: the result is in bits.",
    10: "log₁₀ is the logarithm to base 10: the result is in hartleys.",
}
_TOLERANCE = Fraction(1, 10**9)
_LEAST = 1e-10  # of a sum of floats near 1 that cancel; six digits of it are sure


def check_distributions(**given: Array) -> list[str]:
    """Raise InputError naming the argument that is no distribution, or has not as many entries as the first.

    Fractions must sum to 1 exactly, decimals within 1e-9. Gives what is assumed of sums with letters.
    """
    (first, values), *others = given.items()
    for name, other in others:
        if len(other.flat) != len(values.flat):
            raise InputError(f"{name}: {len(other.flat)} entries, but {first} has {len(values.flat)}")
    assumed = []
    for name, vector in given.items():
        check_probabilities(name, vector.flat)
        total = total_of(vector)
        if isinstance(total, Node):
            assumed.append(f"The entries of --{name} are taken to be positive and to sum to 1.")
        elif not _is_one(total, vector.flat):
            near = f" (it differs by {float(total - 1):.3g})" if abs(total - 1) < Fraction(1, 10**4) else ""
            raise InputError(f"{name}: the probabilities sum to {shown(total)}, not to 1{near}")
    return assumed


def check_probabilities(name: str, numbers: Sequence[Any], most: int | None = 1) -> None:
    """Raise InputError naming an entry below 0 or above `most`; letters pass, unless they spell nan or inf."""
    for place, number in enumerate(numbers, 1):
        if isinstance(number, Node):
            if words := [word for word in free_names(number) if word.lower() in ("nan", "inf", "infinity")]:
                raise InputError(f"{name}: entry {place}: {words[0]} is no probability")
        elif number < 0 or (most is not None and number > most):
            raise InputError(
                f"{name}: entry {place} is {shown(number)}; "
                + ("a probability lies from 0 to 1" if most else "a density is not negative")
            )


def check_digits(work: Work, name: str, p: Array, q: Array) -> None:
    """Raise InputError where p and q differ, but by so little that the divergence `name` is mostly rounding."""
    divergence = work.env[name]
    if isinstance(divergence, Node) or work.style.round_steps:
        return
    if divergence < _LEAST and p.flat != q.flat:
        raise InputError("q: so near to p that their divergence (below 1e-10) is lost in rounding")


def total_of(vector: Array) -> Any:
    """The sum of the entries: a number, or a Node where letters stay."""
    if not any(isinstance(number, Node) for number in vector.flat):
        return sum(vector.flat)
    from revise.engines import sympy_

    return neutral_symbolic(sympy_.evaluate(formula_tree("sum(x)"), {"x": vector}), [])


def by_entry(vector: Array) -> dict[int, Any]:
    """The entries as a table counted from 1."""
    return dict(enumerate(vector.flat, 1))


def shown(number: Any) -> str:
    """A number for an error: short decimals as such, other fractions as fractions."""
    if isinstance(number, Node):
        from revise.engines.text import text

        return text(number)
    if isinstance(number, Fraction) and not _is_decimal(number):
        return str(number) if number.denominator < 10**6 else f"{float(number):.12g}"
    return f"{float(number):.12g}"


def _is_one(total: Any, numbers: Sequence[Any]) -> bool:
    decimals = any(not isinstance(number, Node) and _is_decimal(number) for number in numbers)
    return bool(abs(total - 1) <= _TOLERANCE) if decimals else bool(total == 1)


def _is_decimal(number: Any) -> bool:
    """Whether digits after a point write it out: no prime but 2 and 5 in its denominator; a float always."""
    return isinstance(number, float) or (isinstance(number, Fraction) and pow(10, 200, number.denominator) == 0)


def distribution(rng: Random, size: int, parts: int, zeros: bool = True) -> list[Fraction]:
    """A random distribution of `size` entries, each a whole number of `parts`."""
    least = 0 if zeros else 1
    cuts = sorted(rng.choices(range(parts - least * size + 1), k=size - 1))
    pairs = zip([0, *cuts], [*cuts, parts - least * size], strict=True)
    return [Fraction(high - low + least, parts) for low, high in pairs]
