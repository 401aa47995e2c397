"""`solve --check`: the answers once more, by the solver's reference or by SymPy."""

from collections.abc import Mapping
from random import Random
from typing import Any

from revise.answers import value_text
from revise.catalogue import Solver
from revise.engines import exact
from revise.engines.arrays import Array, entries
from revise.errors import InputError
from revise.expression import Node, free_names
from revise.numerals import Numerals
from revise.replay import replay
from revise.solution import Solution

_CLOSE = 1e-9


def check(solver: Solver, arguments: Mapping[str, Any], solution: Solution) -> list[tuple[str, bool]]:
    """Lines that say what was compared, each with whether it agreed."""
    if not _has_letters(solution):
        try:
            answers = solver.reference(arguments)
        except ImportError:
            return _by_sympy(solution, "Torch is not installed; ")
        return [
            _compared(word, solution.value(word), value) for word, value in answers.items() if word in solution.answers
        ]
    return _at_points(solver, arguments, solution)


def _compared(word: str, value: Any, other: Any) -> tuple[str, bool]:
    right = same(value, other)
    shown = value_text(value, Numerals())
    verdict = "the reference engine agrees" if right else f"the reference engine has {other}"
    return f"{'✓' if right else '✗'} {word} {shown}: {verdict}", right


def _by_sympy(solution: Solution, reason: str) -> list[tuple[str, bool]]:
    from revise.engines import sympy_

    steps = [(step, value) for step, value, _ in replay(solution, sympy_.evaluate) if step.name]
    wrong = [step.name for step, value in steps if not same(step.value, _plain(value))]
    if wrong:
        return [(f"✗ {reason}SymPy differs at {', '.join(wrong)}", False)]
    return [(f"✓ {reason}SymPy replays all {len(steps)} steps to the same values", True)]


def _plain(value: Any) -> list[Any]:
    return [entry if isinstance(entry, str | bool) else float(entry) for entry in entries(value)]


def _at_points(solver: Solver, arguments: Mapping[str, Any], solution: Solution) -> list[tuple[str, bool]]:
    """Numbers for the letters, seeded; the answers there against the reference engine's."""
    letters = sorted({name for value in solution.given.values() for name in _names(value)})
    lines: list[tuple[str, bool]] = []
    rng = Random(0)
    for _ in range(200):
        point = {letter: rng.randint(1, 12) for letter in letters}
        numbers = {name: _filled(value, point) for name, value in arguments.items()}
        try:
            exactly = solver.module.solve(**numbers)
            answers = solver.reference(numbers)
        except InputError:
            continue
        except ImportError:
            answers = {word: exactly.value(word) for word in exactly.answers}
        mine = {word: _filled(solution.value(word), point) for word in solution.answers if word in answers}
        right = all(same(value, answers[word]) for word, value in mine.items())
        shown = ", ".join(f"{letter} = {value}" for letter, value in point.items())
        lines.append(
            (
                f"{'✓' if right else '✗'} {', '.join(mine)} at {shown}: the numbers {'agree' if right else 'differ'}",
                right,
            )
        )
        if len(lines) == 3:
            break
    return lines or [("✗ no whole numbers for the letters were found to check at", False)]


def _names(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [name for entry in value.values() for name in _names(entry)]
    return [name for entry in entries(value) if isinstance(entry, Node) for name in free_names(entry)]


def _filled(value: Any, point: Mapping[str, int]) -> Any:
    if isinstance(value, Node):
        return exact.evaluate(value, point) if set(free_names(value)) <= set(point) else value
    if isinstance(value, Array):
        return Array(value.shape, tuple(_filled(entry, point) for entry in value.flat))
    if isinstance(value, tuple):
        return tuple(_filled(entry, point) for entry in value)
    if isinstance(value, dict):
        return {key: _filled(entry, point) for key, entry in value.items()}
    return value


def same(value: Any, other: Any) -> bool:
    """Whether two engines' values agree: nested lists entry by entry, floats to a relative 1e-9."""
    mine, theirs = list(entries(value)), _flat(other)
    if len(mine) != len(theirs):
        return False
    return all(_close(a, b) for a, b in zip(mine, theirs, strict=True))


def _close(a: Any, b: Any) -> bool:
    if isinstance(a, str | bool) or isinstance(b, str):
        return bool(a == b)
    return bool(a == b) or abs(float(a) - float(b)) <= _CLOSE * max(1.0, abs(float(a)))


def _flat(value: Any) -> list[Any]:
    if isinstance(value, Array):
        return list(value.flat)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [entry for part in value for entry in _flat(part)]
    return [value]


def _has_letters(solution: Solution) -> bool:
    return any(isinstance(entry, Node) for step in solution.steps if step.name for entry in entries(step.value))
