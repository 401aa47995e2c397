"""Sums, products, quotients and powers of trees, tidied as they are built and never expanded.

No 0 or 1 is left standing, numbers are multiplied out and stand in front, signs stand before them, and
neighbours that are powers of one thing become one power.
"""

from fractions import Fraction

from revise.expression import Node, number

ZERO, ONE = number(0), number(1)
_FACTORS = 8  # of a product that are looked through for the first one
_PARTS = 60  # of two formulas that are compared
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
    for part, other in ((right_rest, left_rest), (left_rest, right_rest)):
        if part.head == "/" and (above := numeric(part.args[0])) is not None:  # 2/x times y: 2y/x
            return over(_join(a * b * above, other), part.args[1])
    if head == "*":
        return _join(a * b, _merged(left_rest, right_rest))
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
    if head == "/" and above_rest is not None and below_rest is not None:
        above_rest, below_rest = _cancelled(above_rest, below_rest)
        if above_rest is None and below_rest is None:
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


def _merged(left: Node, right: Node) -> Node:
    """The product; where its parts meet in powers of one thing, as in `3s² times s(1 − s)`, that is one power."""
    left_rest, last = left.args if left.head == "*" else (None, left)
    spine: list[Node] = []  # what follows the first factor on the right
    first = right
    while first.head == "*" and len(spine) < _FACTORS:
        spine.append(first.args[1])
        first = first.args[0]
    (base, n), (other, m) = _power_of(last), _power_of(first)
    if not n or not m or not _same(base, other):
        return Node("*", (left, right))
    product = Node("^", (base, number(n + m)))
    if left_rest is not None:
        product = Node("*", (left_rest, product))
    for factor in reversed(spine):
        product = Node("*", (product, factor))
    return product


def _cancelled(above: Node, below: Node) -> tuple[Node | None, Node | None]:
    """`above` and `below` where they are powers of one thing, as in x/x²: what is left of each."""
    (base, n), (other, m) = _power_of(above), _power_of(below)
    if not n or not m or not _same(base, other):
        return above, below
    if n == m:
        return None, None
    rest = power(base, number(abs(n - m)))
    return (rest, None) if n > m else (None, rest)


def _power_of(node: Node) -> tuple[Node, int]:
    """Base and positive whole exponent; exponent 0 where there is another."""
    if node.head != "^":
        return node, 1
    exponent = node.args[1].args[0] if node.args[1].head == "number" else 0
    return node.args[0], exponent if isinstance(exponent, int) and exponent > 0 else 0


def _same(left: Node, right: Node) -> bool:
    """Whether both are written alike; of large ones it is not found out."""
    pairs = [(left, right)]
    for _ in range(_PARTS):
        if not pairs:
            return True
        a, b = pairs.pop()
        if a is b:
            continue
        if a.head != b.head or len(a.args) != len(b.args):
            return False
        for one, two in zip(a.args, b.args, strict=True):
            if isinstance(one, Node) and isinstance(two, Node):
                pairs.append((one, two))
            elif isinstance(one, Node) or isinstance(two, Node) or one != two:
                return False
    return not pairs
