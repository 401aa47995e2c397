"""Newton's method by hand: gradient, second derivatives, step."""

from random import Random
from typing import Any

from revise.engines import exact
from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import FORMULA, Node, name, parse, substitute
from revise.parameters import Expression, Number
from revise.solution import Solution
from revise.solvers.optimisation._curvature import hessian, matrix
from revise.solvers.optimisation._descent import Descent, reason, spelled
from revise.solvers.optimisation._drawn import quadratic
from revise.solvers.optimisation._formulas import Line
from revise.solvers.optimisation._problem import Point, posed, rate

SERVES: dict[str, dict[str, object]] = {"newton": {}}
SOURCE = (
    "Goodfellow et al. 2016, Deep Learning, section 4.3.1, equation 4.12; Zhang et al., Dive into Deep Learning, 12.3.3"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Zhang et al., Dive into Deep Learning, section 12.3.3.1: cosh(x/2) from 10; x cos(0.15πx), which is not convex,
    # with the full step and with half of it
    ({"function": "(exp(x/2) + exp(-x/2))/2", "start": "10", "steps": 10}, {"x": "0.000000"}),
    ({"function": "x*cos(0.15*pi*x)", "start": "10", "steps": 10}, {"x": "26.834133"}),
    ({"function": "x*cos(0.15*pi*x)", "start": "10", "steps": 10, "lr": "0.5"}, {"x": "7.269860"}),
]
_MOST_PARAMETERS = 4
_MOST_STEPS = 100
_WHOLE = Line("theta", "theta[t-1] - g[t]/H[t]", "theta[t-1,i] - d[t][k]", "Newton's step")
_DAMPED = Line("theta", "theta[t-1] - eta*g[t]/H[t]", "theta[t-1,i] - eta*d[t][k]", "Newton's step, shortened")


def solve(
    function: Expression,
    start: Point,
    steps: Number = 1,
    lr: Number = 1,
    wrt: str | None = None,
) -> Solution:
    """θ = θ − H⁻¹g, with both derivatives derived and shown; of one variable x − f′/f″.

    function  of any letters, "x^2 + 10*y^2"; `L = …` names it
    start     "x=1, y=1", or numbers alone: "1, 1"
    steps     1 by default: on a quadratic that is enough
    lr        1: the full step; less is damped
    wrt       the letters to move, all of them by default; the others stay as they are

    Raises InputError naming the argument that is missing, or the step at which H is singular.
    """
    problem = posed(function, None, start, steps, wrt)
    rate(lr, "lr")
    if len(problem.labels) > _MOST_PARAMETERS:
        raise InputError(f"function: at most {_MOST_PARAMETERS} letters move, not {len(problem.labels)}")
    if problem.steps > (_MOST_STEPS if problem.single else 10):
        raise InputError(f"steps: at most {_MOST_STEPS if problem.single else 10}, not {problem.steps}")
    about = "H has the second derivatives; there is no learning rate." if lr == 1 else "H has the second derivatives."
    hyper = {"eta": None if lr == 1 else lr, "I": None if problem.single else tuple(problem.labels)}
    descent = _Newton(problem, {}, hyper, None, about)
    descent.work.called(I="")
    descent.go(_WHOLE if lr == 1 else _DAMPED)
    return descent.answer()


