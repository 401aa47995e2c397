"""Tree → tree: derivatives of scalar formulas in textbook form, sharing what they share with the formula.

Cleaned up lightly, never expanded: no 0 or 1 is left standing, numbers are multiplied out and stand in
front, signs are collected.

At a kink: relu and max(u, 0) have the derivative 0 at u = 0, abs has 0 (sign), and sign, step, floor,
ceil, trunc, round, comparisons and conditions count as constant everywhere. A product over `for` is
differentiated through its logarithm, so its factors must not be 0. `e` and `pi` are the constants.
"""

from collections.abc import Callable

from revise.engines.latex import latex
from revise.engines.tidy import ONE, ZERO, front, less_one, minus, negative, numeric, over, plus, power, times
from revise.errors import InputError
from revise.expression import FORMULA, LEAVES, Node, free_names, number, parse, postorder
from revise.expression import name as letter


def derivative(node: Node, name: str) -> Node:
    """The derivative of a scalar formula with respect to `name`: a letter, or an entry such as "x[t]".

    x[t] counts as one letter, another one than x[t-1]. Raises InputError where no derivative exists
    (factorial), where an array would be needed, or where the derivative after x[t] meets a sum over x.
    """
    slopes: dict[int, Node] = {}
    for part in _dependent(node, name):
        if part.head in LEAVES or part.head == "index":
            slopes[id(part)] = ONE
        elif part.head == "for":
            slopes[id(part)] = slopes.get(id(part.args[2]), ZERO)
        else:
            inner = [slopes.get(id(child), ZERO) for child in part.args]
            slopes[id(part)] = _rule(part)(part, part, inner)
    return slopes.get(id(node), ZERO)


def local(node: Node, value: Node | None = None) -> tuple[Node, ...]:
    """The derivatives of one operation with respect to each of its arguments, as trees of those arguments.

    `value` stands for the node's own value where the rule uses it: with s for sigmoid(u) it is s*(1 - s).
    A letter, a number and an entry x[t] have none.
    """
    if node.head in LEAVES or node.head == "index":
        return ()
    if node.args[0].head == "for":
        raise InputError(f"{node.head} over a range has no single local derivative")
    places = range(len(node.args))
    rule, own = _rule(node), node if value is None else value
    return tuple(rule(node, own, [ONE if i == place else ZERO for i in places]) for place in places)


# -- which parts depend on the letter -----------------------------------------------------------------


def _dependent(root: Node, name: str) -> list[Node]:
    """The parts of `root` a derivative passes through, children first."""
    target = parse(name, limits=FORMULA)
    array = target.args[0] if target.head == "index" else None
    if (array or target).head != "name":
        raise InputError(f"a derivative is taken after a letter or an entry x[t], not after {name}")
    symbol, entry = (array or target).args[0], latex(target)
    order = postorder(root)
    depends = _dependence(order, symbol, None if array is None else entry)
    wanted: set[int] = set()
    stack = [root]
    while stack:
        part = stack.pop()
        if id(part) in wanted or not depends[id(part)]:
            continue
        wanted.add(id(part))
        if part.head == "for":
            if array is not None and _runs_over(part, symbol):
                raise InputError(f"entries of {symbol} run through a sum: no derivative after the single {name}")
            if depends[id(part.args[1])]:
                raise InputError(f"{name} stands in the range of a sum: no derivative after it")
            stack.append(part.args[2])
        elif part.head == "index":
            if array is None or latex(part) != entry:
                raise InputError(f"{symbol} stands in an indexed name or an index: no derivative after {name}")
        elif part.head == "name" and array is not None:
            raise InputError(f"{symbol} stands alone: no derivative after its entry {name}")
        elif part.head not in LEAVES and part.head not in _CONSTANT:
            stack.extend(part.args[1:] if part.head == "where" else part.args)
    return [part for part in order if id(part) in wanted]


