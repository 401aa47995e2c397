"""SymPy expression → our tree, with its terms in the order a person writes them."""

from collections.abc import Generator, Sequence
from fractions import Fraction
from math import isinf
from typing import Any

from revise.engines.arrays import Array, array
from revise.engines.exact import Undefined
from revise.engines.term_order import Order, factors, negative, text_key
from revise.errors import InputError
from revise.expression.node import Node, name, number

_FUNCTIONS = {
    "exp": "exp", "log": "log", "Abs": "abs", "sign": "sign", "floor": "floor", "ceiling": "ceil", "sin": "sin",
    "cos": "cos", "tanh": "tanh", "erf": "erf", "factorial": "factorial", "binomial": "binom", "Max": "max",
    "Min": "min", "round": "round", "trunc": "trunc",
}  # fmt: skip
_RELATIONS = {
    "StrictLessThan": "<", "LessThan": "<=", "StrictGreaterThan": ">", "GreaterThan": ">=", "Equality": "==",
    "Unequality": "!=",
}  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_Steps = Generator[Any, Node, Node]


def to_tree(expression: Any, order: Sequence[str] = ()) -> Node:
    """The tree of a SymPy expression, a bool, a label, or an Array of them (vector or matrix).

    Letters come in the order of `order`, then by the alphabet; a positive term leads where there is
    one. Raises InputError where a function has no name in the language or the depth is beyond SymPy.
    """
    if isinstance(expression, Array):
        size = len(expression.flat) // expression.shape[0]
        parts = [expression.flat[i * size : (i + 1) * size] for i in range(expression.shape[0])]
        inner = tuple(to_tree(array(expression.shape[1:], part), order) for part in parts)
        return Node("matrix" if len(expression.shape) == 2 else "list", inner)
    if isinstance(expression, str):
        return Node("label", (expression,))
    if isinstance(expression, bool | int):
        return number(int(expression))
    try:
        return _built(expression, _Writer(order))
    except RecursionError:
        raise InputError("nested too deep for symbolic work: give numbers for some letters") from None


def _built(expression: Any, writer: "_Writer") -> Node:
    made: dict[Any, Node] = {}
    stack: list[tuple[Any, _Steps]] = [(expression, writer.steps(expression))]
    answer: Node | None = None
    while stack:
        key, steps = stack[-1]
        try:
            wanted = next(steps) if answer is None else steps.send(answer)
        except StopIteration as finished:
            answer = made[key] = finished.value
            stack.pop()
            continue
        answer = made.get(wanted)
        if answer is None:
            stack.append((wanted, writer.steps(wanted)))
    assert answer is not None
    return answer


