"""What learning starts from: terminal states, first values, the step size."""

import re
from collections.abc import Iterable
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import read_number
from revise.solvers.reinforcement._episode import Episodes
from revise.solvers.reinforcement._typed import read_pairs
from revise.untrusted import harmless


def read_terminal(text: str | None, episodes: Episodes, known: Iterable[str] = ()) -> tuple[str, ...]:
    """The terminal states: those named, none for `none`; without a text those that no row begins in.

    `known` are states with values of their own, which are not terminal. Raises InputError naming the state.
    """
    states, begun, kept = episodes.states(), episodes.begun(), frozenset(known)
    if text is None:
        return tuple(state for state in states if state not in begun and state not in kept)
    if text.strip().lower() in ("none", ""):
        return ()
    named = re.findall(r"\([^()]*\)|[^\s,;]+", text)
    for state in named:
        if state not in states:
            raise InputError(f"terminal: there is no state {harmless(state[:30])} in the episode")
        if state in begun:
            raise InputError(f"terminal: a row begins in {state}, so it does not end there")
    return tuple(dict.fromkeys(named))


def told_terminal(terminal: Iterable[str], named: bool) -> str:
    """What is said of the terminal states."""
    listed = ", ".join(terminal)
    if not listed:
        return "No state is terminal."
    return f"Terminal, so worth 0: {listed}" + ("." if named else " (no row begins there; --terminal says otherwise).")


def read_start(text: str | None, parameter: str = "start") -> tuple[Any, dict[str, Any]]:
    """The value of all states (or pairs) and those of their own: `0.5`, or `A=1, B=2`, `A right=1; B left=2`."""
    if text is None or not text.strip():
        return 0, {}
    if "=" not in text:
        return _value(text, parameter), {}
    own: dict[str, Any] = {}
    for name, value in read_pairs(text, parameter).items():
        key = _key(name)
        if key in own:
            raise InputError(f"{parameter}: {harmless(key)} is given twice")
        own[key] = _value(value, parameter)
    return 0, own


def _key(name: str) -> str:
    """`Q(A, right)`, `A,right`, `(1,2) up`: the words with one blank between them."""
    inner = re.sub(r"^[QV]\((.*)\)$", r"\1", name.strip())
    return " ".join(re.sub(r"\s", "", word) for word in re.findall(r"\([^()]*\)|[^\s,，]+", inner))


def _value(text: str, parameter: str) -> Any:
    try:
        value = read_number(text)
    except InputError as fault:
        raise InputError(f"{parameter}: {str(fault).splitlines()[0]}") from None
    if not isinstance(value, Node) and not abs(value) < float("inf"):
        raise InputError(f"{parameter}: a value is a finite number")
    return value


def check_rate(alpha: Any) -> None:
    """Raise InputError where a step size is neither a letter nor from 0 (not included) to 1."""
    if not isinstance(alpha, Node) and not 0 < alpha <= 1:
        raise InputError(f"alpha: {alpha} is no step size; it lies above 0 and up to 1")