class _Newton(Descent):
    """Descent along H⁻¹g."""

    def go(self, line: Line) -> None:
        problem = self.problem
        self.check(["H", "K", "d", "k", "I"])
        assert problem.root is not None
        rows = hessian(problem.root, problem.labels)
        for row, label in zip(rows, problem.labels, strict=True):
            for entry, other in zip(row, problem.labels, strict=True):
                if problem.labels.index(other) >= problem.labels.index(label):
                    bottom = f"∂{label}²" if label == other else f"∂{label}∂{other}"
                    self.work.note(f"∂²{problem.title}/{bottom} = {spelled(entry)}")
        last = problem.steps
        for t in range(1, last + 1):
            table = f"steps 2 to {last}" if problem.single and last > 4 and t > 1 else ""
            if not table and last > 1:
                self.work.note(f"Step {t}")
            for label in problem.labels:
                self.gradient(t, label, table, "theta")
            try:
                self.curved(rows, t, table)
                for place, label in enumerate(problem.labels):
                    if problem.single:
                        self.work.let("theta[t]", line.single, line.why, table=table, t=t)
                    else:
                        why = f"{line.why}: entry {place + 1} of d"
                        self.work.let("theta[t,i]", line.several, why, t=t, i=label, k=place)
            except exact.Undefined as fault:
                if "too large" in str(fault):
                    raise InputError(reason(fault, t, "theta")) from None
                raise InputError(
                    f"function: at step {t} the second derivative{'s have' if len(rows) > 1 else ' has'} no inverse, "
                    "so there is no Newton step from there; start elsewhere"
                ) from None
        self.values()

    def curved(self, rows: list[list[Node]], t: int, table: str) -> None:
        """H at the point, and for several parameters its inverse and the direction."""
        if self.problem.single:
            formula = self.placed(rows[0][0], "theta[t-1]")
            self.work.let("H[t]", formula, "second derivative there", table=table, t=t)
        else:
            tree = substitute(self.free(matrix(rows)), {label: self.entry(label) for label in self.problem.labels})
            self.work.let("H", tree, "second derivatives there", update=t > 1, t=t)
        value = self.work.env["H"][t] if self.problem.single else self.work.env["H"]
        if not self.work.letters and t == 1 and not _positive(value):
            self.work.note(
                "H is not positive definite here: Newton's step goes towards a saddle point or a maximum, not down."
            )
        if not self.problem.single:
            self.work.let("K[t]", "inv(H)", "its inverse", t=t, holds="H @ K[t] = eye(len(H))")
            law = "H @ d[t] = [g[t,i] for i in I]"
            why = f"the inverse times the gradient, whose entries are those by {' and '.join(self.problem.labels)}"
            self.work.let("d[t]", "K[t] @ [g[t,i] for i in I]", why, t=t, holds=law)

    def entry(self, label: str) -> Node:
        return Node("index", (*parse("theta[t-1]", None, FORMULA).args, name(self.called(label))))


def _positive(value: Any) -> bool:
    """Whether a symmetric matrix has positive pivots only."""
    if not isinstance(value, Array):
        return bool(value > 0)
    rows = [list(map(float, row)) for row in value.nested()]
    for place, row in enumerate(rows):
        if row[place] <= 0:
            return False
        for other in rows[place + 1 :]:
            factor = other[place] / row[place]
            other[:] = [a - factor * b for a, b in zip(other, row, strict=True)]
    return True


_SLIPS = {
    "theta[t-1] - g[t]/H[t]": {
        "multiplied by the second derivative": "theta[t-1] - g[t]*H[t]",
        "plain gradient descent": "theta[t-1] - g[t]",
        "up instead of down": "theta[t-1] + g[t]/H[t]",
    },
    "theta[t-1] - eta*g[t]/H[t]": {"multiplied by the second derivative": "theta[t-1] - eta*g[t]*H[t]"},
    "K[t] @ [g[t,i] for i in I]": {
        "H itself instead of its inverse": "H @ [g[t,i] for i in I]",
        "the transpose instead of the inverse": "H.T @ [g[t,i] for i in I]",
    },
    "theta[t-1,i] - d[t][k]": {"up instead of down": "theta[t-1,i] + d[t][k]"},
}


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step as written → what was done wrong → the formula that does it."""
    return {
        step.name: {label: parse(wrong, None, FORMULA) for label, wrong in _SLIPS[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in _SLIPS
    }


def sample(rng: Random) -> dict[str, Any]:
    """A convex function of one or two letters at a whole number."""
    given = quadratic(rng)
    if rng.random() < 0.25:
        given["lr"] = "1/2"
    return given


def reference(function: Node, start: Any, steps: Any = 1, lr: Any = 1, wrt: str | None = None) -> dict[str, Any]:
    """Torch's gradient and Hessian by autograd, NumPy's solve."""
    import numpy
    import torch

    from revise.engines import native
    from revise.expression import free_names

    named = function.head == "="
    title, root = (function.args[0].args[0], function.args[1]) if named else ("f", function)
    letters = [each for each in free_names(root) if each not in ("e", "pi")]
    moved = [part.strip() for part in wrt.split(",")] if wrt else letters
    values = dict(zip(moved, start.values(), strict=True)) if all(k.isdecimal() for k in start) else dict(start)
    others = {each: float(values[each]) for each in letters if each not in moved}

    def value(point: Any) -> Any:
        return native.evaluate(root, {**others, **dict(zip(moved, point, strict=True))}, "torch")

    point = torch.tensor([float(values[each]) for each in moved], dtype=torch.float64)
    for _ in range(int(steps)):
        slope = torch.autograd.functional.jacobian(value, point)  # type: ignore[no-untyped-call]
        square = torch.autograd.functional.hessian(value, point)  # type: ignore[no-untyped-call]
        point = point - float(lr) * torch.from_numpy(numpy.linalg.solve(square.numpy(), slope.numpy()))
    return dict(zip(moved, point.tolist(), strict=True)) | {title: float(value(point))}
