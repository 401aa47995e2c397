"""A method at work: step by step, parameter by parameter, each quantity a step with its numbers put in."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from revise.engines import exact
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import FORMULA, Node, name, parse, postorder, substitute
from revise.expression.functions import CONSTANTS
from revise.numerals import Numerals
from revise.solution import Solution, Work
from revise.solvers.networks._rules import KINKED, convention
from revise.solvers.optimisation._formulas import DECAYED, Line
from revise.solvers.optimisation._line_slips import slips
from revise.solvers.optimisation._problem import Problem

_WORDS = {
    "theta": "start", "eta": "learning rate", "lambda": "weight decay", "beta": "momentum", "n": "steps",
    "q": "gradients", "g": "gradients",
}  # fmt: skip
OWN = frozenset("theta eta lambda beta beta1 beta2 alpha rho epsilon g q m v s u a p r sigma Delta t i f H d K".split())
_IN_FULL = 4  # steps times parameters written out line by line; with more only the first step is, the rest is a table
_MOST_LETTERED = 4
_PLACES = 12


class Descent:
    """`states` start at the value given: {"m": 0}; `hyper` are the letters of the method."""

    def __init__(
        self, problem: Problem, states: Mapping[str, Any], hyper: Mapping[str, Any], decay: Any = None, about: str = ""
    ) -> None:
        self.problem = problem
        self.decay = decay
        self.states = states
        self.title = "f" if problem.title in OWN or problem.title in hyper else problem.title
        lettered = [value for value in (*problem.start.values(), *hyper.values()) if isinstance(value, Node)]
        lettered += [entry for row in problem.gradients for entry in row if isinstance(entry, Node)]
        lettered += [value for value in problem.constants.values() if isinstance(value, Node)]
        if lettered and problem.steps > _MOST_LETTERED:
            raise InputError(
                f"steps: with letters the lines grow fast; at most {_MOST_LETTERED}, not {problem.steps} (--steps 1)"
            )
        self.check(["theta", "g", "q", "t", "i", "f", *hyper, *states, *([] if decay is None else ["lambda"])])
        given: dict[str, Any] = {"theta": self.table(problem.start)}
        for state, value in states.items():
            given[state] = self.table(dict.fromkeys(problem.labels, value))
        if not problem.root:
            given["g" if decay is None else "q"] = {
                self.key(t, label): entry
                for t, row in enumerate(problem.gradients, 1)
                for label, entry in zip(problem.labels, row, strict=True)
            }
        if not problem.single:  # the letters are labels: theta[t,x] is the value of x after step t
            given |= {self.called(label): label for label in problem.labels}
        self.renamed = {
            each: f"{each}_" for each, value in problem.constants.items() if each in OWN and not isinstance(value, Node)
        }  # closing underscores are not shown
        given |= {self.renamed.get(each, each): value for each, value in problem.constants.items()}
        given |= {word: value for word, value in hyper.items() if value is not None}
        if decay is not None:
            given["lambda"] = decay
        self.work = Work(**given)
        self.work.called(**_WORDS, **{self.called(label): "" for label in problem.labels})
        self.introduce(about)

    def introduce(self, about: str) -> None:
        """Say what θ stands for and which convention is taken."""
        problem = self.problem
        if problem.single:
            named = f"θ is {problem.labels[0]}; " if problem.labels != ["theta"] else ""
            self.work.note(
                f"{named}θₜ is its value after step t, θ₀ the start." if named else "θₜ is the parameter after step t."
            )
        else:
            listed = " and ".join(problem.labels)
            self.work.note(
                f"θ has the parameters {listed}: the first index is the step, the second the parameter; each is "
                "worked by itself."
            )
        if about:
            self.work.note(about)
        if problem.root:
            for label in problem.labels:
                self.work.note(f"By {label}: ∂{problem.title}/∂{label} = {spelled(problem.slope(label))}")

    def check(self, used: Iterable[str]) -> None:
        """Raise InputError where a letter that stays is also one of the solution."""
        for each, value in self.problem.constants.items():
            if each in used and isinstance(value, Node):
                raise InputError(f"function: the letter {each} means something else in this solution: choose another")

    def table(self, values: Mapping[str, Any]) -> dict[Any, Any]:
        return {self.key(0, label): value for label, value in values.items()}

    def key(self, t: int, label: str) -> Any:
        return t if self.problem.single else (t, label)

    def called(self, label: str) -> str:
        """The name of a parameter's label: the letter itself, or the letter marked where that is taken."""
        word = f"p{label}" if label.isdecimal() else label
        return word + "_" if word in OWN or word in CONSTANTS else word

    def run(self, lines: Sequence[Line], ahead: Line | None = None) -> None:
        """Every step. `ahead`: the point at which the gradient is taken, where it is not θ."""
        problem, last = self.problem, self.problem.steps
        self.check([line.name for line in lines] + (["a"] if ahead else []))
        full = last if last * len(problem.labels) <= _IN_FULL else 1
        decayed = [DECAYED] if self.decay is not None and not problem.root else []
        for t in range(1, last + 1):
            table = "" if t <= full else f"step {t}" if t == last == full + 1 else f"steps {full + 1} to {last}"
            if not table and last > 1:
                self.work.note(f"Step {t}")
            if ahead:
                for label in problem.labels:
                    self.line(ahead, t, label, table)
            for label in problem.labels:
                if problem.root:
                    self.gradient(t, label, table, "a" if ahead else "theta")
                for line in decayed + list(lines):
                    self.line(line, t, label, table)
        if problem.root:
            self.values()

    def line(self, line: Line, t: int, label: str, table: str) -> None:
        formula = line.single if self.problem.single else line.several
        try:
            self.let(line.name, formula, line.why, t, label, table)
        except exact.Undefined as fault:
            raise InputError(reason(fault, t, line.name)) from None

    def let(
        self, word: str, formula: str, why: str, t: int, label: str, table: str, loss: tuple[str, str] | None = None
    ) -> None:
        if self.problem.single:
            self.work.let(f"{word}[t]", formula, why, table=table, gradient_of=loss, t=t)
        else:
            self.work.let(f"{word}[t,i]", formula, why, table=table, gradient_of=loss, t=t, i=label)

    def gradient(self, t: int, label: str, table: str, point: str) -> None:
        """∂f/∂θ where it is taken; with a decay λθ is added in the same line."""
        slope = self.problem.slope(label)
        own = "gradient" if self.problem.single else f"gradient by {label}"
        why = f"{own}, at the {'look-ahead point' if point == 'a' else 'point'}"
        loss = None
        if self.decay is not None:
            slope = Node("+", (slope, Node("*", (name("lambda"), name(label)))))
            why += "; L2 adds λθ, the gradient of (λ/2)θ²"
        elif point != "a":
            loss = (f"{self.title}[{t - 1}]", f"theta[{t - 1}]" if self.problem.single else f"theta[{t - 1},i]")
        formula = self.placed(slope, "a[t]" if point == "a" else "theta[t-1]")
        try:
            self.let("g", formula, why, t, label, table, loss)
        except exact.Undefined as fault:
            raise InputError(reason(fault, t, "g")) from None

    def placed(self, tree: Node, point: str) -> str:
        """The student's formula with θ at a step for its letters, as text."""
        index = parse(point, None, FORMULA)
        tree = self.free(tree)
        if self.problem.single:
            return spelled(substitute(tree, {self.problem.labels[0]: index}))
        entries = {
            label: Node("index", (*index.args, Node("name", (self.called(label),)))) for label in self.problem.labels
        }
        return spelled(substitute(tree, entries))

    def free(self, tree: Node) -> Node:
        """`tree` with the letters that stay called as they are in the solution."""
        return substitute(tree, {each: name(new) for each, new in self.renamed.items()})

    def values(self) -> None:
        """The function at every point reached."""
        assert self.problem.root is not None
        formula = self.placed(self.problem.root, "theta[t]")
        for t in range(self.problem.steps + 1):
            why = "its value at the point after step t"
            try:
                self.work.let(f"{self.title}[t]", formula, why, table="the function", t=t)
            except exact.Undefined as fault:
                raise InputError(reason(fault, t, "f")) from None
        if not self.work.letters:
            first, last = (self.work.env[self.title][t] for t in (0, self.problem.steps))
            word = "grown" if last > first else "fallen" if last < first else "not changed"
            self.work.note(f"After {self.problem.steps} step{'s' * (self.problem.steps > 1)} the function has {word}.")
        for head in dict.fromkeys(node.head for node in postorder(self.problem.root) if node.head in KINKED):
            self.work.note(convention(head))
        if any(node.head == "log" for node in postorder(self.problem.root)):
            self.work.note("log is the natural logarithm.")

    def answer(self, more: Mapping[str, str] | None = None) -> Solution:
        """The parameters after the last step, the states and the value of the function; `more` is word → step."""
        problem, last = self.problem, self.problem.steps
        words: dict[str, str] = {}
        for label in problem.labels:
            words[label] = f"theta[{last}]" if problem.single else f"theta[{last},{label}]"
        for state in self.states:
            for label in problem.labels:
                word = state if problem.single else f"{state}({label})"
                words.setdefault(word, f"{state}[{last}]" if problem.single else f"{state}[{last},{label}]")
        if problem.root:
            words.setdefault(problem.title if problem.title not in words else "value", f"{self.title}[{last}]")
        return self.work.answer({**words, **(more or {})})


def spelled(tree: Node) -> str:
    """`tree` as text that reads back exactly: decimals where they end, else fractions."""
    numbers = [node.args[0] for node in postorder(tree) if node.head == "number"]
    ending = all((Fraction(value) * 10**_PLACES).denominator == 1 for value in numbers)
    return text(tree, Numerals(digits=_PLACES) if ending else Numerals(exact=True))


def reason(fault: Exception, t: int, word: str) -> str:
    """Which argument brought the descent to a point without a value, in a sentence."""
    told = str(fault).partition(": ")[2]
    if "too large" in told:
        return f"lr: at step {t} the numbers are too large for a double; the steps are too long"
    if word in ("f", "g"):
        what = "value after step" if word == "f" else "gradient at step"
        return f"function: it has no {what} {t}: {told}; start elsewhere or take shorter steps"
    return f"eps: at step {t} the update has {told}; with an epsilon above 0 it has none"


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step as written → what was done wrong → the formula that does it."""
    found: dict[str, dict[str, Node]] = {}
    for step in solution.steps:
        if isinstance(step.formula, str) and step.name and step.name not in found and (wrong := slips(step.formula)):
            found[step.name] = wrong
    return found