def _dependence(order: list[Node], symbol: str, entry: str | None) -> dict[int, bool]:
    """Which nodes change with the letter `symbol`, or with the one `entry` of the array `symbol`."""
    depends: dict[int, bool] = {}
    for node in order:
        if node.head in LEAVES:
            depends[id(node)] = node.head == "name" and node.args[0] == symbol
        elif node.head == "for":
            variable, domain, *rest = node.args
            bound = variable.args[0] == symbol
            running = entry is not None and _runs_over(node, symbol)
            inside = not bound and any(depends[id(part)] for part in rest)
            depends[id(node)] = depends[id(domain)] or running or inside
        elif node.head == "index" and entry is not None and depends[id(node.args[0])]:
            running = any(depends[id(part)] for part in node.args[1:])
            depends[id(node)] = running or node.args[0].head != "name" or latex(node) == entry
        else:
            depends[id(node)] = any(depends[id(part)] for part in node.args)
    return depends


def _runs_over(loop: Node, symbol: str) -> bool:
    """Whether entries symbol[…i…] appear under the `for i`."""
    bound = loop.args[0].args[0]
    return any(
        node.head == "index"
        and node.args[0].args == (symbol,)
        and any(bound in free_names(part) for part in node.args[1:])
        for child in loop.args[2:]
        for node in postorder(child)
    )


# -- the rules ------------------------------------------------------------------------------------------

# (the node, what stands for its value, the derivatives of its arguments) → its derivative
_Rule = Callable[[Node, Node, list[Node]], Node]


def _rule(node: Node) -> _Rule:
    if node.head in _CONSTANT:
        return lambda node, own, inner: ZERO
    if node.head not in _RULES:
        remedy = "; it works on whole numbers" if node.head in ("factorial", "binom") else ""
        raise InputError(f"{node.head} has no derivative here{remedy}")
    return _RULES[node.head]


def _chain(outer: Callable[[Node, Node], Node]) -> _Rule:
    """A function of one argument: `outer` of it and of the value, times the inner derivative."""
    return lambda node, own, inner: ZERO if _is_zero(inner[0]) else times(outer(node.args[0], own), inner[0])


def _outside(outer: Callable[[Node, Node], Node]) -> _Rule:
    """The same with the inner derivative first: a cos(a x)."""
    return lambda node, own, inner: ZERO if _is_zero(inner[0]) else times(inner[0], outer(node.args[0], own))


def _is_zero(node: Node) -> bool:
    return numeric(node) == 0


def _product(node: Node, own: Node, inner: list[Node]) -> Node:
    (u, v), (du, dv) = node.args, inner
    return plus(times(du, v, node.head), times(u, dv, node.head))


def _quotient(node: Node, own: Node, inner: list[Node]) -> Node:
    (u, v), (du, dv) = node.args, inner
    if _is_zero(dv):
        return over(du, v, node.head)
    square = Node("^" if node.head == "/" else ".^", (v, number(2)))
    product = "*" if node.head == "/" else ".*"
    if _is_zero(du):
        return negative(over(times(u, dv, product), square, node.head))
    return over(minus(times(du, v, product), times(u, dv, product)), square, node.head)


def _power(node: Node, own: Node, inner: list[Node]) -> Node:
    (u, n), (du, dn) = node.args, inner
    product = "*" if node.head == "^" else ".*"
    if _is_zero(dn):
        outer = times(n, power(u, less_one(n), node.head))
        return times(outer, du, product) if not _is_zero(du) else ZERO
    euler = _is_zero(du) and u.head == "name" and u.args[0] == "e"
    logarithm = ONE if euler else Node("log", (u,))
    if _is_zero(du):
        return times(times(own, logarithm, product), dn, product)
    inside = plus(times(dn, logarithm, product), over(times(n, du, product), u, "/" if product == "*" else "./"))
    return times(own, inside, product)


def _log_base(node: Node, own: Node, inner: list[Node]) -> Node:
    (u, b), (du, db) = node.args, inner
    logarithm = Node("log", (b,))
    direct = over(du, times(u, logarithm))
    if _is_zero(db):
        return direct
    return minus(direct, over(times(own, db), times(b, logarithm)))


