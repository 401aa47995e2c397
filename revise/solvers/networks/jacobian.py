"""Jacobian of typed functions; chain rule as a product of two."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node, free_names, name
from revise.parameters import Expression, Values
from revise.solution import Solution, Work
from revise.solvers.networks._asked import titled
from revise.solvers.networks._differentials import (
    asked_letters,
    check_numbers,
    components,
    differentiate,
    fresh,
    leaves,
    note_kinks,
    note_logarithm,
    read_letters,
    renamed,
    row,
    slope_of,
)

SERVES: dict[str, dict[str, object]] = {"jacobian": {}}
SOURCE = "Parr & Howard 2018, The Matrix Calculus You Need For Deep Learning, sections 3 and 4 (numerator layout)"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Parr & Howard, sections 3 and 4: f = 3x²y and g = 2x + y⁸
    ({"expression": "[3*x^2*y, 2*x + y^8]"}, {"J": [["6*x*y", "3*x^2"], [2, "8*y^7"]]}),
    # Parr & Howard, section 4.5, the vector chain rule on f = [ln g₁, sin g₂], g = [x², 3x]
    ({"expression": "[ln(u), sin(v)]", "inner": "u=x^2, v=3*x"}, {"J": [["2/x"], ["3*cos(3*x)"]]}),
    # Wikipedia, 'Jacobian matrix and determinant', section 'Examples'
    ({"expression": "[x^2*y, 5*x + sin(y)]"}, {"J": [["2*x*y", "x^2"], [5, "cos(y)"]]}),
    (
        {"expression": "[x1, 5*x3, 4*x2^2 - 2*x3, x3*sin(x1)]", "wrt": "x1, x2, x3"},
        {"J": [[1, 0, 0], [0, 0, 5], [0, "8*x2", -2], ["x3*cos(x1)", 0, "sin(x1)"]]},
    ),
    ({"expression": "x^2*y", "at": "x=2, y=3"}, {"gradient": [12, 4]}),
]

_MOST_ENTRIES = 64


def solve(
    expression: Expression, at: Values | None = None, wrt: str | None = None, inner: Values | None = None
) -> Solution:
    """Row i holds the derivatives of output i: J has m rows for m outputs and n columns for n inputs.

    expression  one formula, or "[f1, f2]" in brackets; softmax([x, y]) and [1, 2; 3, 4] @ [x, y] are written out
    at          the letters' values; a letter left out stays a letter
    wrt         the inputs in the order of the columns, all letters by default: "x, y"
    inner       functions for letters of the formula, "u=x^2*y, v=x+y": then J is a product, by the chain rule

    Of a single output J is one row, and the gradient is J transposed, a column.
    y = Wx by the weights: `linear-jacobian`.

    Raises InputError naming the letter that does not occur or the function that has no derivative.
    """
    title, formula = titled(expression)
    roots = components(formula)
    if inner:
        return _chained(roots, dict(inner), dict(at or {}), wrt, title)
    letters, asked = read_letters(roots, at, wrt)
    _check_size(len(roots), len(asked))
    values = at or {}
    base = title or fresh("f F y q", letters)
    if base in letters:
        raise InputError(f"{base} stands on both sides of =")
    work = Work(**{letter: values.get(letter, name(letter)) for letter in letters})
    functions = _named(work, base, roots, f"output {{}} of {len(roots)}")
    jacobian = fresh("J Jac", [*letters, base])
    _matrix(work, jacobian, functions, roots, asked)
    answers = {"J": jacobian}
    if len(roots) == 1:
        gradient = fresh("g grad", [*letters, base, jacobian])
        names = {"J": jacobian}
        work.let(gradient, renamed("J[0]", names), "the gradient is the one row of J, set as a column: g = Jᵀ")
        answers = {"gradient": gradient, "J": jacobian}
    note_kinks(work, roots)
    note_logarithm(work)
    return work.answer(answers)


def _check_size(outputs: int, inputs: int) -> None:
    if outputs * inputs > _MOST_ENTRIES:
        raise InputError(f"a Jacobian of {outputs}×{inputs} has more than {_MOST_ENTRIES} entries: take fewer by wrt")


def _named(work: Work, base: str, roots: Sequence[Node], why: str) -> list[str]:
    """The values of the functions as steps; their names."""
    names = [base] if len(roots) == 1 else [f"{base}{place}" for place in range(1, len(roots) + 1)]
    for place, (each, root) in enumerate(zip(names, roots, strict=True), 1):
        work.let(each, root, "the value" if len(roots) == 1 else why.format(place))
    return names


def _matrix(
    work: Work, target: str, functions: Sequence[str], roots: Sequence[Node], asked: Sequence[str], why: str = ""
) -> None:
    rows = [
        row([differentiate(work, function, root, letter) for letter in asked])
        for function, root in zip(functions, roots, strict=True)
    ]
    size = f"{len(roots)}×{len(asked)}"
    why = why or f"one row an output, one column an input: {size}"
    work.let(target, Node("matrix", tuple(rows)), why)


def _chained(
    roots: list[Node], inner: dict[str, Any], values: dict[str, Any], wrt: str | None, title: str | None
) -> Solution:
    """J of f(u(x)) as J_f(u) times J_u(x)."""
    middle = list(inner)
    inside = [_node(value) for value in inner.values()]
    used = {letter for root in roots for letter in free_names(root)}
    for letter in middle:
        if letter not in used:
            raise InputError(f"inner: {letter} does not occur in the formula")
    letters, asked = read_letters(inside, None, wrt)
    for letter in values:
        if letter in middle:
            raise InputError(f"at: {letter} is a function of the others; give numbers for {', '.join(letters)}")
        if letter not in letters and letter not in used:
            raise InputError(f"at: {letter} does not occur; the letters are {', '.join(letters)}")
    check_numbers(values)
    for letter in letters:
        if letter in middle:
            raise InputError(f"inner: {letter} stands on both sides of =; give the inner function another letter")
        if letter in used:
            raise InputError(
                f"inner: {letter} stands in the outer formula as well; give it an inner function, u={letter}"
            )
    others = [each for each in used if each not in middle and each not in ("e", "pi")]
    _check_size(max(len(roots), len(middle)), max(len(middle), len(asked)))
    letters = [*letters, *others]
    base = title or fresh("f F y q", [*letters, *middle])
    work = Work(**{letter: values.get(letter, name(letter)) for letter in letters})
    for letter, root in zip(middle, inside, strict=True):
        work.let(letter, root, "inner function")
    functions = _named(work, base, roots, f"output {{}} of {len(roots)}, of the inner functions' values")
    taken = [*letters, *middle, base]
    names = {"J": fresh("J Jac", taken)}
    names |= {"A": names["J"] + "_outer", "B": names["J"] + "_inner"}
    sizes = (len(roots), len(middle), len(asked))
    _matrix(
        work, names["A"], functions, roots, middle, f"the outer Jacobian, by {', '.join(middle)}: {sizes[0]}×{sizes[1]}"
    )
    _matrix(
        work, names["B"], middle, inside, asked, f"the inner Jacobian, by {', '.join(asked)}: {sizes[1]}×{sizes[2]}"
    )
    why = f"chain rule: outer times inner, {sizes[0]}×{sizes[1]} times {sizes[1]}×{sizes[2]} is {sizes[0]}×{sizes[2]}"
    work.let(names["J"], renamed("A @ B", names), why)
    answers = {"J": names["J"]}
    if len(roots) == 1:
        gradient = fresh("g grad", [*taken, names["J"]])
        work.let(gradient, renamed("J[0]", names), "the gradient is the one row of J, set as a column: g = Jᵀ")
        answers = {"gradient": gradient, "J": names["J"]}
    note_kinks(work, [*roots, *inside])
    note_logarithm(work)
    return work.answer(answers)


def _node(value: Any) -> Node:
    return value if isinstance(value, Node) else Node("number", (value,))


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; the names follow from the question."""
    found: dict[str, dict[str, Node]] = {}
    for step in solution.steps:
        if step.tree.head == "@":
            found[step.name] = {"the factors are turned round": Node("@", step.tree.args[::-1])}
        elif step.tree.head == "matrix":
            rows = [line.args for line in step.tree.args]
            turned = tuple(Node("list", column) for column in zip(*rows, strict=True))
            found[step.name] = {"transposed: one row an input": Node("matrix", turned)}
        elif step.claim.gradient_of is not None:
            found[step.name] = {"the sign is turned": Node("neg", (step.tree,))}
    return found


