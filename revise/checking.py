"""`solve --check`: the answers once more, by the solver's reference or by SymPy."""

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from revise.answers import value_text
from revise.catalogue import Solver
from revise.engines import exact
from revise.engines.arrays import Array, entries
from revise.errors import InputError
from revise.expression import Node, free_names
from revise.expression.functions import CONSTANTS
from revise.numerals import Numerals
from revise.parameters import EXPRESSION, VALUES, kinds
from revise.replay import replay
from revise.solution import Solution

_CLOSE = 1e-9
_TRIES = 200
_POINTS = 3


def check(solver: Solver, arguments: Mapping[str, Any], solution: Solution) -> list[tuple[str, bool]]:
    """Lines that say what was compared, each with whether it agreed; "can't decide" is no disagreement."""
    if _letters(solution):
        return _at_points(solver, arguments, solution)
    try:
        answers = solver.reference(arguments)
    except ImportError:
        return _by_sympy(solution)
    lines = [
        _compared(word, solution.value(word), value) for word, value in answers.items() if word in solution.answers
    ]
    left = [word for word in solution.answers if word not in answers]
    if left:
        lines.append((f"– {', '.join(left)}: the reference engine gives none", True))
    return lines


def _compared(word: str, value: Any, other: Any) -> tuple[str, bool]:
    right = same(value, other)
    verdict = "the reference engine agrees" if right else f"the reference engine has {other}"
    return f"{'✓' if right else '✗'} {word} {value_text(value, Numerals())}: {verdict}", right


def _by_sympy(solution: Solution) -> list[tuple[str, bool]]:
    from revise.engines import sympy_

    steps = [(step, value) for step, value, _ in replay(solution, sympy_.evaluate) if step.name]
    wrong = [step.shown for step, value in steps if not same(step.value, _plain(value))]
    if wrong:
        return [(f"✗ Torch is not installed; SymPy differs at {', '.join(wrong)}", False)]
    return [(f"✓ Torch is not installed; SymPy replays all {len(steps)} steps to the same values", True)]


def _plain(value: Any) -> list[Any]:
    return [entry if isinstance(entry, str | bool) else float(entry) for entry in entries(value)]


def _at_points(solver: Solver, arguments: Mapping[str, Any], solution: Solution) -> list[tuple[str, bool]]:
    """Numbers for the letters, seeded; the answers there against the reference engine's."""
    letters = _letters(solution)
    domain = {letter: _range(solver, solution, letter) for letter in letters}
    lines: list[tuple[str, bool]] = []
    rng = Random(0)
    for _ in range(_TRIES):
        point = {letter: _drawn(rng, domain[letter]) for letter in letters}
        numbers = _with_numbers(solver, arguments, solution, point)
        try:
            exactly = solver.module.solve(**numbers)
            answers = _reference(solver, numbers, exactly)
            mine = {word: _filled(solution.value(word), point) for word in solution.answers if word in answers}
        except InputError:
            continue
        if not mine:
            break
        right = all(same(value, answers[word]) for word, value in mine.items())
        place = ", ".join(f"{letter} = {value}" for letter, value in point.items())
        verdict = "the numbers agree" if right else "the numbers differ"
        lines.append((f"{'✓' if right else '✗'} {', '.join(mine)} at {place}: {verdict}", right))
        if len(lines) == _POINTS:
            break
    return lines or [("– can't decide: no numbers for the letters were found to check at", True)]


def _reference(solver: Solver, numbers: Mapping[str, Any], exactly: Solution) -> dict[str, Any]:
    try:
        return solver.reference(numbers)
    except ImportError:
        return {word: exactly.value(word) for word in exactly.answers}


def _with_numbers(
    solver: Solver, arguments: Mapping[str, Any], solution: Solution, point: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments with numbers for their letters: written in, or given where the solver takes assignments."""
    numbers: dict[str, Any] = {}
    for name, value in arguments.items():
        numbers[name] = value if isinstance(value, Node) and _is_formula(solver, name) else _filled(value, point)
    for name in solver.parameters:
        if VALUES in kinds(solver.annotations[name]):
            given: Mapping[str, Any] = numbers.get(name) or {}
            numbers[name] = {**given, **point}
    # a letter that a file brought in is given as the parameter it stands for
    brought = {name for name in solver.parameters if name not in arguments and _names(solution.given.get(name))}
    return {**numbers, **{name: _filled(solution.given[name], point) for name in brought}}


def _is_formula(solver: Solver, name: str) -> bool:
    return EXPRESSION in kinds(solver.annotations[name])


def _range(solver: Solver, solution: Solution, letter: str) -> tuple[float, float] | None:
    """Where a letter is drawn: as the solver's DOMAIN says of it, or of the given name it stands for."""
    domain: Mapping[str, tuple[float, float]] = getattr(solver.module, "DOMAIN", {})
    names = [letter, *(name for name, value in solution.given.items() if letter in _names(value))]
    return next((domain[name] for name in names if name in domain), None)


def _drawn(rng: Random, limits: tuple[float, float] | None) -> Any:
    if limits is None:
        return rng.randint(1, 12)
    low, high = (Fraction(str(limit)) for limit in limits)
    return low + (high - low) * Fraction(rng.randint(1, 19), 20)


def _letters(solution: Solution) -> list[str]:
    """The letters of the given values, in their order."""
    return list(dict.fromkeys(name for value in solution.given.values() for name in _names(value)))


def _names(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [name for entry in value.values() for name in _names(entry)]
    return [name for entry in entries(value) if isinstance(entry, Node) for name in free_names(entry)]


def _filled(value: Any, point: Mapping[str, Any]) -> Any:
    if isinstance(value, Node):
        return exact.evaluate(value, point) if set(free_names(value)) <= set(point) | CONSTANTS else value
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
