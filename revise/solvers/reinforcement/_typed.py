"""What is typed instead of a file: transitions, a policy, values of states."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, ClassVar

from revise.errors import InputError
from revise.expression import Node
from revise.mdp import MDP, Number, Row, check_gamma, check_known
from revise.parameters import read_number
from revise.untrusted import harmless

_MOST_TYPED = 20_000  # characters


class Transitions(MDP):
    """Reads `A go > B 0.5 -1; A go > A 0.5 0; B > end 1 10`; a class of its own for its `from_text` only."""

    METAVAR: ClassVar[str] = '"A go > B 1/2 -1; …"'

    @classmethod
    def from_text(cls, text: str) -> MDP:
        """The process of typed rows `from [action] > to probability reward`, semicolons between them.

        A state that no row starts from is terminal and worth 0. Raises InputError naming the row.
        """
        if ">" not in text:
            raise InputError(
                f"{harmless(text[:60])!r} is neither a file (mdp.toml, world.txt) nor rows such as "
                f'"A go > B 0.5 -1; A go > A 0.5 0" (state, action, > next state, probability, reward)'
            )
        if len(text) > _MOST_TYPED:
            raise InputError(f"more than {_MOST_TYPED:,} characters of rows: write them into a file")
        rows: dict[Row, tuple[Number, Number]] = {}
        for part in re.split(r"[;\n]", text):
            if part.strip():
                row, outcome = _row(part.strip())
                if row in rows:
                    raise InputError(f"{part.strip()!r}: this transition is given twice")
                rows[row] = outcome
        states = dict.fromkeys(state for state, _, _ in rows) | dict.fromkeys(after for _, _, after in rows)
        begun = {state for state, _, _ in rows}
        actions = dict.fromkeys(action for _, action, _ in rows if action is not None)
        return MDP(tuple(states), rows, tuple(actions), terminal={each: 0 for each in states if each not in begun})


Process = MDP | Transitions
"""Annotation: a file, standard input, or typed rows."""


def _row(part: str) -> tuple[Row, tuple[Number, Number]]:
    left, _, right = part.partition(">")
    before, after = left.split(), right.split()
    if not 1 <= len(before) <= 2 or len(after) != 3:
        raise InputError(
            f"{harmless(part)!r} is no row; write `A go > B 0.5 -1`: state, action (none in a reward process), "
            f"then > next state, probability, reward. Names with blanks need a file"
        )
    action = before[1] if len(before) == 2 else None
    return (before[0], action, after[0]), (_number(after[1], part), _number(after[2], part))


def _number(text: str, part: str) -> Number:
    try:
        value = read_number(text)
    except InputError as fault:
        raise InputError(f"{harmless(part)!r}: {str(fault).splitlines()[0]}") from None
    if not isinstance(value, int | Fraction):
        raise InputError(f"{harmless(part)!r}: {harmless(text)} is no number or fraction")
    return value


def read_pairs(text: str, parameter: str) -> dict[str, str]:
    """`A=left, (1,2)=up`: what stands before each = with what stands behind it, as texts."""
    pairs: dict[str, str] = {}
    rest = text.strip().strip(";, ")
    while rest:
        match = re.match(r"\s*([^=;]+?)\s*=\s*([^=,;]+?)\s*(?:[,;]|$)", rest)
        if match is None:
            raise InputError(f"{parameter}: {harmless(rest[:60])!r} is not of the form A=…, B=…")
        if match[1] in pairs:
            raise InputError(f"{parameter}: {harmless(match[1])} is given twice")
        pairs[match[1]] = match[2]
        rest = rest[match.end() :]
    return pairs


def read_values(text: str, mdp: MDP, parameter: str) -> dict[str, Number]:
    """Values of states, `A=0, B=5`; a single number is every state's. Raises InputError naming the state."""
    known, values = frozenset(mdp.states), {}
    pairs = read_pairs(text, parameter) if "=" in text else {"": text}
    for state, number in pairs.items():
        if state:
            check_known(state, known, "state", parameter)
        try:
            values[state] = read_number(number)
        except InputError as fault:
            raise InputError(f"{parameter}: {str(fault).splitlines()[0]}") from None
        if isinstance(values[state], Node | float):
            raise InputError(f"{parameter}: {harmless(number)} is no number; values are typed as A=0, B=5")
    return values if "=" in text else dict.fromkeys(mdp.states, values[""])


def read_policy(text: str, mdp: MDP, available: Mapping[str, tuple[Any, ...]]) -> dict[str, str]:
    """The action of each state, `A=left, B=stay`. Raises InputError where one is missing or unknown."""
    chosen = read_pairs(text, "policy")
    known = frozenset(mdp.states)
    for state, action in chosen.items():
        check_known(state, known, "state", "policy")
        check_known(action, available.get(state, ()), "action", f"policy: {state}")
    if missing := [state for state in available if state not in chosen]:
        raise InputError(f"policy: no action for {', '.join(missing[:5])}{', …' if missing[5:] else ''}")
    return chosen


def discount_of(mdp: MDP, gamma: Any, letters: bool = False) -> Any:
    """The discount typed, else the file's. Raises InputError where there is none, or a letter that can't stay."""
    discount = mdp.gamma if gamma is None else gamma
    if discount is None:
        raise InputError("gamma: neither the file nor the command gives it; add --gamma 0.9")
    check_gamma(discount)
    if isinstance(discount, Node) and not letters:
        raise InputError("gamma: a number is needed here; bellman, mrp and q-values of a policy keep a letter")
    return discount
