"""Trees, numbers and SymPy's expressions for one another, and a value as it is shown."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from revise.calculator import derivatives, echo
from revise.calculator.result import Line
from revise.engines import exact
from revise.engines.arrays import Array, array, entries
from revise.errors import InputError, NothingFound
from revise.expression import LEAVES, Node, free_names, name, number, postorder, substitute
from revise.expression.functions import CONSTANTS
from revise.numerals import Numerals

_LONGEST_EXACT = 60  # operations of a number's exact form that is worth showing


class Values:
    """The values of one question.

    `foreign` is what SymPy found and the language has no words for, by a name of its own; `order` has the
    letters as they were typed; `last` are the numbers that are put into the answer.
    """

    def __init__(self, order: Sequence[str], last: Mapping[str, Node], numerals: Numerals) -> None:
        self.order, self.last, self.numerals = list(order), dict(last), numerals
        self.foreign: dict[str, Any] = {}

    def symbolic(self, tree: Node) -> Any:
        from revise.engines import sympy_

        letters = {letter: name(letter) for letter in free_names(tree) if letter not in CONSTANTS}
        return sympy_.evaluate(tree, letters | self.foreign)

    def symbol(self, tree: Node) -> Any:
        return expression(self.symbolic(tree))

    def number_or_symbol(self, tree: Node) -> Any:
        if set(free_names(tree)) <= CONSTANTS:
            return exact.evaluate(tree, {})
        return self.symbolic(tree)

    def kept(self, value: Any) -> Node:
        """SymPy's value as a tree; a name for it where the language has no words."""
        import sympy

        from revise.engines import sympy_

        try:
            if any(isinstance(entry, sympy.Basic) and entry.has(sympy.I) for entry in entries(value)):
                raise InputError("a value that is not real")
            return sympy_.to_tree(value, self.order)
        except InputError:
            word = f"zz{len(self.foreign)}"
            self.foreign[word] = value
            return name(word)

    def valued(self, tree: Node) -> Node:
        """What `tree` comes to: numbers exact where that is short, letters collected."""
        if set(free_names(tree)) <= CONSTANTS:
            value = exact.evaluate(tree, {})
            if not any(isinstance(entry, float) for entry in entries(value)):
                short = tuple(float(entry) if _is_long(entry) else entry for entry in entries(value))
                return number_tree(array(value.shape if isinstance(value, Array) else (), short))
            try:
                found = self.kept(self.symbolic(tree))
            except InputError:
                return number_tree(value)
            return found if self._is_short(found) else number_tree(value)
        return self.kept(self.symbolic(tree))

    def _is_short(self, tree: Node) -> bool:
        long = any(
            node.head == "number" and not isinstance(node.args[0], float) and abs(node.args[0]).numerator > 10**40
            for node in postorder(tree)
        )
        return not long and len(postorder(tree)) <= _LONGEST_EXACT

    def line(self, tree: Node, label: str = "", label_line: str = "") -> Line:
        if not set(free_names(tree)) & set(self.foreign):
            rounded, near = self._rounded(tree)
            return Line(echo.maths(rounded), echo.line(tree), _decimal(tree), label, label_line, near)
        import sympy

        value = self.symbolic(tree)
        if isinstance(value, Array):
            value = sympy.Matrix(*value.shape, list(value.flat)) if len(value.shape) == 2 else sympy.Matrix(value.flat)
        spelled = f"[{', '.join(map(str, value))}]" if getattr(value, "cols", 0) == 1 else str(value)
        return Line(sympy.latex(value), spelled, _near(value), label, label_line, foreign=True)

    def _rounded(self, tree: Node) -> tuple[Node, bool]:
        """`tree` with its floats as they are shown, and whether that changed any."""
        made: dict[int, Node] = {}
        near = False
        for node in postorder(tree):
            if node.head == "number" and isinstance(node.args[0], float):
                near = True
                made[id(node)] = Node("number", (self.numerals.shown(node.args[0]).normalize(),))
            elif node.head in LEAVES:
                made[id(node)] = node
            else:
                made[id(node)] = Node(node.head, tuple(made[id(child)] for child in node.args), node.at)
        return made[id(tree)], near

    def at(self, tree: Node) -> Line:
        label = ", ".join(f"{echo.maths(name(letter))} = {echo.maths(value)}" for letter, value in self.last.items())
        spelled = ", ".join(f"{letter}={echo.line(value)}" for letter, value in self.last.items())
        if set(free_names(tree)) & set(self.foreign):
            import sympy

            value = self.symbolic(tree)
            point = {self.symbol(name(letter)): self.symbol(given) for letter, given in self.last.items()}
            word = f"zz{len(self.foreign)}"
            self.foreign[word] = sympy.simplify(value.subs(point))
            return self.line(name(word), label, spelled)
        return self.line(self.valued(substitute(tree, self.last)), label, spelled)


def _is_long(value: Any) -> bool:
    """Whether a fraction or a whole number is too long to be read."""
    if isinstance(value, Fraction):
        return max(abs(value.numerator), value.denominator) > 10**30
    return isinstance(value, int) and abs(value) > 10**60


def expression(value: Any) -> Any:
    """A SymPy expression for a scalar value."""
    import sympy

    if isinstance(value, Array):
        raise InputError("a single formula is asked for here, not a list or a matrix")
    if isinstance(value, bool) or not isinstance(value, sympy.Expr):
        raise InputError("a formula is asked for here, not a comparison")
    return value


def number_tree(value: Any) -> Node:
    """Numbers as a tree."""
    if isinstance(value, Array):
        return derivatives.nested(Array(value.shape, tuple(map(number_tree, value.flat))))
    if isinstance(value, bool):
        return Node("label", ("true" if value else "false",))
    if isinstance(value, Node):
        return value
    if value in (float("inf"), float("-inf")):
        return name("inf") if value > 0 else Node("neg", (name("inf"),))
    return Node("neg", (number(-value),)) if value < 0 else Node("number", (value,))


def _decimal(tree: Node) -> Any:
    """The number, or lists of numbers, that a tree without letters comes to."""
    if not set(free_names(tree)) <= CONSTANTS or any(node.head == "label" for node in postorder(tree)):
        return None
    from revise.answers import plain_value

    try:
        return plain_value(exact.evaluate(tree, {}))
    except (InputError, NothingFound):
        return None


def _near(value: Any) -> Any:
    """A float, a complex number as a text, or lists of those; None where letters are left."""
    if value.free_symbols:
        return None
    if value.is_Matrix:
        return (
            [_near(entry) for entry in value]
            if value.cols == 1
            else [[_near(x) for x in row] for row in value.tolist()]
        )
    found = value.evalf(15)
    try:
        real, imaginary = (float(part) for part in found.as_real_imag())
    except TypeError:
        return None
    if imaginary == 0:
        return real
    return f"{real:.10g}{'+' if imaginary > 0 else '-'}{abs(imaginary):.10g}i"
