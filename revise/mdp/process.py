"""Markov decision processes: read from TOML or from a drawn world, and checked."""

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, ClassVar

from revise.errors import InputError
from revise.expression import Node, free_names
from revise.parameters import read_file
from revise.untrusted import harmless

Number = int | Fraction
Row = tuple[str, str | None, str]

_MOST_STATES = 10**6
_MOST_BYTES = 200_000_000
_LONGEST_NAME = 60
_NO_NUMBERS = frozenset(["nan", "inf", "infinity"])


@dataclass(frozen=True, eq=False)
class MDP:
    """States, actions, and where they lead; without actions it is a reward process.

    transitions  (state, action or None, next state) → (probability, reward)
    gamma        the discount, a letter, or None where the file leaves it open
    terminal     state → the reward of ending there; such a state has no transitions
    policy       state → {action: probability}; empty where none is given
    naming       what the names of the states mean, where that needs a word

    Raises InputError naming the state, its action and the reason where that is no process.
    """

    states: tuple[str, ...]
    transitions: Mapping[Row, tuple[Number, Number]]
    actions: tuple[str, ...] = ()
    gamma: Number | Node | None = None
    terminal: Mapping[str, Number] = field(default_factory=dict)
    policy: Mapping[str, Mapping[str, Number]] = field(default_factory=dict)
    naming: str = ""

    METAVAR: ClassVar[str] = "mdp.toml"
    TEMPLATES: ClassVar[Mapping[str, str]]

    def __post_init__(self) -> None:
        _check_names(self.states, self.actions)
        check_gamma(self.gamma)
        known = frozenset(self.states)
        for state in self.terminal:
            check_known(state, known, "state", "[states] terminal")
        _check_rows(self, known)
        _check_policy(self)

    @classmethod
    def from_text(cls, text: str) -> "MDP":
        """The process in the file `text` names (`@file`, a plain path) or, for `-`, on standard input.

        A regular file; 200 MB at most, about a million states with two rows each.
        """
        if text == "-":
            source = sys.stdin.read(_MOST_BYTES + 1)
            if len(source) > _MOST_BYTES:
                raise InputError(f"standard input has more than {_MOST_BYTES:,} characters")
            return _read(source, "standard input")
        path = text.removeprefix("@")
        try:
            source = read_file(path, _MOST_BYTES)
        except InputError as fault:
            raise InputError(f"{fault}; an MDP is a file such as mdp.toml, and --template prints one") from None
        return _read(source, path)

    @classmethod
    def from_toml(cls, text: str) -> "MDP":
        """The process that TOML text describes; the template shows every key."""
        from revise.mdp.toml_file import read_toml

        return read_toml(text)

    @classmethod
    def from_world(cls, text: str) -> "MDP":
        """The process of a drawn world; the template shows one."""
        from revise.mdp.world import read_world

        return read_world(text)

    def available(self) -> dict[str, tuple[str | None, ...]]:
        """Each state's actions in order (None alone in a reward process); none in a terminal state."""
        found: dict[str, dict[str | None, None]] = {state: {} for state in self.states}
        for state, action, _ in self.transitions:
            found[state][action] = None
        if not self.actions:
            return {state: tuple(has) for state, has in found.items()}
        return {state: tuple(action for action in self.actions if action in has) for state, has in found.items()}


def check_count(states: int) -> None:
    if not states:
        raise InputError("there are no states")
    if states > _MOST_STATES:
        raise InputError(f"{states:,} states are more than {_MOST_STATES:,}")


def check_gamma(gamma: Any) -> None:
    """Raise InputError where a discount is neither a letter nor from 0 to 1."""
    if isinstance(gamma, Node) and (words := [name for name in free_names(gamma) if name.lower() in _NO_NUMBERS]):
        raise InputError(f"gamma: {words[0]} is no discount; it is a number from 0 to 1, or a letter such as g")
    if gamma is not None and not isinstance(gamma, Node) and not 0 <= gamma <= 1:
        raise InputError(f"gamma is a number from 0 to 1, not {gamma}")


# -- is it a process? -----------------------------------------------------------------------------


def _check_names(states: tuple[str, ...], actions: tuple[str, ...]) -> None:
    check_count(len(states))
    for kind, names in (("state", states), ("action", actions)):
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise InputError(f"the {kind} {name} is listed twice")
            if name != harmless(name) or name != name.strip() or not 0 < len(name) <= _LONGEST_NAME or "\n" in name:
                raise InputError(
                    f"{harmless(name)!r} is no name for a {kind}: "
                    f"1 to {_LONGEST_NAME} characters on one line, no blank at either end"
                )
            seen.add(name)


