"""What a drawn question gives: the values in words, the conventions that matter, the command that works it out."""

import re
import shlex
from collections.abc import Mapping, Sequence
from fractions import Fraction
from inspect import Parameter
from typing import Any, get_args, get_origin

from revise.answers import value_text
from revise.catalogue import Solver, option
from revise.engines.arrays import Array
from revise.equality import same_value
from revise.exercise.carrying import FAULTS
from revise.exercise.meanings import unsaid
from revise.mdp import MDP
from revise.numerals import Numerals
from revise.parameters import kinds, spell
from revise.request import command_line
from revise.solution import Solution

_MOST_LINES = 8  # more are told in one paragraph
_MOST_ROWS = 14  # transitions of an MDP
_EXACT = Numerals(digits=10)


def can_be_told(solver: Solver, given: Mapping[str, Any]) -> bool:
    """Whether everything given has a line, or is a small MDP."""
    plain = {name: value for name, value in given.items() if value is not None and not isinstance(value, MDP)}
    processes = [value for value in given.values() if isinstance(value, MDP)]
    return command_line(solver, plain) is not None and all(len(mdp.transitions) <= _MOST_ROWS for mdp in processes)


def given_markdown(solver: Solver, given: Mapping[str, Any], solution: Solution, ask: Sequence[str]) -> str:
    """What the solver does, and a line for each thing that is given; then the conventions that matter."""
    told = {name: value for name, value in given.items() if value is not None and not isinstance(value, MDP)}
    words = command_line(solver, told) or []
    idle = {name for name in told if _is_idle(solver, given, solution, ask, name)}
    items = [
        f"{option(name).replace('-', ' ')}: {_told(word)}"
        for name, word in zip(told, words[3:], strict=True)
        if name not in idle
    ]
    usual = conventions(solver, given, solution, ask) + unsaid(solver, given, ask)
    last = [f"by convention: {'; '.join(usual)}"] if usual else []
    if len(items) > _MOST_LINES:
        items = [" · ".join(items)]
    parts = [f"{solver.summary.rstrip('.')}:"]
    parts += [_process(value, "gamma" in told) for value in given.values() if isinstance(value, MDP)]
    if items or last:
        parts.append("\n".join(f"- {item}" for item in items + last))
    return "\n\n".join(parts)


def fence(solver: Solver, given: Mapping[str, Any], solution: Solution, ask: Sequence[str]) -> str:
    """The worked problem that gives the answers `ask`; empty where the question is no command of one line."""
    words = command_line(solver, {name: value for name, value in given.items() if value is not None})
    if words is None:
        return ""
    stated = [statement(solution, word).replace("×", "x") for word in ask]
    return "\n".join(["```revise", f"$ {shlex.join(words)}", *stated, "```"])


def statement(solution: Solution, word: str) -> str:
    """`output = 55×55×96`."""
    step = solution.step(word)
    return f"{word} = {value_text(step.value, Numerals(), step.unit)}"


def conventions(solver: Solver, given: Mapping[str, Any], solution: Solution, ask: Sequence[str]) -> list[str]:
    """Defaults that nobody typed and on which the answers hang: `bias yes`, `betas 0.9, 0.999`."""
    found = []
    for name, parameter in solver.parameters.items():
        default = parameter.default
        if name in given or default is None or default is Parameter.empty:
            continue
        if any(_changes(solver, given, solution, ask, name, other) for other in _others(solver, name, default)):
            shown = ("yes" if default else "no") if isinstance(default, bool) else _spelled(default)
            found.append(f"{option(name).replace('-', ' ')} {shown}")
    return found


def _is_idle(solver: Solver, given: Mapping[str, Any], solution: Solution, ask: Sequence[str], name: str) -> bool:
    """Whether it need not be told: a choice that changes nothing asked, or a number that changes no step at all."""
    default = solver.parameters[name].default
    if default is None or default is Parameter.empty or isinstance(default, Array) or name in solver.preset:
        return False
    read = solver.arguments(given)[name]
    others = {default, *_others(solver, name, default)} - {read}
    if isinstance(read, int | Fraction | float) and not isinstance(read, bool):
        return all(_same_steps(solver, given, solution, name, other) for other in (default, 2 * read + 1))
    return bool(others) and not any(_changes(solver, given, solution, ask, name, other, True) for other in others)


def _same_steps(solver: Solver, given: Mapping[str, Any], solution: Solution, name: str, other: Any) -> bool:
    try:
        steps = solver.solve(**{**given, name: other}).steps
    except FAULTS:
        return False
    pairs = zip(solution.steps, steps, strict=False)
    return len(steps) == len(solution.steps) and all(
        one.name == two.name and one.why == two.why and (not one.name or same_value(one.value, two.value))
        for one, two in pairs
    )


def _others(solver: Solver, name: str, default: Any) -> list[Any]:
    """Other values of a parameter, to see whether it matters; none for a number that leaves things as they are."""
    if isinstance(default, bool):
        return [not default]
    words = [word for part in kinds(solver.annotations[name]) if get_origin(part) for word in get_args(part)]
    if words or isinstance(default, str):
        return [word for word in words if word != default]
    if isinstance(default, int | Fraction | float) and default not in (0, 1):
        return [default * 2]
    if isinstance(default, Array):
        return [Array(default.shape, tuple(entry / 2 for entry in default.flat))]
    return []


def _changes(
    solver: Solver,
    given: Mapping[str, Any],
    solution: Solution,
    ask: Sequence[str],
    name: str,
    other: Any,
    in_doubt: bool = False,
) -> bool:
    """Whether another value changes an answer; `in_doubt` where it can't be solved or has no such answer."""
    try:
        changed = solver.solve(**{**given, name: other})
    except FAULTS:
        return in_doubt
    if in_doubt and not set(ask) <= set(changed.answers):
        return True
    return any(word in changed.answers and not same_value(solution.value(word), changed.value(word)) for word in ask)


def _spelled(value: Any) -> str:
    if isinstance(value, int | Fraction | float):
        tiny = re.fullmatch(r"1(?:\.0*)?e(-\d+)", f"{float(value):e}")
        return f"1e{int(tiny[1])}" if tiny and float(value) < 0.001 else _EXACT.text(value)
    return spell(Array(value.shape, tuple(map(float, value.flat))) if isinstance(value, Array) else value) or str(value)


def _process(mdp: MDP, discounted: bool) -> str:
    """An MDP as a table of its transitions; `discounted`: the discount is told elsewhere."""
    rows = ["| from |" + (" action |" if mdp.actions else "") + " to | probability | reward |"]
    rows.append("|---" * (5 if mdp.actions else 4) + "|")
    for (state, action, after), (probability, reward) in mdp.transitions.items():
        middle = f" {action} |" if mdp.actions else ""
        rows.append(f"| {state} |{middle} {after} | {_spelled(probability)} | {_spelled(reward)} |")
    lines = [] if mdp.gamma is None or discounted else [f"- discount: {spell(mdp.gamma)}"]
    if mdp.terminal:
        lines.append(
            f"- terminal: {', '.join(f'{state} (value {_spelled(end)})' for state, end in mdp.terminal.items())}"
        )
    for state, choices in mdp.policy.items():
        shares = ", ".join(f"{action} {_spelled(share)}" for action, share in choices.items())
        lines.append(f"- policy in {state}: {shares}")
    return "\n".join(rows) + "\n\n" + "\n".join(lines)


def _told(word: str) -> str:
    name, equals, value = word.partition("=")
    if not equals:
        return "no" if name.startswith("--no-") else "yes"
    return value.replace("x", "×") if value.replace("x", "").isdigit() else value
