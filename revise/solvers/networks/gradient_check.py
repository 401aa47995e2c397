"""Gradient check: centred difference against the derivative."""

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from random import Random
from typing import Any

from revise.engines import exact
from revise.engines.derivative import derivative
from revise.errors import InputError
from revise.expression import FORMULA, Node, free_names, name, parse, postorder, substitute
from revise.expression.functions import CONSTANTS
from revise.parameters import Expression, Number, Values
from revise.solution import Solution, Work
from revise.solvers.networks._asked import check_asked, titled
from revise.solvers.networks._rules import KINKED, natural

SERVES: dict[str, dict[str, object]] = {"gradient-check": {}}
SOURCE = "Stanford CS231n, notes 'Neural networks part 3: Learning and evaluation', section 'Gradient checks'"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # CS231n notes 'Backpropagation, Intuitions': f = xy at (4, −3); a difference of a line has no error
    (
        {"expression": "x*y", "at": "x=4, y=-3"},
        {"numerical df/dx": -3, "df/dx": -3, "relative error x": 0, "numerical df/dy": 4, "df/dy": 4},
    ),
    # Burden & Faires, Numerical Analysis, section 4.1, three-point midpoint formula: f = x eˣ at 2. The book works from
    # a table of six decimals (22.228790, 22.414163), so five of its decimals are compared.
    (
        {"expression": "x*exp(x)", "at": "x=2", "h": "0.1"},
        {"numerical df/dx": "22.22879", "df/dx": "22.167168"},
    ),
    ({"expression": "x*exp(x)", "at": "x=2", "h": "0.2"}, {"numerical df/dx": "22.41416"}),
]

# what the steps are called, and what instead where the question has that letter
_NAMES = (
    ("f", "F"), ("h", "eps"), ("p", "up"), ("m", "down"), ("a", "analytic"), ("n", "numeric"), ("r", "error"),
    ("i", "j", "k"),
)  # fmt: skip
_DIFFERENCE = "(p[i] - m[i])/(2*h)"
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_ERROR = "abs(a[i] - n[i])/max(abs(a[i]), abs(n[i]))"
_BOTH_ZERO = "abs(a[i] - n[i])"


def solve(
    expression: Expression,
    at: Values,
    wrt: str | None = None,
    h: Number = 1e-5,
    gradient: Expression | None = None,
) -> Solution:
    """(f(x + h) − f(x − h))/(2h) beside the derivative, and the relative error |a − n|/max(|a|, |n|).

    expression  a formula of single numbers; `L = …` names it
    at          the point: a number for every letter, "x=2, y=-1"
    wrt         the letters to check, all of them by default: "x, y"
    h           the step to either side
    gradient    your own derivative, to be checked instead of the right one; for one letter only

    The other letters stay as they are while one is moved.

    Raises InputError naming the letter that has no number, or where the formula has no value or no derivative.
    """
    function, root = _titled(expression)
    values = dict(at)
    letters = [each for each in free_names(root) if each not in CONSTANTS]
    asked = [part.strip() for part in (wrt or "").replace(";", ",").split(",") if part.strip()] or letters
    _check(letters, values, asked, h, gradient)
    used = [*letters, *(free_names(gradient) if gradient else []), *([function] if function else [])]
    made = {wishes[0]: _fresh(wishes, used) for wishes in _NAMES}
    made["f"] = function or made["f"]
    work = Work(**{letter: values[letter] for letter in letters}, **{made["h"]: h})
    work.called(**{made["h"]: "step"})
    work.let(made["f"], root, "the value at the point")
    answers: dict[str, str] = {}
    for letter in asked:
        answers |= _checked(work, root, letter, made, gradient)
    if any(node.head == "log" for step in work.steps if not step.is_note for node in postorder(step.tree)):
        work.note("log is the natural logarithm.")
    return work.answer(answers)


def _fresh(wishes: Sequence[str], used: Collection[str]) -> str:
    """The first of `wishes` that is no letter of the question; the last one with underscores where none is."""
    wish = next((each for each in wishes if each not in used), wishes[-1])
    while wish in used:
        wish += "_"
    return wish


