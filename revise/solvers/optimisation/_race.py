"""Several methods on one problem: a table each, and one of where they end."""

from collections.abc import Mapping, Sequence
from typing import Any

from revise.engines import exact
from revise.errors import InputError
from revise.expression import Node, free_names, name, parse, substitute
from revise.solution import Solution, Work
from revise.solvers.optimisation import _formulas as formulas
from revise.solvers.optimisation._curvature import hessian, matrix
from revise.solvers.optimisation._descent import OWN, reason, spelled
from revise.solvers.optimisation._formulas import Line
from revise.solvers.optimisation._problem import Problem

_ADAM = (*formulas.MOMENTS, formulas.M_HAT, formulas.V_HAT[False])
# method → its lines
METHODS: dict[str, Sequence[Line]] = {
    "SGD": (formulas.DESCENT,),
    "momentum": formulas.SUM,
    "momentum-average": formulas.AVERAGE,
    "Nesterov": formulas.VELOCITY,
    "Nesterov-PyTorch": formulas.NESTEROV_TORCH,
    "AdaGrad": (formulas.SQUARES, formulas.ADAGRAD[False], formulas.MOVED),
    "RMSprop": (formulas.RMSPROP_AVERAGE, formulas.RMSPROP[False], formulas.MOVED),
    "Adadelta": (
        formulas.ADADELTA_AVERAGE, formulas.ADADELTA[True], formulas.ADADELTA_UPDATES, formulas.MOVED,
    ),
    "Adam": (*_ADAM, formulas.ADAM_AT_ONCE),
    "AdamW": (*_ADAM, formulas.ADAMW_AT_ONCE),
    "Newton": (),
}  # fmt: skip
_STATES = "vmsu"
_ENDS = ("theta[n,X[j]]", "theta[n,Y[j]]", "theta[n,Z[j]]")


