"""mdp.toml → MDP: every fault is named with its transition."""

import re
import tomllib
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from revise.engines.exact import tidy
from revise.errors import InputError
from revise.expression import Node
from revise.mdp.process import MDP, Number, Row, check_known, row_text
from revise.parameters import read_number
from revise.untrusted import harmless

_PLAIN = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,2})?")


def read_toml(text: str) -> MDP:
    """See MDP.from_toml."""
    try:
        table = tomllib.loads(text, parse_float=str)  # 0.1 stays text, and so a tenth
    except ValueError as fault:
        raise InputError(_toml_fault(str(fault))) from None
    return _from_table(table)


def _toml_fault(message: str) -> str:
    match = re.search(r"(.*?) \((?:at )?(line \d+|end of document)", message, re.DOTALL)
    reason, place = match.groups() if match else (message, "")
    return f"{place + ': ' if place else ''}not TOML ({harmless(reason).rstrip('.')})"


def _from_table(table: dict[str, Any]) -> MDP:
    _only(table, ["gamma", "transition", "states", "actions", "policy"], "the file")
    states, actions = (_part(table, name) for name in ("states", "actions"))
    _only(states, ["order", "terminal"], "[states]")
    _only(actions, ["order"], "[actions]")
    rows = table.get("transition")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise InputError("there is no [[transition]]; each has from, action (in a decision process), to, p and reward")
    transitions: dict[Row, tuple[Number, Number]] = {}
    for place, row in enumerate(rows, 1):
        key, outcome = _transition(row, f"transition {place}")
        if key in transitions:
            raise InputError(f"transition {place} ({row_text(*key)}): this row is there already; add the two up")
        transitions[key] = outcome
    ends = _terminal(states.get("terminal", []))
    gamma = table.get("gamma")
    return MDP(
        _names(states.get("order"), "[states] order", (row[0] for row in transitions), ends),
        {key: outcome for key, outcome in transitions.items() if outcome[0] != 0},
        _names(actions.get("order"), "[actions] order", (row[1] for row in transitions if row[1] is not None)),
        None if gamma is None else read_number(gamma) if _is_letter(gamma) else _number(gamma, "gamma"),
        ends,
        {state: _choice(chosen, state) for state, chosen in _part(table, "policy").items()},
    )


def _transition(row: dict[str, Any], place: str) -> tuple[Row, tuple[Number, Number]]:
    _only(row, ["from", "action", "to", "p", "reward"], place)
    if missing := [name for name in ("from", "to", "p", "reward") if name not in row]:
        known = ", ".join(f"{name}={row[name]}" for name in ("from", "action", "to") if name in row)
        raise InputError(f"{place} ({harmless(known)}): {' and '.join(missing)} is missing")
    state, after = _name(row["from"], f"{place}, from"), _name(row["to"], f"{place}, to")
    action = _name(row["action"], f"{place}, action") if "action" in row else None
    where = f"{place} ({row_text(state, action, after)})"
    return (state, action, after), (_number(row["p"], f"{where}: p"), _number(row["reward"], f"{where}: reward"))


def _terminal(given: Any) -> dict[str, Number]:
    if isinstance(given, dict):
        return {state: _number(value, f"[states] terminal, {state}") for state, value in given.items()}
    if not isinstance(given, list):
        raise InputError('[states] terminal is a list, ["Home"], or a table of closing rewards, { Home = 1 }')
    return dict.fromkeys((_name(state, "[states] terminal") for state in given), 0)


def _choice(given: Any, state: str) -> dict[str, Number]:
    if isinstance(given, dict):
        return {action: _number(value, f"[policy] {state}, {action}") for action, value in given.items()}
    return {_name(given, f"[policy] {state}"): 1}


def _names(order: Any, place: str, used: Iterable[str], more: Iterable[str] = ()) -> tuple[str, ...]:
    if order is None:
        return tuple(dict.fromkeys([*used, *more]))
    if not isinstance(order, list):
        raise InputError(f"{place} is a list of names")
    return tuple(_name(name, place) for name in order)


def _part(table: dict[str, Any], name: str) -> dict[str, Any]:
    part = table.get(name, {})
    if not isinstance(part, dict):
        raise InputError(f"[{name}] is a table")
    return part


def _only(table: dict[str, Any], known: list[str], place: str) -> None:
    for key in table:
        check_known(key, known, "key", place, f"known here: {', '.join(known)}")


def _name(raw: Any, place: str) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise InputError(f"{place}: a name is text, not {harmless(str(raw))}")
    return str(raw)


def _is_letter(raw: Any) -> bool:
    return isinstance(raw, str) and not _PLAIN.fullmatch(raw) and isinstance(_read_cached(raw), Node)


def _number(raw: Any, place: str) -> Number:
    """`raw` exactly: a TOML number, or text such as "1/3"."""
    value = _read_cached(str(raw)) if isinstance(raw, str | int) and not isinstance(raw, bool) else None
    if not isinstance(value, int | Fraction):
        raise InputError(f'{place}: {harmless(str(raw))} is no number or fraction (such as 0.5 or "1/3")')
    return value


@lru_cache(maxsize=4096)
def _read_cached(text: str) -> Any:
    if _PLAIN.fullmatch(text):
        return tidy(Fraction(text))
    try:
        return read_number(text)
    except InputError:
        return None
