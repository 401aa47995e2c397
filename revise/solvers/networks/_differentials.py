"""Partial derivatives of typed formulas as steps: shared by the Jacobian, the Hessian and Taylor's formula."""

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import Any

from revise.engines.derivative import derivative
from revise.engines.text import text
from revise.engines.written import write
from revise.errors import InputError
from revise.expression import FORMULA, Node, free_names, name, parse, postorder, substitute
from revise.expression.functions import CONSTANTS
from revise.solution import Work
from revise.solvers.networks._asked import check_asked
from revise.solvers.networks._rules import KINKED, natural

MOST_NODES = 2000  # of one derivative written out


def asked_letters(wrt: str | None) -> list[str]:
    return [part.strip() for part in (wrt or "").replace(";", ",").split(",") if part.strip()]


def read_letters(roots: Sequence[Node], at: Mapping[str, Any] | None, wrt: str | None) -> tuple[list[str], list[str]]:
    """All letters in the order of writing, and those to differentiate by. Raises InputError: which one is wrong."""
    asked, values = asked_letters(wrt), at or {}
    found = dict.fromkeys(letter for root in roots for letter in free_names(root))
    letters = [each for each in found if each not in CONSTANTS or each in (*values, *asked)]
    check_asked(letters, values, asked)
    check_numbers(values)
    return letters, asked or letters


def check_numbers(values: Mapping[str, Any], parameter: str = "at") -> None:
    for letter, value in values.items():
        if isinstance(value, float) and not isfinite(value):
            raise InputError(f"{parameter}: {letter} must be a finite number")


def fresh(wishes: str, used: Collection[str]) -> str:
    """The first of the wishes that the question does not use, with or without an index."""
    taken = {letter.rstrip("0123456789") for letter in used} | set(used)
    return next((wish for wish in wishes.split() if wish not in taken), wishes.split()[0] + "_own")


def renamed(formula: str, names: Mapping[str, str]) -> Node:
    """A literal formula with the names that the question uses itself exchanged."""
    return substitute(parse(formula, None, FORMULA), {old: name(new) for old, new in names.items() if old != new})


def components(expression: Node, letters: Collection[str] = ()) -> list[Node]:
    """The entries of a vector of formulas, or the one formula; softmax([x, y]) and W @ [x, y] are written out."""
    if expression.head == "list" and not any(item.head in ("list", "matrix") for item in expression.args):
        return list(expression.args)
    heads = {node.head for node in postorder(expression)}
    if not heads & {"list", "matrix"}:
        return [expression]
    from revise.engines.arrays import Array

    written = write(expression, {letter: name(letter) for letter in letters or free_names(expression)})
    if isinstance(written, Array):
        if len(written.shape) > 1 and min(written.shape) > 1:
            raise InputError(f"a vector of formulas is asked for, not a matrix: {text(expression)}")
        return list(written.flat)
    return [written]


def partial(root: Node, letter: str) -> Node:
    """The derivative of `root` by `letter`, with the logarithm named as in `root`."""
    heads = {node.head for node in postorder(root)}
    slope = natural(derivative(root, letter), "ln" if "ln" in heads and "log" not in heads else "log")
    if len(postorder(slope)) > MOST_NODES:
        raise InputError(f"the derivative by {letter} has more than {MOST_NODES:,} operations: too long to be shown")
    return slope


def differentiate(work: Work, function: str, root: Node, letter: str) -> str:
    """The step ∂function/∂letter; its name."""
    step = f"d{function}_d{letter}"
    slope = partial(root, letter)
    others = [each for each in free_names(root) if each != letter and each not in CONSTANTS]
    why = f"by {letter}"
    if letter not in free_names(root):
        why += f": {letter} does not occur"
    elif others:
        why += f"; {_listed(others)} {'stays' if len(others) == 1 else 'stay'} constant"
    claim = (function, letter) if smooth(root) and letter in free_names(root) else None
    work.let(step, slope, why, gradient_of=claim)
    return step


def _listed(words: Sequence[str]) -> str:
    if len(words) > 6:
        return "the other letters"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def smooth(root: Node) -> bool:
    return not any(node.head in KINKED for node in postorder(root))


def note_logarithm(work: Work) -> None:
    if any(node.head == "log" for step in work.steps if not step.is_note for node in postorder(step.tree)):
        work.note("log is the natural logarithm.")


def note_kinks(work: Work, roots: Sequence[Node]) -> None:
    kinks = sorted({node.head for root in roots for node in postorder(root)} & KINKED)
    if kinks:
        work.note(
            f"{_listed(kinks)}: where there is a kink or a jump there is no derivative; there it is taken as 0, "
            "and of equal operands of max and min the constant's, else the later one's."
        )


def row(names: Sequence[str]) -> Node:
    return Node("list", tuple(map(name, names)))


def leaves(point: Mapping[str, Any], letters: Sequence[str]) -> dict[str, Any]:
    """Torch's leaves for a reference."""
    import torch

    return {x: torch.tensor(float(point[x]), dtype=torch.float64, requires_grad=True) for x in letters}


def slope_of(value: Any, leaf: Any) -> Any:
    """Torch's derivative as a tensor that can be differentiated again; 0 where `leaf` has no part in it."""
    import torch

    if not value.requires_grad:
        return torch.zeros_like(leaf)
    found = torch.autograd.grad(value, leaf, create_graph=True, allow_unused=True)[0]
    return torch.zeros_like(leaf) if found is None else found
