"""A question worked out: operations from the inside out, then what is left by the engines."""

import re
from collections.abc import Callable
from typing import Any

from revise.calculator import derivatives
from revise.calculator.echo import line, maths
from revise.calculator.reading import Question, is_operation, letters_in, listed, orders
from revise.calculator.result import Line, Result
from revise.calculator.several import Check, eigen, singular, solved
from revise.calculator.values import Values, expression
from revise.engines.arrays import Array, array, entries
from revise.errors import InputError
from revise.expression import FORMULA, LEAVES, Node, free_names, number, parse, postorder, substitute
from revise.expression.functions import CONSTANTS
from revise.numerals import Numerals

_KINKED = frozenset("relu abs max min sign step where floor ceil round trunc".split())
_DERIVATIVES = frozenset({"diff", "grad", "jacobian", "hessian"})


def work_out(question: Question, steps: bool = True, numerals: Numerals = Numerals()) -> tuple[Result, list[Check]]:
    """The result, and checks of it that may take their time.

    Raises InputError where something has no value or does not fit, NothingFound where there is no answer.
    """
    return _Evaluation(question, steps, numerals).run()


class _Evaluation:
    def __init__(self, question: Question, steps: bool, numerals: Numerals) -> None:
        self.question, self.wants_steps = question, steps
        self.result = Result(Line(maths(question.root), line(question.root)))
        self.checks: list[Check] = []
        first = {letter: value for letter, value in question.at.items() if letter not in question.moving}
        last = {letter: value for letter, value in question.at.items() if letter in question.moving}
        self.values = Values(question.letters, last, numerals)
        self.root = substitute(question.root, first)

    def run(self) -> tuple[Result, list[Check]]:
        head = self.root.head
        several = {"solve": solved, "eigen": eigen, "svd": singular}.get(head)
        if several is not None and is_operation(self.root):
            inner = Node(head, tuple(self._without_operations(part) for part in self.root.args), self.root.at)
            check = several(inner, self.values, self.result)
            self.checks += [check] if check is not None else []
            self._note_logarithm()
            return self.result, self.checks
        tree = self._without_operations(self.root)
        settled = is_operation(self.root) and head in (*_DERIVATIVES, "taylor")
        final = tree if settled and set(free_names(tree)) - CONSTANTS else self.values.valued(tree)
        shown = self.values.line(final)
        self.result.lines = [shown]
        self.result.value = shown.line
        if self.values.last:
            self.result.at = [self.values.at(final)]
        self._note_logarithm()
        return self.result, self.checks

    def _note_logarithm(self) -> None:
        shown = [self.result.read, *self.result.lines, *(step.result for step in self.result.steps)]
        if any(re.search(r"\blog\(", each.line) for each in shown):
            self._noted("log is the natural logarithm.")

    # -- operations, innermost first ----------------------------------------------------------------

    def _without_operations(self, root: Node) -> Node:
        made: dict[int, Node] = {}
        for node in postorder(root):
            if node.head in LEAVES:
                made[id(node)] = node
                continue
            args = tuple(made[id(child)] for child in node.args)
            same = all(new is old for new, old in zip(args, node.args, strict=True))
            whole = node if same else Node(node.head, args, node.at)
            made[id(node)] = self._operated(whole) if is_operation(node) else whole
        return made[id(root)]

    def _operated(self, node: Node) -> Node:
        head, (function, *others) = node.head, node.args
        if head in ("inverse", "transpose"):
            return Node("inv" if head == "inverse" else ".T", node.args, node.at)
        if head in _DERIVATIVES:
            return self._differentiated(node)
        if head == "norm":
            return self._norm(function, others)
        return getattr(self, f"_{head}")(function, others)  # type: ignore[no-any-return]

    def _differentiated(self, node: Node) -> Node:
        function, *others = node.args
        if set(free_names(function)) & set(self.values.foreign):
            raise InputError(f"{node.head}: what stands inside can't be written in this language")
        if node.head == "diff":
            steps = self.result.steps if self.wants_steps else None
            if {part.head for part in postorder(function)} & _KINKED:
                self._noted("Where there is a kink or a jump there is no derivative; there it is taken as 0.")
            return derivatives.repeated(function, orders(node), steps)
        letters = listed(others[0]) if others else letters_in(function)
        make = {"grad": derivatives.gradient, "jacobian": derivatives.jacobian, "hessian": derivatives.hessian}
        return make[node.head](function, letters)

    def _norm(self, matrix: Node, order: list[Node]) -> Node:
        kind = str(order[0].args[0]) if order else ""
        value = self.values.number_or_symbol(matrix)
        rank = len(value.shape) if isinstance(value, Array) else 0
        if rank > 2:
            raise InputError("norm of a vector or a matrix")
        if rank < 2 or kind in ("", "fro"):
            if rank == 2:
                self.result.notes.append("The Frobenius norm; the spectral norm is norm(A, 2).")
            return Node("norm", (matrix, *order) if kind not in ("", "fro") else (matrix,))
        if kind == "2":
            from revise.calculator.sympy_matrices import spectral

            self.result.notes.append("The largest singular value.")
            return self.values.kept(spectral(self.values.symbolic(matrix)))
        word, axis = ("column", "0") if kind == "1" else ("row", "1")
        self.result.notes.append(f"The largest {word} sum of absolute values.")
        sums = {"0": "max(sum(abs(A), axis=0))", "1": "max(sum(abs(A), axis=1))"}[axis]
        return substitute(parse(sums, None, FORMULA), {"A": matrix})

    def _simplify(self, function: Node, _: list[Node]) -> Node:
        from revise.calculator.sympy_algebra import simplified

        return self._each(function, simplified)

    def _expand(self, function: Node, _: list[Node]) -> Node:
        from revise.calculator.sympy_algebra import expanded

        return self._each(function, expanded)

    def _factor(self, function: Node, _: list[Node]) -> Node:
        from revise.calculator.sympy_algebra import factored

        return self._each(function, factored)

    def _integrate(self, function: Node, others: list[Node]) -> Node:
        from revise.calculator.sympy_calculus import integrate

        letter, *ends = (self.values.symbol(part) for part in others)
        self._unstepped("An integral")
        return self._each(function, lambda part: integrate(part, letter, *ends))

    def _limit(self, function: Node, others: list[Node]) -> Node:
        from revise.calculator.sympy_calculus import limit

        letter, end = self.values.symbol(others[0]), self.values.symbol(others[1])
        side = str(others[2].args[0]) if others[2:] else ""
        if end.is_infinite and side:
            raise InputError("limit: at infinity there is only one side")
        self._unstepped("A limit")
        return self._each(function, lambda part: limit(part, letter, end, side))

    def _sum(self, function: Node, others: list[Node]) -> Node:
        from revise.calculator.sympy_calculus import add_up

        letter, low, high = (self.values.symbol(part) for part in others)
        return self._each(function, lambda part: add_up(part, letter, low, high))

    def _rank(self, function: Node, _: list[Node]) -> Node:
        from revise.calculator.sympy_matrices import rank

        found, notes = rank(self.values.symbolic(function))
        self.result.notes += notes
        return self.values.kept(found)

    def _taylor(self, function: Node, others: list[Node]) -> Node:
        from revise.calculator.sympy_calculus import coefficients, derivatives_of
        from revise.engines.derivative import derivative

        letter, point, most = others
        x, a = self.values.symbol(letter), self.values.symbol(point)
        if {node.head for node in postorder(function)} & _KINKED:
            trees = [function]
            for _ in range(most.args[0]):
                trees.append(derivative(trees[-1], letter.args[0]))
            slopes = [self.values.symbol(tree) for tree in trees]
            self.result.notes.append("Beyond a kink the polynomial says nothing.")
        else:
            slopes = derivatives_of(self.values.symbol(function), x, most.args[0])
        sign = "+" if a.could_extract_minus_sign() else "-"
        gap = letter if a == 0 else Node(sign, (letter, self.values.kept(-a if sign == "+" else a)))
        total: Node | None = None
        for power, coefficient in enumerate(coefficients(slopes, x, a)):
            if coefficient == 0:
                continue
            minus = bool(coefficient.could_extract_minus_sign())
            factor = self.values.kept(-coefficient if minus else coefficient)
            raised = gap if power == 1 else Node("^", (gap, number(power)))
            term = factor if power == 0 else _times(factor, raised)
            first = Node("neg", (term,)) if minus else term
            total = first if total is None else Node("-" if minus else "+", (total, term))
        self._unstepped("A Taylor polynomial")
        return total or number(0)

    def _unstepped(self, what: str) -> None:
        if self.wants_steps and what.split()[-1] in ("integral", "limit"):
            self._noted(f"{what} is shown without steps.")

    def _noted(self, note: str) -> None:
        if note not in self.result.notes:
            self.result.notes.append(note)

    def _each(self, function: Node, make: Callable[[Any], Any]) -> Node:
        """`make` of a formula, or of every entry of an array."""
        value = self.values.symbolic(function)
        found = []
        for entry in entries(value):
            each = make(expression(entry))
            found.append(each.value)
            for note in each.notes:
                self._noted(note)
            if each.check is not None:
                self.checks.append(each.check)
        return self.values.kept(array(value.shape if isinstance(value, Array) else (), found))


def _times(factor: Node, raised: Node) -> Node:
    if factor.head == "number" and factor.args[0] == 1:
        return raised
    if factor.head == "/" and factor.args[0].head == "number" and factor.args[0].args[0] == 1:
        return Node("/", (raised, factor.args[1]))
    if factor.head == "number" and not isinstance(factor.args[0], int) and factor.args[0].numerator == 1:
        return Node("/", (raised, number(factor.args[0].denominator)))
    return Node("*", (factor, raised))
