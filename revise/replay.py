"""A solution's steps computed again: by another engine, or with a mistake put in."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from revise.engines import exact
from revise.expression import Node
from revise.solution import Solution, Step, store

Evaluate = Callable[[Node, Mapping[str, Any]], Any]


def replay(
    solution: Solution,
    evaluate: Evaluate = exact.evaluate,
    lift: Callable[[Any], Any] = lambda value: value,
    instead: Mapping[str, Node] | None = None,
) -> Iterator[tuple[Step, Any, dict[str, Any]]]:
    """Each step with its new value and what is known once it is done.

    lift     makes an engine's value of a given one
    instead  step name, as written (`h[t]`) or with its index (`h[3]`) → its formula; later
             steps follow
    """
    # tables grow as the steps are made again: the solution's own stay as they are
    given = {name: dict(value) if isinstance(value, dict) else value for name, value in solution.given.items()}
    env = {name: lift(value) for name, value in given.items()}
    for step in solution.steps:
        if step.name:
            tree = instead.get(step.shown) or instead.get(step.name) or step.tree if instead else step.tree
            value = evaluate(tree, {**env, **step.at})
            store(env, step.key, value)
            yield step, value, env
        else:
            yield step, None, env
