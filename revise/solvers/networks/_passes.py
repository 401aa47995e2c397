"""The two passes over a graph: values forwards, gradients backwards, each node one step of the work."""

from collections.abc import Collection, Iterable, Sequence
from functools import reduce
from typing import Any

from revise.engines import exact
from revise.engines.derivative import derivative
from revise.engines.text import text
from revise.engines.tidy import numeric
from revise.engines.written import write
from revise.errors import InputError
from revise.expression import LEAVES, Node, free_names, name, number, postorder, substitute
from revise.solution import Work
from revise.solvers.networks._gates import Gate, Graph, value_of
from revise.solvers.networks._rules import KINKED, convention, is_kink, natural, rule, slopes

Product = tuple[Node, str]  # upstream × local along one path, and the local rule
DERIVED = "the same by differentiating the formula"
_LONGEST = 400  # characters of a derivative that is still read
_COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Names:
    """What the steps are called; no name is a letter of the question or used twice."""

    def __init__(self, letters: Collection[str], function: str | None, logarithm: str = "log") -> None:
        self.logarithm = logarithm
        self.used = {*letters, *([function] if function else [])}
        self.function = function or self.fresh("f", "F")
        self.value = self.fresh("v", "node")
        self.gradient = self.fresh("g", "grad")
        self.slopes = (self.fresh("l", "left"), self.fresh("r", "right"))
        self.index = self.fresh("i", "j", "k", "n", "m")
        self.euler = self.fresh("e_") if "e" in letters else ""
        self.titles: dict[str, str] = {}

    def fresh(self, *wishes: str) -> str:
        """The first of `wishes` that is free; the last one with underscores where none is."""
        wish = next((each for each in wishes if each not in self.used), wishes[-1])
        while wish in self.used:
            wish += "_"
        self.used.add(wish)
        return wish

    def title(self, letter: str) -> str:
        """The step that holds the gradient by `letter`: df_dx."""
        if letter not in self.titles:
            self.titles[letter] = self.fresh(f"d{self.function}_d{letter}")
        return self.titles[letter]


def forward(work: Work, graph: Graph, names: Names) -> None:
    """A step `v[i]` for each gate, the result's own name last."""
    target = f"{names.value}[{names.index}]"
    for gate in graph.gates:
        place: dict[str, Any] = {names.index: gate.number}
        try:
            work.let(target, gate.formula, "", table="forward", **place)
        except exact.Undefined as fault:
            raise InputError(f"{_spelled(work, gate, names)} has no value: {_reason(fault)}") from None
        if _is_imaginary(work.steps[-1].value):
            raise InputError(f"{_spelled(work, gate, names)} has no value: the square root of a negative number")
    work.let(names.function, graph.output, "the result")


def name_kinks(work: Work, graph: Graph) -> set[str]:
    """Note which subgradient is taken where there is no derivative, or, with letters, might be none."""
    said: set[str] = set()
    for gate in graph.gates:
        head, args = gate.formula.head, gate.formula.args
        if head in KINKED and gate.sources and head not in said:
            operands = [0] * len(args) if work.letters else [exact.evaluate(arg, work.env) for arg in args]
            if is_kink(head, operands):
                said.add(head)
                work.note(convention(head))
    return said


