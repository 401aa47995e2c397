"""A solution with somebody's own values put in for some of its steps: how an error goes on."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from revise.engines import exact
from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node, number, postorder
from revise.replay import replay
from revise.solution import Solution, Step

Instead = Mapping[str, Node]

FAULTS = (InputError, KeyError, ArithmeticError, ValueError, TypeError, IndexError)
_GATHERING = frozenset({"list", "concat", "for", "index", "name", "number", "label", "matrix"})
_MARK = 10**15


def literal(value: Any) -> Node:
    """A value as a formula that has it."""
    if isinstance(value, Node):
        return value
    if isinstance(value, str):
        return Node("label", (value,))
    if not isinstance(value, Array):
        return number(Fraction(repr(value)) if isinstance(value, float) else value)
    if len(value.shape) == 1:
        return Node("list", tuple(map(literal, value.flat)))
    size = len(value.flat) // value.shape[0]
    rows = [Array(value.shape[1:], value.flat[i * size : (i + 1) * size]) for i in range(value.shape[0])]
    return Node("matrix" if len(value.shape) == 2 else "list", tuple(map(literal, rows)))


def carried(solution: Solution, values: Iterable[tuple[Step, Any]]) -> dict[str, Node]:
    """What to put in for the steps so that later ones go on with these values.

    A step that only gathers earlier ones (a shape from its sides) puts its entries in for those too.
    """
    instead: dict[str, Node] = {}
    for step, value in values:
        instead[step.shown] = literal(value)
        for origin, entry in _gathered(solution, step, value):
            instead[origin] = literal(entry)
    return instead


def _gathered(solution: Solution, step: Step, value: Any) -> list[tuple[str, Any]]:
    """The names of the steps that `step` only gathers, each with its entry of `value`."""
    if not isinstance(value, Array) or any(node.head not in _GATHERING for node in postorder(step.tree)):
        return []
    shown = {each.shown for each in solution.steps if each.name}
    env = next(env for each, env in solution.walk() if each is step)
    marks: dict[int, str] = {}
    marked = {name: _marked(name, known, marks) for name, known in env.items() if name not in step.at}
    try:
        found = exact.evaluate(step.tree, {**marked, **step.at})
    except FAULTS:
        return []
    if not isinstance(found, Array) or found.shape != value.shape:
        return []
    origins = [marks.get(entry, "") for entry in found.flat]
    return [(origin, entry) for origin, entry in zip(origins, value.flat, strict=True) if origin in shown]


def _marked(name: str, value: Any, marks: dict[int, str]) -> Any:
    """A number, or each number of a table, replaced by one that stands nowhere else; `marks` says for which name."""
    if isinstance(value, dict):
        keys = [",".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in value]
        return {key: _marked(f"{name}[{shown}]", value[key], marks) for key, shown in zip(value, keys, strict=True)}
    if isinstance(value, tuple | str | Array):
        return value
    mark = _MARK + len(marks)
    marks[mark] = name
    return mark


def replayed(solution: Solution, instead: Instead, target: Step | None = None) -> list[tuple[int, Step, Any]]:
    """Place, step and new value of every named step up to `target`; as far as they can be computed."""
    last = max((place for place, step in enumerate(solution.steps) if step is target), default=len(solution.steps))
    found: list[tuple[int, Step, Any]] = []
    try:
        for place, (step, value, _) in enumerate(replay(solution, instead=instead)):
            if step.name:
                found.append((place, step, value))
            if place >= last:
                break
    except FAULTS:
        pass
    return found


def value_with(solution: Solution, instead: Instead, target: Step) -> Any:
    """The value of `target` with these formulas put in; None where it can't be computed."""
    found = replayed(solution, instead, target)
    return found[-1][2] if found and found[-1][1] is target else None
