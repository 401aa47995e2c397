"""Hessian of a typed function; definiteness and the kind of point."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from random import Random
from typing import Any, Literal

from revise.engines import exact
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node, free_names, name, number
from revise.parameters import Expression, Values
from revise.solution import Solution, Work
from revise.solvers.networks._asked import titled
from revise.solvers.networks._differentials import (
    asked_letters,
    differentiate,
    fresh,
    leaves,
    note_kinks,
    note_logarithm,
    partial,
    read_letters,
    renamed,
    row,
    slope_of,
    smooth,
)

SERVES: dict[str, dict[str, object]] = {"hessian": {}}
SOURCE = "Goodfellow, Bengio & Courville 2016, Deep Learning, section 4.3.1; OpenStax, Calculus Volume 3, section 4.7"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # OpenStax, Calculus Volume 3, section 4.7: a minimum; and a saddle point beside a minimum
    ({"expression": "4x^2 + 9y^2 + 8x - 36y + 24", "at": "x=-1, y=2"}, {"H": [[8, 0], [0, 18]], "det": 144}),
    ({"expression": "x^3/3 + y^2 + 2*x*y - 6*x - 3*y + 4", "at": "x=-1, y=5/2"}, {"det": -8, "gradient": [0, 0]}),
    ({"expression": "x^3/3 + y^2 + 2*x*y - 6*x - 3*y + 4", "at": "x=3, y=-3/2"}, {"det": 8, "gradient": [0, 0]}),
    # Goodfellow, Bengio & Courville, figure 4.5: f = x₁² − x₂², the saddle point's curvatures
    ({"expression": "x1^2 - x2^2", "at": "x1=0, x2=0"}, {"eigenvalue 1": 2, "eigenvalue 2": -2}),
    ({"expression": "x^2*y + y^3"}, {"H": [["2*y", "2*x"], ["2*x", "6*y"]]}),
]

_MOST_LETTERS = 6
_ZERO = 1e-9  # what floats leave of a 0
_FIRST = "(H[0,0] + H[1,1])/2 + sqrt(((H[0,0] - H[1,1])/2)^2 + H[0,1]^2)"
_SECOND = "(H[0,0] + H[1,1])/2 - sqrt(((H[0,0] - H[1,1])/2)^2 + H[0,1]^2)"
_MATRIX = "[[h[i,j] for j in L] for i in L]"
# what the steps are called, and what instead where the question has that letter
_NAMES = ("H Hess", "h s", "g grad", "D M", "L X", "mu ev", "i r", "j c", "k o", "S Q")
# definiteness → what a critical point is then
_KINDS = {
    "positive definite": "a strict local minimum",
    "negative definite": "a strict local maximum",
    "indefinite": "a saddle point",
    "positive semidefinite": "no maximum, but H alone can't tell a minimum from a saddle point",
    "negative semidefinite": "no minimum, but H alone can't tell a maximum from a saddle point",
    "zero": "undecided: H is 0 and says nothing",
}


def solve(
    expression: Expression,
    at: Values | None = None,
    wrt: str | None = None,
    test: Literal["eigenvalues", "minors", "both"] = "both",
) -> Solution:
    """All second derivatives; at a point also what they say: minimum, maximum, saddle point.

    expression  a formula of single numbers, of up to 6 letters
    at          the letters' values; a letter left out stays a letter
    wrt         the letters of the rows and columns, all by default: "x, y"
    test        for definiteness: eigenvalues (for one or two letters), leading principal minors, or both

    H is the Jacobian of the gradient. Whether a point is a minimum can be said only where the gradient is 0.

    Raises InputError naming the letter that does not occur or the function that has no derivative.
    """
    title, root = titled(expression)
    letters, asked = read_letters([root], at, wrt)
    if len(asked) > _MOST_LETTERS:
        raise InputError(f"a Hessian by {len(asked)} letters; take at most {_MOST_LETTERS} by wrt")
    if test == "eigenvalues" and len(asked) > 2:
        raise InputError("test: eigenvalues by hand for one or two letters; take --test minors, or revise calc eigen")
    values = at or {}
    base = title or fresh("f F u q", letters)
    if base in letters:
        raise InputError(f"{base} stands on both sides of =")
    names = {wishes.split()[0]: fresh(wishes, [*letters, base]) for wishes in _NAMES}
    work = Work(**{letter: values.get(letter, name(letter)) for letter in letters}, **{names["L"]: tuple(asked)})
    work.called(**{names["L"]: ""})
    work.let(base, root, "the value")
    firsts = [differentiate(work, base, root, letter) for letter in asked]
    work.let(names["g"], row(firsts), "the gradient")
    _second_derivatives(work, names, asked, firsts, root)
    work.let(names["H"], renamed(_MATRIX, names), "the Hessian: the Jacobian of the gradient")
    answers = {"gradient": names["g"], "H": names["H"]}
    if not any(isinstance(entry, Node) for which in ("H", "g") for entry in work.env[names[which]].flat):
        answers |= _judged(work, names, len(asked), test)
    note_kinks(work, [root])
    note_logarithm(work)
    return work.answer(answers)


def _second_derivatives(
    work: Work, names: Mapping[str, str], asked: Sequence[str], firsts: Sequence[str], root: Node
) -> None:
    i, j = names["i"], names["j"]
    target = f"{names['h']}[{i},{j}]"
    turned = Node("index", (name(names["h"]), name(j), name(i)))
    for above, (x, first) in enumerate(zip(asked, firsts, strict=True)):
        slope = partial(root, x)
        for beside, y in enumerate(asked):
            indices: dict[str, Any] = {i: x, j: y}
            if beside < above:
                work.let(target, turned, "the order of differentiation does not matter (Schwarz)", **indices)
                continue
            claim = (first, y) if y in free_names(slope) and smooth(slope) else None
            why = f"by {x} twice" if x == y else f"by {x}, then by {y}"
            work.let(target, partial(slope, y), why, gradient_of=claim, **indices)


def _judged(work: Work, names: Mapping[str, str], size: int, test: str) -> dict[str, str]:
    """The steps that say whether H is definite, and the note on the point; their answers."""
    matrix = work.env[names["H"]].nested()
    answers: dict[str, str] = {}
    if size == 2 and test != "minors":
        why = "eigenvalues: the roots of λ² − (trace) λ + det = 0"
        work.let(names["mu"] + "[1]", renamed(_FIRST, names), why)
        work.let(names["mu"] + "[2]", renamed(_SECOND, names), "the other root")
        answers = {"eigenvalue 1": names["mu"] + "[1]", "eigenvalue 2": names["mu"] + "[2]"}
    if test != "eigenvalues" or size == 1:
        for order in range(1, size + 1):
            _minor(work, names, order, size)
        if size > 1:
            answers["det"] = f"{names['D']}[{size}]"
    definite = definiteness(matrix)
    work.note(f"H is {definite}: {_reason(definite, size, test)}.")
    gradient = [float(entry) for entry in work.env[names["g"]].flat]
    if all(abs(slope) <= _ZERO for slope in gradient):
        work.note(f"The gradient is 0, so this is a critical point: {_KINDS[definite]}.")
    else:
        bend = {"positive definite": "upwards (convex)", "negative definite": "downwards (concave)"}.get(definite)
        told = f"here the function bends {bend}" if bend else "H tells only how the function bends here"
        work.note(f"The gradient is not 0, so this is no critical point; {told}.")
    return answers


def _minor(work: Work, names: Mapping[str, str], order: int, size: int) -> None:
    target = f"{names['D']}[{names['k']}]"
    place: dict[str, Any] = {names["k"]: order}
    why = f"leading principal minor: the determinant of the first {order} rows and columns"
    if order == 1:
        work.let(target, renamed("H[0,0]", names), "leading principal minor: the first entry", **place)
    elif order == 2:
        work.let(target, renamed("H[0,0]*H[1,1] - H[0,1]*H[1,0]", names), why, **place)
    elif order == size:
        work.let(target, renamed("det(H)", names), why, **place)
    else:
        part = f"{names['S']}{order}"
        entry = [[Node("index", (name(names["H"]), number(i), number(j))) for j in range(order)] for i in range(order)]
        rows = Node("matrix", tuple(Node("list", tuple(line)) for line in entry))
        work.let(part, rows, f"the first {order} rows and columns")
        work.let(target, Node("det", (name(part),)), why, **place)


def definiteness(matrix: Sequence[Sequence[Any]]) -> str:
    """By all principal minors, of which the leading ones alone leave the semidefinite cases open."""
    size = len(matrix)
    scale = max((abs(float(entry)) for line in matrix for entry in line), default=0.0) or 1.0
    signs: dict[int, set[int]] = {}
    for count in range(1, size + 1):
        for chosen in combinations(range(size), count):
            part = [[matrix[i][j] for j in chosen] for i in chosen]
            minor = float(exact.FIELD.linear("det", part, [])[0][0])
            sign = 0 if abs(minor) <= _ZERO * scale**count else 1 if minor > 0 else -1
            signs.setdefault(count, set()).add(sign)
    flipped = {count: {-sign for sign in found} if count % 2 else found for count, found in signs.items()}
    if all(found == {0} for found in signs.values()):
        return "zero"
    for word, found in (("positive", signs), ("negative", flipped)):
        if all(-1 not in each for each in found.values()):
            return f"{word} definite" if all(0 not in each for each in found.values()) else f"{word} semidefinite"
    return "indefinite"


def _reason(definite: str, size: int, test: str) -> str:
    if definite == "zero":
        return "every second derivative is 0"
    if size == 1:
        return "the one second derivative says so"
    by_minors = {
        "positive definite": "all leading principal minors are positive",
        "negative definite": "the leading principal minors alternate, the first one negative",
        "indefinite": "the principal minors have the signs of neither kind",
    }.get(definite, "a principal minor is 0 and none has the wrong sign")
    by_eigenvalues = {
        "positive definite": "both eigenvalues are positive",
        "negative definite": "both eigenvalues are negative",
        "indefinite": "one eigenvalue is positive, one negative",
    }.get(definite, "one eigenvalue is 0")
    if size > 2 or test == "minors":
        return by_minors
    return by_eigenvalues


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; the names follow from the question."""
    found: dict[str, dict[str, Node]] = {}
    for step in solution.steps:
        if step.why.startswith("the Hessian"):
            loop = step.tree.args[0]
            inner = loop.args[2].args[0]
            same = Node("==", (inner.args[0], loop.args[0]))
            only = Node("where", (same, inner.args[2], number(0)))
            inside = Node("list", (Node("for", (*inner.args[:2], only)),))
            label = "the mixed derivatives are left out"
            found[step.name] = {label: Node("list", (Node("for", (*loop.args[:2], inside)),))}
        elif step.why.startswith("eigenvalues"):
            half, root = step.tree.args
            found[step.shown] = {"only the half trace": half, "the root is subtracted": Node("-", (half, root))}
        elif step.claim.gradient_of is not None:
            found[step.shown] = {"the sign is turned": Node("neg", (step.tree,))}
    return found


