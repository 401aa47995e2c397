"""Disjunctive normal forms of a boolean function, and two-layer threshold networks that compute it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from revise.solvers.networks._boolean import Boolean
from revise.solvers.networks._separation import separate

Term = tuple[int | None, ...]  # for each variable 1, 0, or None where it does not occur
_EXACT_COVER = 4  # variables up to which the fewest terms are found by trying


@dataclass(frozen=True)
class Net:
    """Hidden units `weights`·x + `biases` and the output `out`·h + `bias`, all with the step; `why` it is so small."""

    weights: tuple[tuple[Any, ...], ...]
    biases: tuple[Any, ...]
    out: tuple[Any, ...]
    bias: Any
    why: str


def minterms(function: Boolean) -> list[Term]:
    return [row for row, bit in zip(function.rows, function.bits, strict=True) if bit]


def fewest_terms(function: Boolean) -> list[Term]:
    """Prime implicants that cover the function: the fewest up to 4 variables, beyond a small choice."""
    ones = minterms(function)
    primes = _primes(set(ones))
    covers = {prime: frozenset(row for row in ones if _covers(prime, row)) for prime in primes}
    needed = {next(iter(own)) for row in ones if len(own := [p for p in primes if row in covers[p]]) == 1}
    chosen = sorted(needed, key=_shown_first)
    left = set(ones) - {row for prime in chosen for row in covers[prime]}
    others = sorted((p for p in primes if p not in needed and covers[p] & left), key=_shown_first)
    if left and len(function.names) <= _EXACT_COVER:
        for count in range(1, len(others) + 1):
            for more in combinations(others, count):
                if left <= set().union(*(covers[p] for p in more)):
                    return sorted([*chosen, *more], key=_shown_first)
    while left:
        best = max(others, key=lambda p: len(covers[p] & left))
        chosen.append(best)
        left -= covers[best]
    return sorted(chosen, key=_shown_first)


def _primes(terms: set[Term]) -> list[Term]:
    found: set[Term] = set()
    while terms:
        joined, used = set(), set()
        for term in terms:
            for place, bit in enumerate(term):
                other = (*term[:place], 1 - bit, *term[place + 1 :]) if bit is not None else None
                if other in terms:
                    used |= {term, other}
                    joined.add((*term[:place], None, *term[place + 1 :]))
        found |= terms - used
        terms = joined
    return sorted(found, key=_shown_first)


def _covers(term: Term, row: Term) -> bool:
    return all(want is None or want == bit for want, bit in zip(term, row, strict=True))


def _shown_first(term: Term) -> tuple[Any, ...]:
    return (sum(bit is not None for bit in term), [2 if bit is None else bit for bit in term])


def form_text(terms: Sequence[Term], names: Sequence[str]) -> str:
    """`¬x₁x₂ ∨ x₁¬x₂`."""
    if not terms:
        return "0"
    return " ∨ ".join(term_text(term, names) for term in terms)


def term_text(term: Term, names: Sequence[str]) -> str:
    literals = [("" if bit else "¬") + name for bit, name in zip(term, names, strict=True) if bit is not None]
    return " ∧ ".join(literals) if len(literals) < 2 else f"({' ∧ '.join(literals)})" if literals else "1"


def smallest(function: Boolean) -> Net:
    """The smallest two-layer network found for a function that is not separable; `why` says whether it is proved."""
    count = len(function.names)
    if count <= 3 and (pair := _pair(function)):
        return pair
    short = "the shortest" if count <= _EXACT_COVER else "a short"
    choices = [_of_terms(fewest_terms(function), f"one unit for each term of {short} DNF", False)]
    inverse = Boolean(function.names, tuple(1 - bit for bit in function.bits))
    choices.append(
        _of_terms(fewest_terms(inverse), f"one unit for each term of {short} DNF of ¬f, negated at the end", True)
    )
    if (counting := _counting(function)) is not None:
        choices.insert(0, counting)
    best = min(choices, key=lambda net: len(net.weights))
    size = len(best.weights)
    proof = "no two threshold units do: all pairs were tried" if count <= 3 else "not proved to be the smallest"
    if size == 2:
        proof = _TWO
    return Net(best.weights, best.biases, best.out, best.bias, f"{best.why}; {proof}")


_TWO = "one hidden unit is too few: the output would be that unit or its negation"


def literals(term: Term) -> tuple[int, ...]:
    return tuple(0 if bit is None else 2 * bit - 1 for bit in term)


def threshold_of(term: Term) -> Fraction:
    """The bias with which the unit fires where the term is true and nowhere else."""
    return Fraction(1, 2) - sum(bit or 0 for bit in term)


def _of_terms(terms: Sequence[Term], why: str, negated: bool) -> Net:
    sign = -1 if negated else 1
    weights = tuple(map(literals, terms))
    return Net(weights, tuple(map(threshold_of, terms)), (sign,) * len(terms), Fraction(-sign, 2), why)


def _counting(function: Boolean) -> Net | None:
    """For a function of the number of ones alone: a unit at each count where the value changes."""
    count = len(function.names)
    by_ones: dict[int, set[int]] = {ones: set() for ones in range(count + 1)}
    for row, bit in zip(function.rows, function.bits, strict=True):
        by_ones[sum(row)].add(bit)
    if any(len(values) > 1 for values in by_ones.values()):
        return None
    values = [next(iter(by_ones[ones])) for ones in range(count + 1)]
    changes = [ones for ones in range(1, count + 1) if values[ones] != values[ones - 1]]
    biases = tuple(Fraction(1, 2) - ones for ones in changes)
    out = tuple(1 if values[ones] else -1 for ones in changes)
    why = "f depends on the number of ones only: a unit for each count at which it changes"
    return Net(((1,) * count,) * len(changes), biases, out, values[0] - Fraction(1, 2), why)


def _pair(function: Boolean) -> Net | None:
    """Two threshold units whose values decide the function, and an output unit on them."""
    rows = function.rows
    size = 2 ** len(rows) - 1
    wanted = sum(bit << place for place, bit in enumerate(function.bits))
    units: dict[int, tuple[int, tuple[int, ...], Fraction]] = {}
    for weights in product((0, 1, -1, 2, -2), repeat=len(function.names)):
        sums = [sum(w * x for w, x in zip(weights, row, strict=True)) for row in rows]
        cost = sum(map(abs, weights)) * 4 + sum(w < 0 for w in weights)
        for least in set(sums):
            mask = sum((value >= least) << place for place, value in enumerate(sums))
            if mask not in (0, size) and (mask not in units or cost < units[mask][0]):
                units[mask] = (cost, weights, Fraction(1, 2) - least)
    ordered = sorted(units, key=lambda mask: units[mask][0])
    best: tuple[int, int, int] | None = None
    for first, second in combinations(ordered, 2):
        cost = units[first][0] + units[second][0]
        if best and cost >= best[0]:
            continue
        cells = (size & ~(first | second), second & ~first, first & ~second, first & second)
        if any(wanted & cell not in (0, cell) for cell in cells) or _is_xor(wanted, cells):
            continue
        best = cost, first, second
    if best is None:
        return None
    chosen = [units[mask] for mask in best[1:]]
    seen = {tuple(mask >> place & 1 for mask in best[1:]): bit for place, bit in enumerate(function.bits)}
    out = separate(list(seen), [2 * bit - 1 for bit in seen.values()])
    return Net(
        tuple(weights for _, weights, _ in chosen), tuple(bias for _, _, bias in chosen), out.weights, out.bias,
        f"found among all pairs of threshold units; {_TWO}",
    )  # fmt: skip


def _is_xor(wanted: int, cells: Sequence[int]) -> bool:
    """Whether the function of the two units would be XOR or its negation: no output unit has that."""
    values = [bool(wanted & cell) for cell in cells]
    return all(cells) and values in ([False, True, True, False], [True, False, False, True])