def _checked(work: Work, root: Node, letter: str, made: Mapping[str, str], gradient: Node | None) -> dict[str, str]:
    """The steps for one letter; its answers."""
    place: dict[str, Any] = {made["i"]: letter}
    rename = {each: name(new) for each, new in made.items()}

    def target(table: str) -> str:
        return f"{made[table]}[{made['i']}]"

    def shown(table: str) -> str:
        return f"{made[table]}[{letter}]"

    ahead = substitute(root, {letter: Node("+", (name(letter), name(made["h"])))})
    behind = substitute(root, {letter: Node("-", (name(letter), name(made["h"])))})
    work.let(target("p"), ahead, f"{made['f']} with {letter} moved up by the step, the rest as it was", **place)
    work.let(target("m"), behind, f"{made['f']} with {letter} moved down by the step", **place)
    difference = substitute(parse(_DIFFERENCE, None, FORMULA), rename)
    work.let(target("n"), difference, "numerical: the centred difference", **place)
    kink = _kink(root, work, letter, made["h"])
    heads = {node.head for node in postorder(root)}
    logarithm = "ln" if "ln" in heads and "log" not in heads else "log"
    slope = natural(derivative(root, letter), logarithm) if gradient is None else gradient
    claim = (made["f"], letter) if gradient is None and not kink else None
    why = (
        f"analytic: the formula differentiated by {letter}" if gradient is None else "analytic: the derivative you gave"
    )
    work.let(target("a"), slope, why, gradient_of=claim, **place)
    a, n = work.env[made["a"]][letter], work.env[made["n"]][letter]
    formula, why = _ERROR, "relative error: the difference divided by the larger of the two"
    if a == 0 and n == 0:
        formula, why = _BOTH_ZERO, "both are 0: there is nothing to divide by, and no error"
    error = work.let(target("r"), substitute(parse(formula, None, FORMULA), rename), why, **place)
    _read(work, error, (a, n), work.env[made["h"]], bool(heads & KINKED), kink, gradient is not None)
    word = f"d{made['f']}/d{letter}"
    return {f"numerical {word}": shown("n"), word: shown("a"), f"relative error {letter}": shown("r")}


def _read(work: Work, error: Any, sizes: tuple[Any, Any], step: Any, kinked: bool, kink: str, own: bool) -> None:
    """What the relative error says, in the steps of the source's scale; `own`: the derivative is the student's."""
    if kink:
        work.note(
            f"{kink} has its kink or jump within the step: the difference takes something of both sides, "
            "so the relative error says nothing here. Move the point."
        )
        return
    if error <= 1e-7:
        work.note("The relative error is at most 10⁻⁷: with doubles that is as good as equal, the gradient passes.")
        return
    if max(map(abs, sizes)) < 1e-6:
        work.note("Both are within 10⁻⁶ of 0, where the relative error is harsh: look at |a − n| itself.")
        return
    if error <= 1e-4:
        scale = "at most 10⁻⁴: usually all right where the function has kinks"
        scale += ", as this one" if kinked else "; this one has none, so it is too much"
    elif error <= 1e-2:
        scale = "between 10⁻⁴ and 10⁻²: suspicious"
    else:
        scale = "above 10⁻²: the gradient is probably wrong" if own else "above 10⁻²"
    work.note(f"By the usual scale the relative error is {scale}.")
    if step > 1e-4:
        work.note("A step this long has an error of its own, which shrinks with h²: try `--h 1e-5` before judging.")
    elif step < 1e-8:
        work.note("A step this short loses digits in the difference: try `--h 1e-5` before judging.")
    elif not own:
        work.note("The derivative is the formula's own: what is left is the error of the difference.")


def _kink(root: Node, work: Work, letter: str, step: str) -> str:
    """The operation that is on another side of its kink at one end of the step, or on it; empty where none is."""
    centre, width = work.env[letter], work.env[step]
    points = [{**work.env, letter: where} for where in (centre - width, centre, centre + width)]
    for node in postorder(root):
        try:
            if len({_side(node, point) for point in points}) > 1:
                return str(node.head)
        except InputError:  # a branch that `where` does not take
            continue
    return ""


def _side(node: Node, point: Mapping[str, Any]) -> Any:
    """On which side of its kink or jump the operation is; None where it has none."""
    if node.head in ("where", *_COMPARISONS):
        return bool(exact.evaluate(node.args[0] if node.head == "where" else node, point))
    if node.head not in KINKED:
        return None
    operands = [exact.evaluate(part, point) for part in node.args]
    if node.head in ("max", "min"):
        extreme = max(operands) if node.head == "max" else min(operands)
        return tuple(operand == extreme for operand in operands)
    if node.head in ("floor", "ceil", "trunc", "round"):
        return exact.evaluate(node, point)
    return (operands[0] > 0) - (operands[0] < 0)