class _Writer:
    """Each method yields the parts it needs and is sent their trees, so that depth costs no recursion."""

    def __init__(self, order: Sequence[str]) -> None:
        self.order = Order(order)

    def steps(self, x: Any) -> _Steps:
        kind = x.func.__name__
        if x.is_Symbol:
            return _leaf(name(x.name))
        if x.is_Number:
            return _leaf(_number(x))
        if x.is_Add:
            return self._sum(x)
        if x.is_Mul or (x.is_Pow and kind == "Pow"):
            return self._product(x)
        if kind == "Piecewise":
            return self._choice(x)
        if kind in _RELATIONS:
            return self._relation(x, _RELATIONS[kind])
        if kind in ("And", "Or", "Not"):
            return self._logic(x, kind.lower())
        if kind in _FUNCTIONS:
            return self._function(x, _FUNCTIONS[kind])
        if kind in ("Exp1", "Pi"):
            constant = "e" if kind == "Exp1" else "pi"
            return _leaf(Node("exp", (number(1),)) if constant in self.order.place else name(constant))
        if kind in ("BooleanTrue", "BooleanFalse"):
            return _leaf(Node("==", (number(1), number(int(kind == "BooleanTrue")))))
        if kind == "ImaginaryUnit":
            raise Undefined("a value that is not real")
        raise InputError(f"{kind} has no name in this language")

    # -- sums -------------------------------------------------------------------------------------

    def _sum(self, x: Any) -> _Steps:
        bottoms = {part.as_coeff_Mul()[0].q if part.as_coeff_Mul()[0].is_Rational else 1 for part in x.args}
        if len(bottoms) == 1 and (bottom := bottoms.pop()) > 1:
            whole = yield x.func(*(part * bottom for part in x.args))
            return Node("/", (whole, number(int(bottom))))
        total: Node | None = None
        for term in self.order.terms(x):
            minus = negative(term)
            tree = yield (-term if minus else term)
            first = _minus(tree) if minus else tree
            total = first if total is None else Node("-" if minus else "+", (total, tree))
        assert total is not None
        return total

    # -- products and powers ----------------------------------------------------------------------

    def _product(self, x: Any) -> _Steps:
        coefficient, rest = x.as_coeff_Mul()
        if coefficient.is_infinite:
            coefficient, rest = rest.func(1), x
        minus = bool(coefficient < 0)
        coefficient = abs(coefficient)
        tops: list[tuple[Any, Any]] = []
        bottoms: list[tuple[Any, Any]] = []
        for factor in factors(rest):
            base, exponent = (factor, None) if factor.func.__name__ == "exp" else factor.as_base_exp()
            if exponent is None:
                tops.append((factor, 1))
            elif exponent.as_coeff_Mul()[0] < 0:
                bottoms.append((base, -exponent))
            elif factor != 1:
                tops.append((base, exponent))
        sides = [tops, bottoms]
        minus = _turn_signs(sides, minus)
        top = yield from self._side(tops, coefficient.p if coefficient.is_Rational else coefficient, bottoms)
        if bottoms or (coefficient.is_Rational and coefficient.q != 1):
            if not tops and not bottoms:
                top = number(Fraction(int(coefficient.p), int(coefficient.q)))
            else:
                bottom = yield from self._side(bottoms, coefficient.q if coefficient.is_Rational else 1, [])
                top = Node("/", (top, bottom))
        return _minus(top) if minus else top

    def _side(self, factors: list[tuple[Any, Any]], coefficient: Any, below: list[tuple[Any, Any]]) -> _Steps:
        """The product of powers; a log over log(2) or log(10) `below` becomes log2 or log10."""
        parts = [] if coefficient == 1 else [_number(coefficient)]
        for base, exponent in sorted(factors, key=self.order.factor_key):
            base_two = next(
                (pair for pair in below if _is_log_of(pair, (2, 10)) and _is_log_of((base, exponent))), None
            )
            if base_two is not None:
                below.remove(base_two)
                inner = yield base.args[0]
                parts.append(Node(f"log{base_two[0].args[0]}", (inner,)))
                continue
            tree = yield base
            if exponent != 1:
                if exponent.is_Rational and exponent.q == 2 and exponent.p == 1:
                    tree = Node("sqrt", (tree,))
                else:
                    power = yield exponent
                    tree = Node("^", (tree, power))
            parts.append(tree)
        product = parts[0] if parts else number(1)
        for part in parts[1:]:
            product = Node("*", (product, part))
        return product

    # -- the rest ---------------------------------------------------------------------------------

    def _function(self, x: Any, head: str) -> _Steps:
        parts = list(x.args)
        if head in ("max", "min"):
            parts.sort(key=lambda part: (not part.is_number, text_key(part)))
        trees = []
        for part in parts:
            trees.append((yield part))
        return Node(head, tuple(trees))

    def _choice(self, x: Any) -> _Steps:
        *pairs, (last, otherwise) = [tuple(pair.args) for pair in x.args]
        if otherwise != True:  # noqa: E712 - SymPy's true is not Python's
            raise InputError("a case distinction that leaves cases out")
        tree = yield last
        for value, condition in reversed(pairs):
            test = yield condition
            yes = yield value
            tree = Node("where", (test, yes, tree))
        return tree

    def _relation(self, x: Any, sign: str) -> _Steps:
        left, right = x.args
        if left.is_number and not right.is_number:
            left, right, sign = right, left, _TURNED[sign]
        first = yield left
        second = yield right
        return Node(sign, (first, second))

    def _logic(self, x: Any, sign: str) -> _Steps:
        parts = []
        for part in x.args:
            parts.append((yield part))
        if sign == "not":
            return Node("not", tuple(parts))
        tree = parts[0]
        for part in parts[1:]:
            tree = Node(sign, (tree, part))
        return tree


def _leaf(node: Node) -> _Steps:
    return node
    yield


def _number(x: Any) -> Node:
    if isinstance(x, int):
        return number(x)
    if x.is_infinite:
        return _minus(name("inf")) if x < 0 else name("inf")
    if x.is_Rational:
        return number(Fraction(int(x.p), int(x.q)))
    value = float(x)
    if isinf(value):
        raise Undefined("a value too large for a double")
    return Node("number", (value,))


def _minus(tree: Node) -> Node:
    """-tree, the sign at the first factor, where `-a*b` has it when it is read."""
    spine = []
    while tree.head in ("*", "/"):
        spine.append(tree)
        tree = tree.args[0]
    signed = number(-tree.args[0]) if tree.head == "number" else Node("neg", (tree,))
    for product in reversed(spine):
        signed = Node(product.head, (signed, product.args[1]))
    return signed


def _is_log_of(pair: tuple[Any, Any], numbers: tuple[int, ...] = ()) -> bool:
    base, exponent = pair
    return exponent == 1 and base.func.__name__ == "log" and (not numbers or base.args[0] in numbers)


def _turn_signs(sides: list[list[tuple[Any, Any]]], minus: bool) -> bool:
    """Turn the sign of sums among the factors so that few minus signs lead; the sign that is left."""

    def turn(side: list[tuple[Any, Any]], at: int) -> bool:
        base, exponent = side[at]
        side[at] = (-base, exponent)
        return bool(exponent % 2 == 1)

    for side in sides:
        for at, (base, exponent) in enumerate(side):
            if base.is_Add and exponent.is_Integer and all(map(negative, base.args)):
                minus ^= turn(side, at)
    if minus:
        for side in reversed(sides):
            for at, (base, exponent) in enumerate(side):
                if base.is_Add and exponent.is_Integer and exponent % 2 == 1 and any(map(negative, base.args)):
                    return minus ^ turn(side, at)
    return minus
