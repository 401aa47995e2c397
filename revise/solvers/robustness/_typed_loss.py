"""FGSM on a loss that the student typed: its gradient derived letter by letter."""

from collections.abc import Mapping
from typing import Any

from revise.engines.derivative import derivative
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import FORMULA, Node, free_names, parse, substitute
from revise.expression import name as letter
from revise.expression.functions import CONSTANTS
from revise.solution import Solution, Work
from revise.solvers.networks._asked import titled
from revise.solvers.optimisation._problem import Point

_MOST = 12
_OWN = frozenset(["J", "J_adv", "epsilon"])
# is the attack targeted → the new value of a letter u with the derivative g
_STEP = {
    False: parse("u + epsilon*sign(g)", None, FORMULA),
    True: parse("u - epsilon*sign(g)", None, FORMULA),
}
_CLIPPED = parse("min(max(u, low), high)", None, FORMULA)


def attacked(
    loss: Node, x: Point, epsilon: Any, values: Mapping[str, Any], targeted: bool, limits: tuple[Any, Any] | None
) -> Solution:
    """Every letter of `x` moved by ε along the sign of its derivative. Raises InputError naming the letter."""
    _, root = titled(loss)
    letters = [each for each in free_names(root) if each not in CONSTANTS]
    point = dict(x)
    if x.is_numbered:
        free = [each for each in letters if each not in values]
        if len(free) != len(point):
            raise InputError(f"x: {len(point)} numbers for the letters {', '.join(free)}; write x1=…, x2=…")
        point = dict(zip(free, point.values(), strict=True))
    for where, names in (("x", point), ("values", values)):
        for each in names:
            if each not in letters:
                raise InputError(f"{where}: {each} does not occur in the loss; its letters are {', '.join(letters)}")
    for each in letters:
        if each in _OWN or each + "_adv" in letters or each in ("low", "high"):
            raise InputError(f"loss: the letter {each} means something else here: choose another")
    if both := [each for each in values if each in point]:
        raise InputError(f"values: {both[0]} is part of the input, given with --x")
    if len(point) > _MOST:
        raise InputError(f"x: at most {_MOST} letters, not {len(point)}")
    constants = {each: values.get(each, letter(each)) for each in letters if each not in point}
    work = Work(
        **point, **constants, epsilon=epsilon, low=limits[0] if limits else None, high=limits[1] if limits else None
    )
    work.called(epsilon="size", low="least", high="most")
    work.note(f"The input is {', '.join(point)}; J is the loss. sign(0) = 0: such an entry stays.")
    work.let("J", root, "the loss")
    for each in point:
        slope = derivative(root, each)
        work.let(f"dJ_d{each}", slope, f"its derivative by {each}", gradient_of=("J", each))
    why = "down the loss of the target" if targeted else "up the loss"
    moved = {}
    for each in point:
        moved[each] = letter(f"{each}_adv")
        step = substitute(_STEP[targeted], {"u": letter(each), "g": letter(f"dJ_d{each}")})
        if limits is None:
            work.let(f"{each}_adv", step, f"a step of ε {why}")
        else:
            work.let(f"{each}_far", step, f"a step of ε {why}")
            clip = substitute(_CLIPPED, {"u": letter(f"{each}_far")})
            work.let(f"{each}_adv", clip, f"kept between {text(_as_node(limits[0]))} and {text(_as_node(limits[1]))}")
    work.let("J_adv", substitute(root, moved), "the loss there")
    words = {f"dJ/d{each}": f"dJ_d{each}" for each in point} | {f"{each}_adv": f"{each}_adv" for each in point}
    return work.answer({**words, "loss": "J", "new-loss": "J_adv"})


def _as_node(value: Any) -> Node:
    return value if isinstance(value, Node) else Node("number", (value,))
