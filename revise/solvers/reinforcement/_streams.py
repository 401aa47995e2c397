"""Streams of rewards, finite or repeating for ever, and where their returns are level."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.mdp import MDP, check_known
from revise.numerals import Numerals
from revise.parameters import read_vector
from revise.solvers.reinforcement._typed import read_pairs
from revise.untrusted import harmless

_MOST = 60  # rewards of a stream
_CLOSE = 1e-13


@dataclass(frozen=True)
class Stream:
    """Rewards, then those of `cycle` again and again (none: the stream ends)."""

    rewards: tuple[Any, ...]
    cycle: tuple[Any, ...] = ()

    def at(self, t: int) -> Any:
        if t < len(self.rewards):
            return self.rewards[t]
        return self.cycle[(t - len(self.rewards)) % len(self.cycle)] if self.cycle else 0

    @property
    def told(self) -> str:
        shown = Numerals().text
        again = f"({', '.join(map(shown, self.cycle))}) for ever" if self.cycle else ""
        return ", ".join([*map(shown, self.rewards), *([again] if again else [])]).replace("-", "−")


def read_stream(text: str, parameter: str) -> Stream:
    """`1, 0, 10`; `1 …`: the last reward for ever; `5, (1, 0) …`: those in brackets for ever."""
    source = text.strip().replace("…", "...")
    endless = source.endswith("...")
    source = source.removesuffix("...").strip().rstrip(",").strip()
    match = re.fullmatch(r"([^()]*?),?\s*\(([^()]*)\)", source) if endless else None
    try:
        if match:
            begin = tuple(read_vector(match[1]).flat) if match[1].strip() else ()
            stream = Stream(begin, tuple(read_vector(match[2]).flat))
        else:
            values = tuple(read_vector(source).flat)
            stream = Stream(values[:-1], values[-1:]) if endless else Stream(values)
    except InputError as fault:
        reason = str(fault).splitlines()[0]
        raise InputError(
            f"{parameter}: {harmless(text[:60])!r} is no stream of rewards ({reason}); write 0, 0, 10, or 5, (1, 0) ..."
        ) from None
    entries = (*stream.rewards, *stream.cycle)
    if any(isinstance(entry, Node) or not abs(entry) < float("inf") for entry in entries):
        raise InputError(f"{parameter}: rewards are numbers here; the letter is γ")
    if len(entries) > _MOST:
        raise InputError(f"{parameter}: {len(entries)} rewards are more than {_MOST}")
    return stream


def follow(mdp: MDP, text: str, state: str, parameter: str) -> Stream:
    """What the policy `A=left, B=stay` earns from `state` on. Raises InputError where chance decides."""
    chosen = read_pairs(text, parameter)
    known, available = frozenset(mdp.states), mdp.available()
    for each, action in chosen.items():
        check_known(each, known, "state", parameter)
        check_known(action, [str(name) for name in available[each]], "action", f"{parameter}: {each}")
    rewards: list[Any] = []
    seen: dict[str, int] = {}
    here = state
    while here not in mdp.terminal:
        if here in seen:
            return Stream(tuple(rewards[: seen[here]]), tuple(rewards[seen[here] :]))
        seen[here] = len(rewards)
        options = available[here]
        taken: str | None = chosen.get(here, options[0])
        if here not in chosen and len(options) > 1:
            raise InputError(f"{parameter}: it comes to {here} and does not say what to do there")
        after = [(n, r) for (s, a, n), (p, r) in mdp.transitions.items() if s == here and a == taken and p]
        if len(after) != 1:
            raise InputError(
                f"mdp: chance decides what follows {here} {taken}; two values with chance in them are compared by "
                "bellman --gamma g --policy …, once for each policy"
            )
        rewards.append(after[0][1])
        here = after[0][0]
    worth = mdp.terminal[here]
    return Stream((*rewards, worth) if worth else tuple(rewards))


def period(first: Stream, second: Stream) -> int:
    """After so many steps both repeat; 0 where both end."""
    return lcm(*(len(each.cycle) for each in (first, second) if each.cycle)) if first.cycle or second.cycle else 0


def value(coefficients: Sequence[Any], x: Any) -> Any:
    total: Any = 0
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def roots(coefficients: Sequence[Any]) -> list[Any]:
    """The roots of a polynomial strictly between 0 and 1, ascending; rational ones exact.

    Between two roots of the derivative there is at most one, found by halving; a root that is one of those too
    is found as it.
    """
    exact = [Fraction(each) for each in coefficients]
    while exact and exact[-1] == 0:
        exact.pop()
    if len(exact) <= 1:
        return []
    turns = roots([power * each for power, each in enumerate(exact)][1:])
    marks = [Fraction(0), *map(Fraction, turns), Fraction(1)]
    size = max(abs(each) for each in exact)
    found: list[Any] = [mark for mark in turns if abs(value(exact, Fraction(mark))) <= _CLOSE * size]
    for low, high in pairwise(marks):
        below, above = value(exact, low), value(exact, high)
        if any(abs(end) <= _CLOSE * size for end, mark in ((below, low), (above, high)) if mark in found):
            continue
        if below * above < 0:
            found.append(_neat(exact, _halved(exact, low, high)))
    return sorted(found)


def _halved(coefficients: Sequence[Fraction], low: Fraction, high: Fraction) -> Fraction:
    rising = value(coefficients, high) > 0
    for _ in range(60):
        middle = (low + high) / 2
        if (value(coefficients, middle) > 0) == rising:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def _neat(coefficients: Sequence[Fraction], root: Fraction) -> Any:
    near = root.limit_denominator(1000)
    return near if value(coefficients, near) == 0 else float(root)
