"""The same descent by another engine: torch.optim where it has the convention, else NumPy; gradients by autograd."""

from collections.abc import Callable, Mapping
from typing import Any

Rule = Callable[..., Any]
"""(θ, t, gradient of a point, state) → the new θ; `state` is a dict of NumPy arrays that it changes."""


def descend(
    given: Mapping[str, Any],
    *,
    optimiser: Callable[[list[Any]], Any] | None = None,
    kept: Mapping[str, str] | None = None,
    rule: Rule | None = None,
    state: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """The answers by word.

    optimiser  makes a torch.optim object of the parameters; `kept` has its state's names: {"m": "exp_avg"}
    rule       otherwise; `state` has what it starts from
    """
    import numpy
    import torch

    labels, title, value, rows, count = _read(given)
    point: Any
    if optimiser:
        parameters = [torch.tensor(start, dtype=torch.float64, requires_grad=True) for start in labels.values()]
        machine = optimiser(parameters)
        for step in range(count):
            machine.zero_grad()
            if value:
                slopes = _slopes(value, parameters)
            else:
                slopes = [torch.tensor(entry, dtype=torch.float64) for entry in rows[step]]
            for parameter, slope in zip(parameters, slopes, strict=True):
                parameter.grad = slope
            machine.step()
        point = [parameter.item() for parameter in parameters]
        states = {
            word: [float(machine.state[parameter][name]) for parameter in parameters]
            for word, name in (kept or {}).items()
        }
    else:
        assert rule is not None
        point = numpy.array(list(labels.values()))
        memory = {word: numpy.full(len(labels), start) for word, start in (state or {}).items()}
        for t in range(1, count + 1):

            def slope(place: Any, t: int = t) -> Any:
                if not value:
                    return numpy.array(rows[t - 1])
                leaves = [torch.tensor(float(entry), dtype=torch.float64, requires_grad=True) for entry in place]
                return numpy.array([float(each) for each in _slopes(value, leaves)])

            point = rule(point, t, slope, memory)
        point = [float(entry) for entry in point]
        states = {word: [float(entry) for entry in entries] for word, entries in memory.items()}
    found: dict[str, Any] = dict(zip(labels, point, strict=True))
    for word, entries in states.items():
        for label, entry in zip(labels, entries, strict=True):
            found.setdefault(word if len(labels) == 1 else f"{word}({label})", entry)
    if value:
        with torch.no_grad():
            found.setdefault(
                title if title not in found else "value",
                float(value([torch.tensor(entry, dtype=torch.float64) for entry in point])),
            )
    return found


def _slopes(value: Callable[[list[Any]], Any], leaves: list[Any]) -> list[Any]:
    import torch

    slopes = torch.autograd.grad(value(leaves), leaves, allow_unused=True)
    return [torch.zeros_like(leaf) if slope is None else slope for leaf, slope in zip(leaves, slopes, strict=True)]


def _read(given: Mapping[str, Any]) -> tuple[dict[str, float], str, Any, list[list[float]], int]:
    """Label → start, the function's title, its value at a list of tensors, rows of gradients, how many steps."""
    from revise.engines import native
    from revise.expression import free_names

    start: Any = given.get("start")
    function = given.get("function")
    if function is None:
        table = given["gradients"]
        point = {"theta": 0.0} if start is None else {label: float(entry) for label, entry in start.items()}
        if len(point) == 1 and next(iter(point)).isdecimal():
            point = {"theta": next(iter(point.values()))}
        flat = [float(entry) for entry in table.flat]
        wide = len(point)
        return point, "", None, [flat[place : place + wide] for place in range(0, len(flat), wide)], len(flat) // wide
    title, root = "f", function
    if function.head == "=":
        title, root = function.args[0].args[0], function.args[1]
    letters = [each for each in free_names(root) if each not in ("e", "pi")]
    labels = [part.strip() for part in given["wrt"].split(",")] if given.get("wrt") else letters
    named = dict(zip(labels, start.values(), strict=True)) if all(k.isdecimal() for k in start) else dict(start)
    others = {each: float(named[each]) for each in letters if each not in labels}

    def value(place: list[Any]) -> Any:
        return native.evaluate(root, {**others, **dict(zip(labels, place, strict=True))}, "torch")

    return {each: float(named[each]) for each in labels}, title, value, [], int(given.get("steps") or 3)
