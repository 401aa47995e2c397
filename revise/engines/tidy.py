"""Sums, products, quotients and powers of trees, tidied as they are built and never expanded.

No 0 or 1 is left standing, numbers are multiplied out and stand in front, signs stand before them.
"""

from fractions import Fraction

from revise.expression import Node, number

ZERO, ONE = number(0), number(1)
_Split = tuple[int | Fraction, Node | None]


def numeric(node: Node) -> int | Fraction | None:
    """The value of a number, a negative number or a fraction of two numbers; None for all else."""
    factor, rest = _split(node)
    if rest is None:
        return factor
    if rest.head == "/":
        (above, over_rest), (below, under_rest) = _split(rest.args[0]), _split(rest.args[1])
        if over_rest is None and under_rest is None and below:
            return factor * Fraction(above) / Fraction(below)
    return None


def constant(value: int | Fraction) -> Node:
    return Node("neg", (number(-value),)) if value < 0 else number(value)


def plus(left: Node, right: Node) -> Node:
    a, b = numeric(left), numeric(right)
    if a is not None and b is not None:
        return constant(a + b)
    if a == 0 or b == 0:
        return right if a == 0 else left
    if right.head == "neg":
        return minus(left, right.args[0])
    return Node("+", (left, right))


def minus(left: Node, right: Node) -> Node:
    a, b = numeric(left), numeric(right)
    if a is not None and b is not None:
        return constant(a - b)
    if a == 0 or b == 0:
        return negative(right) if a == 0 else left
    if right.head == "neg":
        return plus(left, right.args[0])
    return Node("-", (left, right))


def negative(node: Node) -> Node:
    factor, rest = _split(node)
    return _join(-factor, rest)


def times(left: Node, right: Node, head: str = "*") -> Node:
    """`head` is `.*` where the factors may be arrays."""
    (a, left_rest), (b, right_rest) = _factor(left), _factor(right)
    if a == 0 or b == 0:
        return ZERO
    if left_rest is None or right_rest is None:
        return _join(a * b, left_rest or right_rest)
    if _is_one_over(right_rest):
        return _join(a * b, Node("/", (left_rest, right_rest.args[1])))
    if _is_one_over(left_rest):
        return _join(a * b, Node("/", (right_rest, left_rest.args[1])))
    return _join(a * b, Node(head, (left_rest, right_rest)))


def over(above: Node, below: Node, head: str = "/") -> Node:
    """`head` is `./` where the parts may be arrays. A constant 0 below stays as it stands."""
    (a, above_rest), (b, below_rest) = _factor(above), _factor(below)
    if a == 0:
        return ZERO
    if b == 0:
        return Node(head, (above, below))
    factor = Fraction(a) / Fraction(b)
    if above_rest is None and below_rest is None:
        return constant(factor)
    if above_rest is not None and below_rest is not None and _same_letter(above_rest, below_rest):
        return constant(factor)
    size = abs(factor)
    top, bottom = _join(size.numerator, above_rest), _join(size.denominator, below_rest)
    quotient = top if bottom.args == (1,) else Node(head, (top, bottom))
    return quotient if factor > 0 else Node("neg", (quotient,))


def power(base: Node, exponent: Node, head: str = "^") -> Node:
    value = numeric(exponent)
    if value == 0:
        return ONE
    return base if value == 1 else Node(head, (base, exponent))


def less_one(node: Node) -> Node:
    """n - 1, with n = 3 or n = k + 2 worked out."""
    if node.head in ("+", "-"):
        last = numeric(node.args[1])
        if last is not None:
            return plus(node.args[0], constant((last if node.head == "+" else -last) - 1))
    return minus(node, ONE)


def front(node: Node) -> tuple[Node, Node]:
    """The number in front and the rest, 1 where there is no other."""
    factor, rest = _factor(node)
    return constant(factor), rest or ONE


def _split(node: Node) -> _Split:
    """A number in front and the rest."""
    sign = 1
    while node.head == "neg":
        sign, node = -sign, node.args[0]
    if node.head == "number":
        return sign * node.args[0], None
    if node.head == "*" and node.args[0].head == "number":
        return sign * node.args[0].args[0], node.args[1]
    return sign, node


def _factor(node: Node) -> _Split:
    value = numeric(node)
    return _split(node) if value is None else (value, None)


def _join(factor: int | Fraction, rest: Node | None) -> Node:
    if rest is None:
        return constant(factor)
    size = -factor if factor < 0 else factor
    product = rest if size == 1 else Node("*", (number(size), rest))
    return product if factor > 0 else Node("neg", (product,))


def _is_one_over(node: Node) -> bool:
    return node.head == "/" and node.args[0].args == (1,)


def _same_letter(left: Node, right: Node) -> bool:
    return left is right or (left.head == right.head == "name" and left.args == right.args)