def sample(rng: Random) -> dict[str, Any]:
    """A polynomial or two exponentials at small whole numbers."""
    letters, formula = rng.choice(_QUESTIONS)
    given: dict[str, Any] = {
        "expression": formula,
        "at": ", ".join(f"{letter}={rng.randint(-2, 3)}" for letter in letters.split()),
    }
    if rng.random() < 0.4:
        given["test"] = rng.choice(["minors", "eigenvalues"]) if letters.count(" ") < 2 else "minors"
    return given


_QUESTIONS = [
    ("x y", "x^2 + x*y + y^2"),
    ("x y", "x^2 - 3*x*y + y^2 - 4*x"),
    ("x y", "x^3 - 3*x + y^2"),
    ("x y", "-(x - 1)^2 - 2*(y - 1)^2"),
    ("x y", "x*y*(1 - x - y)"),
    ("x y", "exp(x - y)*x"),
    ("x", "x^4 - 2*x^2"),
    ("x y z", "x^2 + 2*y^2 + 3*z^2 - x*y - z"),
    ("x y z", "x*y + y*z + x^2"),
    ("a b", "(3*a + b - 2)^2/2"),
    ("w b", "L = softplus(w*2 + b) - w"),
]


def reference(
    expression: Node, at: Mapping[str, Any] | None = None, wrt: str | None = None, test: str = "both"
) -> dict[str, Any]:
    """Torch's autograd applied twice; eigenvalues and determinant by NumPy. Raises InputError without numbers."""
    import numpy as np

    from revise.engines import native

    root = expression.args[1] if expression.head == "=" else expression
    if not at:
        raise InputError(f"{text(root)} has letters without numbers")
    point = leaves(at, list(at))
    asked = asked_letters(wrt) or [letter for letter in free_names(root) if letter in point]
    firsts = [slope_of(native.evaluate(root, point, "torch"), point[letter]) for letter in asked]
    rows = np.array([[slope_of(first, point[letter]).item() for letter in asked] for first in firsts])
    found: dict[str, Any] = {"gradient": np.array([first.item() for first in firsts]), "H": rows}
    found["det"] = np.linalg.det(rows)
    if len(asked) == 2:
        found["eigenvalue 2"], found["eigenvalue 1"] = np.linalg.eigvalsh(rows)
    return found