class Backward:
    """The gradients of the nodes that lead to a wanted letter; `paths` gathers what flows where."""

    def __init__(self, work: Work, graph: Graph, wanted: Collection[str], names: Names) -> None:
        self.work, self.graph, self.names = work, graph, names
        self.wanted = frozenset(wanted)
        self.paths: dict[int | str, list[Product]] = {}
        self.undefined: dict[int | str, str] = {}
        """Nodes and letters whose gradient does not exist at this point, and why."""
        self.leads: set[int | str] = set(wanted)
        for gate in graph.gates:
            if any(source in self.leads for source in gate.sources.values()):
                self.leads.add(gate.number)

    def run(self) -> None:
        """A step `g[i]` for each gate, last gate first; local gradients that need working out are `l[i]`, `r[i]`."""
        target, node = (f"{table}[{self.names.index}]" for table in (self.names.gradient, self.names.value))
        for gate in reversed(self.graph.gates):
            if gate.number not in self.leads:
                continue
            if gate.number in self.undefined:
                self._spoil(gate.sources.values(), self.undefined[gate.number])
                continue
            formula, why = (number(1), "the result by itself")
            if gate.number in self.paths:
                formula, why = _added(self.paths.pop(gate.number))
            place: dict[str, Any] = {self.names.index: gate.number}
            claim = (self.names.function, node)
            self.work.let(target, formula, why, table="backward", gradient_of=claim, **place)
            self._route(gate)

    def _route(self, gate: Gate) -> None:
        """Hand each operand of `gate` its product."""
        upstream = value_of(self.names.gradient, gate.number)
        own = value_of(self.names.value, gate.number)
        found = slopes(gate.formula, own, gate.sources, self.names.euler)
        found = [natural(slope, self.names.logarithm) for slope in found]
        products: list[tuple[int | str, Product]] = []
        tables = iter(self.names.slopes if len(gate.formula.args) <= 2 else ())
        for k, source in gate.sources.items():
            if source not in self.leads:
                continue
            try:
                products.append((source, self._product(gate, k, found[k], upstream, next(tables, ""))))
            except exact.Undefined as fault:
                shown = _spelled(self.work, gate, self.names)
                self._spoil([source], f"{shown} has no derivative there: {_reason(fault)}")
        for source, product in reversed(products):  # later gates were met first
            self.paths.setdefault(source, []).insert(0, product)

    def _spoil(self, sources: Iterable[int | str], reason: str) -> None:
        """Nothing reaches `sources`: say why. Raises InputError where no wanted letter is left."""
        for source in sources:
            if source in self.leads:
                self.undefined.setdefault(source, reason)
        if self.undefined.keys() >= self.wanted:
            raise InputError(reason)

    def _product(self, gate: Gate, operand: int, slope: Node, upstream: Node, table: str) -> Product:
        while slope.head == "where" and not self.work.letters:
            condition, chosen, other = slope.args
            slope = chosen if exact.evaluate(condition, self.work.env) else other
        why = rule(gate.formula, operand, slope, self.names.logarithm)
        if not table or _is_plain(slope):
            return Node("*", (upstream, slope)), why
        target = f"{table}[{self.names.index}]"
        place: dict[str, Any] = {self.names.index: gate.number}
        self.work.let(target, slope, why, table="backward", **place)
        return Node("*", (upstream, value_of(table, gate.number))), "upstream times local"

    def gradient(self, letter: str) -> str:
        """The step for `letter`, all its paths added; returns its name."""
        title = self.names.title(letter)
        formula, why = number(0), "it stands only in a condition"
        if letter in self.paths:
            formula, why = _added(self.paths[letter])
        elif self.graph.output.head == "name":
            formula, why = number(1), "the result is the letter itself"
        self.work.let(title, formula, why, gradient_of=(self.names.function, letter))
        return title

    def derive(self, root: Node, letter: str) -> bool:
        """The same gradient from the differentiated formula; False if too long.

        Its step has the gradient's name and two underscores, which no letter can have: both are shown as ∂f/∂x.
        """
        euler = self.names.euler
        slope = derivative(substitute(root, {"e": name(euler)}) if euler else root, euler if letter == "e" else letter)
        slope = natural(substitute(slope, {euler: name("e")}) if euler else slope, self.names.logarithm)
        if len(text(slope)) > _LONGEST:
            return False
        title = self.names.fresh(f"{self.names.title(letter)}__")
        try:
            self.work.let(title, slope, DERIVED, gradient_of=(self.names.function, letter))
        except exact.Undefined:
            self.work.note(f"The derivative by {letter} as one formula has no value at this point.")
        return True


def _added(paths: Sequence[Product]) -> Product:
    if len(paths) == 1:
        return paths[0]
    count = _COUNTS[len(paths) - 2] if len(paths) - 2 < len(_COUNTS) else f"{len(paths):,}"
    total = reduce(lambda left, right: Node("+", (left, right)), [product for product, _ in paths])
    return total, f"{count} paths: their gradients add"


def _is_plain(slope: Node) -> bool:
    """Whether a local gradient can be read off: a number, a letter, a value that is known."""
    if slope.head == "neg":
        slope = slope.args[0]
    return slope.head in ("index", *LEAVES) or not free_names(slope)


def _spelled(work: Work, gate: Gate, names: Names) -> str:
    """`v[3] = log(v[2]) = log(0)`: the gate with its operands' values."""
    formula, written = text(gate.formula), text(write(gate.formula, work.env))
    return f"{names.value}[{gate.number}] = {formula}" + (f" = {written}" if written != formula else "")


def _is_imaginary(value: Any) -> bool:
    """Whether SymPy went on with the root of a negative number."""
    roots = [node.args[0] for node in postorder(value) if node.head == "sqrt"] if isinstance(value, Node) else []
    return any((numeric(root) or 0) < 0 for root in roots)


def _reason(fault: Any) -> str:
    return str(fault).partition(": ")[2] or str(fault)