def _titled(expression: Node) -> tuple[str | None, Node]:
    function, formula = titled(expression)
    if function is not None and function in free_names(formula):
        raise InputError(f"{function} stands on both sides of =")
    return function, formula


def _check(letters: list[str], values: Mapping[str, Any], asked: list[str], h: Any, gradient: Node | None) -> None:
    check_asked(letters, values, asked)
    for letter in letters:
        if letter not in values:
            raise InputError(f"at: {letter} has no number; a difference needs one for every letter")
        if isinstance(values[letter], Node) or not isfinite(values[letter]):
            raise InputError(f"at: {letter} must be a finite number; a difference has no letters")
    if isinstance(h, Node) or not 0 < h < 1e6:
        raise InputError("h: the step is a number above 0, as 1e-5")
    if gradient is None:
        return
    if len(asked) > 1:
        raise InputError("gradient: one derivative is checked at a time; say by which letter with --wrt")
    for word in free_names(gradient):
        if word not in letters and word not in CONSTANTS:
            raise InputError(f"gradient: {word} does not occur in the formula; the letters are {', '.join(letters)}")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step as shown → what was done wrong → the formula that does it; the names follow the question's letters."""
    found: dict[str, dict[str, Node]] = {}
    for step in solution.steps:
        if step.why.startswith("numerical"):
            minus, twice = step.tree.args  # p − m and 2h
            found[step.shown] = {
                "divided by h, but the points are 2h apart": Node("/", (minus, twice.args[1])),
                "added instead of subtracted": Node("/", (Node("+", minus.args), twice)),
            }
        elif step.why.startswith("relative error"):
            found[step.shown] = {"the absolute error, which has no scale": step.tree.args[0]}
    return found


def sample(rng: Random) -> dict[str, Any]:
    """A small formula at halves and whole numbers; about one in four with a coarse step."""
    letters, formula = rng.choice(_QUESTIONS)
    point = [f"{letter}={rng.choice(_SMALL)}" for letter in letters.split()]
    given: dict[str, Any] = {"expression": formula, "at": ", ".join(point)}
    if rng.random() < 0.25:
        given["h"] = rng.choice(["0.1", "0.01"])
    if rng.random() < 0.3:
        given["wrt"] = rng.choice(letters.split())
    return given


_SMALL = ["-2", "-1", "1", "2", "3", "-1/2", "1/2", "3/2"]
_QUESTIONS = [
    ("x", "x^2"),
    ("x", "x^3 - 2*x"),
    ("x", "exp(-x)*x"),
    ("x", "1/(1 + x^2)"),
    ("x y", "x^2*y + y"),
    ("w x b", "sigmoid(w*x + b)"),
    ("w x", "tanh(w*x)"),
    ("w t", "L = (3*w - t)^2/2"),
    ("x y", "log(x^2 + y^2)"),
    ("w b", "relu(2*w + b + 1/3)^2"),
]


def reference(
    expression: Node, at: Mapping[str, Any], wrt: str | None = None, h: Any = 1e-5, gradient: Node | None = None
) -> dict[str, Any]:
    """Torch: the difference of two evaluations in float64, the gradient by autograd.

    The relative error is left out where it is mere rounding.
    """
    import torch

    from revise.engines import native

    named = expression.head == "="
    function, root = (expression.args[0].args[0], expression.args[1]) if named else ("f", expression)
    point = {x: torch.tensor(float(value), dtype=torch.float64, requires_grad=True) for x, value in at.items()}
    found: dict[str, Any] = {}
    for letter in [part.strip() for part in wrt.split(",")] if wrt else point:
        up, down = ({**point, letter: point[letter] + shift} for shift in (float(h), -float(h)))
        rise = native.evaluate(root, up, "torch") - native.evaluate(root, down, "torch")
        numerical = rise.item() / (2 * float(h))
        if float(h) >= 1e-3:  # below that, float64 has lost more digits than are compared
            found[f"numerical d{function}/d{letter}"] = numerical
        if gradient is not None:
            slope = native.evaluate(gradient, point, "torch").item()
        else:
            value = native.evaluate(root, point, "torch")
            back = torch.autograd.grad(value, point[letter], allow_unused=True)[0]
            slope = 0.0 if back is None else back.item()
        found[f"d{function}/d{letter}"] = slope
        if float(h) >= 1e-3:
            largest = max(abs(slope), abs(numerical))
            found[f"relative error {letter}"] = abs(slope - numerical) / largest if largest > 1e-12 else 0.0
    return found