def sample(rng: Random) -> dict[str, Any]:
    """Two or three small functions at whole numbers; about a third with inner functions."""
    expression, letters, inner = rng.choice(_QUESTIONS)
    given = {"expression": expression, "at": ", ".join(f"{x}={rng.choice([-2, -1, 1, 2, 3])}" for x in letters.split())}
    if inner:
        given["inner"] = inner
    elif rng.random() < 0.3:
        given["wrt"] = ", ".join(rng.sample(letters.split(), 2))
    return given


_QUESTIONS = [
    ("[x^2*y, 5*x + sin(y)]", "x y", ""),
    ("[x*y, x + y, x - y]", "x y", ""),
    ("[x*y*z, x^2 + z]", "x y z", ""),
    ("x^2*y + 3*y", "x y", ""),
    ("[exp(x)*y, tanh(x + y)]", "x y", ""),
    ("softmax([x, y, z])", "x y z", ""),
    ("sigmoid([1, 2; -1, 1] @ [x, y])", "x y", ""),
    ("[u*v, u + v]", "x y", "u=x^2*y, v=x - y"),
    ("u^2 + v^2", "x y", "u=2*x + y, v=x*y"),
    ("[u*v, u - v, v^2]", "x", "u=x^2, v=3*x"),
]


def reference(
    expression: Node,
    at: Mapping[str, Any] | None = None,
    wrt: str | None = None,
    inner: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Torch's autograd, each output by each input through the whole formula. Raises InputError without numbers."""
    import torch

    from revise.engines import native

    root = expression.args[1] if expression.head == "=" else expression
    if not at:
        raise InputError(f"{text(root)} has letters without numbers")
    point = leaves(at, list(at))
    around: dict[str, Any] = dict(point)
    for letter, value in (inner or {}).items():
        around[letter] = native.evaluate(_node(value), point, "torch")
    outputs = native.evaluate(root, around, "torch").reshape(-1)
    inside = [free_names(_node(value)) for value in (inner or {}).values()] or [free_names(root)]
    asked = asked_letters(wrt) or list(dict.fromkeys(letter for part in inside for letter in part if letter in point))
    rows = [[slope_of(output, point[letter]).item() for letter in asked] for output in outputs]
    found = {"J": torch.tensor(rows, dtype=torch.float64)}
    return found | ({"gradient": found["J"][0]} if len(rows) == 1 else {})