def _check_rows(mdp: MDP, states: frozenset[str]) -> None:
    actions = frozenset(mdp.actions)
    totals: dict[tuple[str, str | None], Number] = {}
    for row, (probability, _) in mdp.transitions.items():
        state, action, after = row
        sound = state in states and after in states and state not in mdp.terminal
        sound = sound and 0 <= probability.numerator <= probability.denominator  # comparing Fractions is slow
        if not sound or (action not in actions if actions else action is not None):
            raise InputError(_row_fault(mdp, row, probability))
        total = totals.get((state, action))
        totals[state, action] = probability if total is None else total + probability
    for (state, action), row_total in totals.items():
        total = Fraction(row_total)
        if total != 1:
            raise InputError(
                f"{row_text(state, action)}: the probabilities sum to {_shown(total)}, not 1"
                + (' (thirds are written "1/3")' if 0 < abs(1 - total) < Fraction(1, 50) else "")
            )
    begun = {state for state, _ in totals}
    for state in mdp.states:
        if state not in begun and state not in mdp.terminal:
            raise InputError(f"from={state}: nothing follows; give it a row, or list it under [states] terminal")


def _row_fault(mdp: MDP, row: Row, probability: Number) -> str:
    state, action, after = row
    place = row_text(*row)
    check_known(state, mdp.states, "state", place)
    check_known(after, mdp.states, "state", place, "a state that nothing follows is listed under [states] terminal")
    if state in mdp.terminal:
        return f"{place}: {state} is terminal, so nothing follows it"
    if action is None and mdp.actions:
        return f"{place}: the action is missing (other rows have one)"
    if action is not None:
        check_known(action, mdp.actions, "action", place)
    return f"{place}: p = {_shown(probability)} is no probability"


def _check_policy(mdp: MDP) -> None:
    if not mdp.policy:
        return
    if not mdp.actions:
        raise InputError("[policy]: a reward process has no actions to choose from")
    available = mdp.available()
    for state, chosen in mdp.policy.items():
        place = f"[policy] {state}"
        check_known(state, available, "state", "[policy]")
        for action, probability in chosen.items():
            if action not in available[state]:
                has = ", ".join(map(str, available[state])) or "none, it is terminal"
                raise InputError(f"{place}: there is no action {action} here (it has {has})")
            if not 0 <= probability <= 1:
                raise InputError(f"{place}: {_shown(probability)} is no probability")
        total = sum(chosen.values(), start=Fraction(0))
        if total != 1:
            raise InputError(f"{place}: the probabilities sum to {_shown(total)}, not 1")
    if missing := [state for state in mdp.states if available[state] and state not in mdp.policy]:
        raise InputError(f"[policy]: no action for {', '.join(missing[:5])}{', …' if len(missing) > 5 else ''}")


def row_text(state: str, action: str | None, after: str | None = None) -> str:
    """How errors name a row: from=Pub, action=stay, to=Home."""
    parts = [f"from={state}", *([f"action={action}"] if action is not None else [])]
    return ", ".join([*parts, *([f"to={after}"] if after is not None else [])])


def check_known(word: str, known: Collection[str], kind: str, place: str, remedy: str = "") -> None:
    if word in known:
        return
    close = get_close_matches(word, known, 1) if len(known) < 1000 else []
    hints = [f"did you mean {close[0]}?" if close else "", remedy]
    raise InputError("; ".join([f"{place}: there is no {kind} {harmless(word)}", *filter(None, hints)]))


def _shown(number: Number) -> str:
    decimal = f"{float(number):.10g}"
    return decimal if Fraction(decimal) == number else str(number)


def _read(source: str, where: str) -> MDP:
    drawn = where.endswith(".txt") or not (where.endswith(".toml") or "transition" in source)
    try:
        return MDP.from_world(source) if drawn else MDP.from_toml(source)
    except InputError as fault:
        raise InputError(f"{where}: {fault}") from None


MDP.TEMPLATES = {
    "mdp.toml": """
# A decision process. Leave out every `action` and [policy], and it is a reward process.
gamma = 0.9                  # a number from 0 to 1, or a letter: gamma = "gamma"

[[transition]]
from = "dry"
action = "walk"
to = "dry"
p = 0.75                     # numbers, or fractions as text: p = "3/4"
reward = 2                   # for this transition

[[transition]]
from = "dry"
action = "walk"
to = "wet"
p = 0.25
reward = 2

[[transition]]
from = "dry"
action = "stop"
to = "home"
p = 1
reward = 0

[[transition]]
from = "wet"
action = "walk"
to = "dry"
p = 1
reward = -1

[states]                     # optional: the order shown, and where it ends
order = ["dry", "wet", "home"]
terminal = ["home"]          # or with closing rewards: terminal = { home = 5 }

[policy]                     # optional: an action, or probabilities, for each state
dry = { walk = 0.5, stop = 0.5 }
wet = "walk"
""",
    "world.txt": """
slip = 0.2
living-reward = -0.04
gamma = 1
reward = leaving

...+
.#.-
S...
""",
}
