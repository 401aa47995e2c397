"""The way to a step: the named steps it is made of, entry by entry of a table and not the whole of it."""

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from revise.engines import exact
from revise.exercise.carrying import FAULTS
from revise.expression import free_names
from revise.solution import Solution, Step

_MOST_STEPS = 300  # of a longer solution tables are taken as a whole
_ALL = object()

Key = tuple[str, Any]


def leading(solution: Solution, target: Step, known: Collection[Step] = ()) -> list[Step]:
    """The named steps on the way to `target`, itself included, in their order; those in `known` end the search."""
    uses = _uses(solution)
    last = next(place for place, step in enumerate(solution.steps) if step is target)
    needed = set(uses[last])
    found = [target]
    for place in range(last - 1, -1, -1):
        step = solution.steps[place]
        if step.name and (step.key in needed or (step.key[0], _ALL) in needed) and step not in known:
            found.append(step)
            needed |= uses[place]
    return found[::-1]


@lru_cache(maxsize=16)
def _uses(solution: Solution) -> tuple[frozenset[Key], ...]:
    """For each step what its formula reads: a plain name, or a table and the index."""
    if len(solution.steps) > _MOST_STEPS:
        return tuple(frozenset((name, _ALL) for name in free_names(step.tree)) for step in solution.steps)
    return tuple(_read(step, env) for step, env in solution.walk())


def _read(step: Step, env: dict[str, Any]) -> frozenset[Key]:
    if not step.name:
        return frozenset()
    names = free_names(step.tree)
    tables = {name for name in names if isinstance(env.get(name), dict)}
    seen: set[Key] = set()
    if tables:
        try:
            exact.evaluate(step.tree, {**env, **{name: _Watched(name, env[name], seen) for name in tables}})
        except FAULTS:
            seen.clear()
    met = {name for name, _ in seen}
    whole = {(name, _ALL) for name in tables - met}
    return frozenset(seen | whole | {(name, None) for name in names if name not in tables})


class _Watched(dict[Any, Any]):
    """A table that notes in `seen` which entries are read."""

    def __init__(self, name: str, table: dict[Any, Any], seen: set[Key]) -> None:
        super().__init__(table)
        self._name, self._seen = name, seen

    def __getitem__(self, index: Any) -> Any:
        self._seen.add((self._name, index))
        return super().__getitem__(index)

    def get(self, index: Any, default: Any = None) -> Any:
        self._seen.add((self._name, index))
        return super().get(index, default)

    def __iter__(self) -> Iterator[Any]:
        self._seen.add((self._name, _ALL))
        return super().__iter__()

    def values(self) -> Any:
        self._seen.add((self._name, _ALL))
        return super().values()

    def items(self) -> Any:
        self._seen.add((self._name, _ALL))
        return super().items()