class Race:
    """The runners: a parameter of a method is called by both, `Adam x`; a lone parameter by the method."""

    def __init__(self, problem: Problem, methods: Sequence[str], hyper: Mapping[str, Any]) -> None:
        self.problem, self.methods = problem, methods
        runners = [(method, label) for method in methods for label in problem.labels]
        used = {free for method in methods for line in METHODS[method] for free in free_names(parse(line.single))}
        given: dict[str, Any] = {
            "theta": {(0, self.runner(*each)): problem.start[each[1]] for each in runners},
            "n": problem.steps,
            **{
                word: value
                for word, value in hyper.items()
                if word in used or (word == "beta" and "Nesterov" in methods)
            },
        }
        for state in _STATES:
            if state in used:
                given[state] = {
                    (0, self.runner(*each)): 0
                    for each in runners
                    if any(line.name == state for line in METHODS[each[0]])
                }
        if problem.root is None:
            given["g"] = {
                (t, self.runner(method, label)): entry
                for t, row in enumerate(problem.gradients, 1)
                for method in methods
                for label, entry in zip(problem.labels, row, strict=True)
            }
        given |= {self.word(*each): self.runner(*each) for each in runners}
        if not problem.single:
            for table, label in zip("XYZ", problem.labels, strict=False):
                given[table] = {method: self.runner(method, label) for method in methods}
            if "Newton" in methods:
                given["I"] = tuple(self.runner("Newton", label) for label in problem.labels)
        self.work = Work(**given)
        hidden = dict.fromkeys([*(self.word(*each) for each in runners), *"XYZI", *_STATES, "theta", "g"], "")
        self.work.called(
            **{"eta": "learning rate", "beta": "momentum", "lambda": "weight decay", "n": "steps"} | hidden
        )
        self.introduce()

    def introduce(self) -> None:
        problem = self.problem
        listed = ", ".join(f"{label} = {spelled(_node(value))}" for label, value in problem.start.items())
        self.work.note(f"Every method starts at {listed.replace('theta', 'θ')} with its averages at 0.")
        if problem.root is not None:
            for label in problem.labels:
                self.work.note(f"By {label}: ∂{problem.title}/∂{label} = {spelled(problem.slope(label))}")
        else:
            self.work.note("Every method gets the same gradients, wherever it stands.")

    def runner(self, method: str, label: str) -> str:
        return method if self.problem.single else f"{method} {label}"

    def word(self, method: str, label: str) -> str:
        """The runner as a name of the language."""
        return self.runner(method, label).replace("-", "").replace(" ", "_")

    def placed(self, tree: Node, method: str, point: str) -> str:
        """The student's formula with the method's θ for its letters, as text."""
        table = parse(point).args
        entries = {label: Node("index", (*table, name(self.word(method, label)))) for label in self.problem.labels}
        return spelled(substitute(tree, entries))

    def run(self, method: str) -> None:
        ahead = formulas.AHEAD["velocity"] if method == "Nesterov" else None
        for t in range(1, self.problem.steps + 1):
            if ahead and self.problem.root is not None:
                for label in self.problem.labels:
                    self.line(ahead, method, label, t)
            for label in self.problem.labels:
                if self.problem.root is not None:
                    formula = self.placed(self.problem.slope(label), method, "a[t]" if ahead else "theta[t-1]")
                    why = "the gradient" if self.problem.single else f"the gradient by {label}"
                    self.let("g[t,i]", formula, why, method, label, t)
                for line in METHODS[method]:
                    self.line(line, method, label, t)
            if method == "Newton":
                self.newton(t)

    def line(self, line: Line, method: str, label: str, t: int) -> None:
        self.let(f"{line.name}[t,i]", line.several, line.why, method, label, t)

    def let(self, step: str, formula: str, why: str, method: str, label: str, t: int) -> None:
        try:
            self.work.let(step, formula, why, table=method, t=t, i=self.runner(method, label))
        except exact.Undefined as fault:
            raise InputError(f"{reason(fault, t, step[0])} ({method})") from None

    def newton(self, t: int) -> None:
        """H from the function; of several parameters the direction by its inverse."""
        problem, why = self.problem, "the second derivative"
        assert problem.root is not None
        rows = hessian(problem.root, problem.labels)
        try:
            if problem.single:
                self.let("H[t,i]", self.placed(rows[0][0], "Newton", "theta[t-1]"), why, "Newton", problem.labels[0], t)
                line = Line("theta", "", "theta[t-1,i] - g[t,i]/H[t,i]", "Newton's step")
                self.line(line, "Newton", problem.labels[0], t)
                return
            entries = {
                label: Node("index", (*parse("theta[t-1]").args, name(self.word("Newton", label))))
                for label in problem.labels
            }
            self.work.let("H", substitute(matrix(rows), entries), f"{why}s", update=t > 1, t=t)
            self.work.let("K", "inv(H)", "their inverse", update=t > 1, t=t)
            self.work.let("d[t]", "K @ [g[t,i] for i in I]", "Newton: the inverse times the gradient by each", t=t)
            for place, label in enumerate(problem.labels):
                why = f"Newton's step: entry {place + 1} of d"
                self.work.let("theta[t,i]", "theta[t-1,i] - d[t][k]", why, t=t, i=self.runner("Newton", label), k=place)
        except exact.Undefined:
            raise InputError(
                f"methods: at step {t} Newton's second derivatives have no inverse; leave Newton out or start elsewhere"
            ) from None

    def answer(self) -> Solution:
        problem = self.problem
        last, table = problem.steps, f"after {problem.steps} step{'s' * (problem.steps > 1)}"
        words = {}
        for method in self.methods:
            for label, formula in zip(problem.labels, ["theta[n,j]"] if problem.single else _ENDS, strict=False):
                self.work.let(
                    f"{_end(label)}[j]", formula, f"{label.replace('theta', 'θ')} at the end", table=table, j=method
                )
                words[self.runner(method, label)] = f"theta[{last},{self.runner(method, label)}]"
            if problem.root is not None:
                ends = ["theta[n,j]"] if problem.single else _ENDS
                places = {label: parse(end) for label, end in zip(problem.labels, ends, strict=False)}
                formula = spelled(substitute(problem.root, places))
                self.work.let("f[j]", formula, "the function there", table=table, j=method)
                words[f"f({method})"] = f"f[{method}]"
        return self.work.answer(words)


def _end(label: str) -> str:
    """The column of a parameter in the last table."""
    return f"end_{label}" if label in OWN or label in ("n", "j", "f", "X", "Y", "Z", "I") else label


def _node(value: Any) -> Node:
    return value if isinstance(value, Node) else Node("number", (value,))