def _logarithm(base: int | None) -> _Rule:
    def rule(node: Node, own: Node, inner: list[Node]) -> Node:
        u = node.args[0]
        return over(inner[0], u if base is None else times(u, Node("log", (number(base),))))

    return rule


def _where(node: Node, own: Node, inner: list[Node]) -> Node:
    return _choice(node.args[0], inner[1], inner[2])


def _choice(condition: Node, chosen: Node, other: Node) -> Node:
    a, b = numeric(chosen), numeric(other)
    return chosen if chosen is other or (a is not None and a == b) else Node("where", (condition, chosen, other))


def _greatest(sign: str) -> _Rule:
    """The slope of the greatest; of two equal ones the constant's, else the later one's."""

    def rule(node: Node, own: Node, inner: list[Node]) -> Node:
        if len(node.args) == 1 or node.args[-1].head == "axis":
            raise InputError(f"{node.head} over an array or a range has no derivative here: write it out with where")
        best, slope = node.args[-1], inner[-1]
        for part, change in reversed(list(zip(node.args[:-1], inner[:-1], strict=True))):
            if _is_zero(change):
                slope = _choice(Node(sign, (best, part)), slope, change)
            else:
                slope = _choice(Node(sign, (part, best)), change, slope)
            best = Node(node.head, (part, best))
        return slope

    return rule


def _over_range(rule: Callable[[Node, Node, Node], Node]) -> _Rule:
    def checked(node: Node, own: Node, inner: list[Node]) -> Node:
        if node.args[0].head != "for":
            raise InputError(f"{node.head} of an array has no derivative here: write {node.head}(… for i in …)")
        return ZERO if _is_zero(inner[0]) else rule(node, own, inner[0])

    return checked


def _total(node: Node, body: Node) -> Node:
    """`node` with another term, whose sign and number stand before the sum."""
    variable, domain, _, *condition = node.args[0].args
    factor, rest = front(body)
    head = "sum" if node.head == "prod" else node.head
    return times(factor, Node(head, (Node("for", (variable, domain, rest, *condition)),)))


def _sigmoid(u: Node, value: Node) -> Node:
    return times(value, minus(ONE, value))


def _erf(node: Node, own: Node, inner: list[Node]) -> Node:
    bell = Node("exp", (negative(Node("^", (node.args[0], number(2)))),))
    return over(times(times(number(2), inner[0]), bell), Node("sqrt", (letter("pi"),)))


_CONSTANT = frozenset("sign floor ceil trunc round step argmax argmin == != < <= > >= and or not any all".split())
_RULES: dict[str, _Rule] = {
    "+": lambda node, own, inner: plus(*inner),
    "-": lambda node, own, inner: minus(*inner),
    "neg": lambda node, own, inner: negative(inner[0]),
    "%": lambda node, own, inner: over(inner[0], number(100)),
    "*": _product, ".*": _product, "/": _quotient, "./": _quotient, "^": _power, ".^": _power,
    "exp": _outside(lambda u, value: value),
    "log": _logarithm(None), "ln": _logarithm(None), "log2": _logarithm(2), "log10": _logarithm(10),
    "log_b": _log_base,
    "sqrt": lambda node, own, inner: over(inner[0], times(number(2), own)),
    "abs": _chain(lambda u, value: Node("sign", (u,))),
    "sin": _outside(lambda u, value: Node("cos", (u,))),
    "cos": _outside(lambda u, value: negative(Node("sin", (u,)))),
    "tanh": _chain(lambda u, value: minus(ONE, Node("^", (value, number(2))))),
    "sigmoid": _chain(_sigmoid),
    "softplus": _chain(lambda u, value: Node("sigmoid", (u,))),
    "erf": _erf,
    "relu": lambda node, own, inner: _choice(Node(">", (node.args[0], ZERO)), inner[0], ZERO),
    "where": _where, "max": _greatest(">"), "min": _greatest("<"),
    "sum": _over_range(lambda node, own, body: _total(node, body)),
    "mean": _over_range(lambda node, own, body: _total(node, body)),
    "prod": _over_range(lambda node, own, body: times(own, _total(node, over(body, node.args[0].args[2])))),
}  # fmt: skip
