"""The steps of a derivative: which rule is applied to which part, with its u and v, innermost parts first."""

from collections.abc import Callable
from typing import NamedTuple

from revise.engines.derivative import derivative
from revise.expression import LEAVES, Node, free_names, postorder

_MOST = 60  # steps that are shown
# function → its name, its derivative, and that with the chain rule
_FUNCTIONS = {
    "exp": ("exponential function", "(eˣ)′ = eˣ", "(eᵘ)′ = eᵘ u′"),
    "log": ("logarithm", "(log x)′ = 1/x", "(log u)′ = u′/u"),
    "ln": ("logarithm", "(ln x)′ = 1/x", "(ln u)′ = u′/u"),
    "log2": ("logarithm", "(log₂ x)′ = 1/(x log 2)", "(log₂ u)′ = u′/(u log 2)"),
    "log10": ("logarithm", "(log₁₀ x)′ = 1/(x log 10)", "(log₁₀ u)′ = u′/(u log 10)"),
    "log_b": ("logarithm", "(log_b x)′ = 1/(x log b)", "(log_b u)′ = u′/(u log b)"),
    "sqrt": ("square root", "(√x)′ = 1/(2√x)", "(√u)′ = u′/(2√u)"),
    "sin": ("sine", "(sin x)′ = cos x", "(sin u)′ = u′ cos u"),
    "cos": ("cosine", "(cos x)′ = −sin x", "(cos u)′ = −u′ sin u"),
    "tanh": ("hyperbolic tangent", "(tanh x)′ = 1 − tanh² x", "(tanh u)′ = (1 − tanh² u) u′"),
    "sigmoid": ("logistic function", "σ(x)′ = σ(x) (1 − σ(x))", "σ(u)′ = σ(u) (1 − σ(u)) u′"),
    "softplus": ("softplus", "softplus(x)′ = σ(x)", "softplus(u)′ = σ(u) u′"),
    "relu": ("ReLU", "ReLU(x)′ = 1 where x > 0, else 0", "ReLU(u)′ = u′ where u > 0, else 0"),
    "abs": ("absolute value", "|x|′ = sign(x)", "|u|′ = sign(u) u′"),
    "erf": ("error function", "erf(x)′ = 2/√π · exp(−x²)", "erf(u)′ = 2/√π · exp(−u²) u′"),
}
_RULES = frozenset({"*", ".*", "/", "./", "^", ".^"})
_Said = Callable[..., "Applied"]


class Applied(NamedTuple):
    """`part`′ = `result` by `rule`; `named` are the u, v, c, n of `law` with their derivatives."""

    rule: str
    law: str
    part: Node
    result: Node
    named: tuple[tuple[str, Node], ...]


def steps(root: Node, letter: str) -> list[Applied]:
    """The rules that lead to the derivative of `root` by `letter`; [] where there are too many to be read."""
    moving: dict[int, bool] = {}
    for node in postorder(root):
        moving[id(node)] = letter in free_names(node)
    if sum(moving[id(node)] and node.head not in LEAVES for node in postorder(root)) > 4 * _MOST:
        return []
    covered: set[int] = set()
    found: list[Applied] = []
    for node in reversed(postorder(root)):
        if id(node) in covered or not moving[id(node)] or node.head in LEAVES:
            continue
        applied = _applied(node, letter, moving, covered)
        if applied is not None and not any(applied.part is each.part for each in found):
            found.append(applied)
    found.reverse()
    return found if len(found) <= _MOST else []


def _applied(node: Node, letter: str, moving: dict[int, bool], covered: set[int]) -> Applied | None:
    result = derivative(node, letter)

    def primed(*names: tuple[str, Node]) -> tuple[tuple[str, Node], ...]:
        shown: list[tuple[str, Node]] = []
        for word, part in names:
            shown.append((word, part))
            if word in "uvw" and moving[id(part)]:
                shown.append((word + "′", derivative(part, letter)))
        return tuple(shown)

    def said(rule: str, law: str, *names: tuple[str, Node]) -> Applied:
        return Applied(rule, law, node, result, primed(*names))

    head = node.head
    if head in ("+", "-", "neg"):
        terms = _terms(node, covered)
        if head == "neg" and len(terms) == 1:
            return said("constant factor", "(−u)′ = −u′", ("u", node.args[0]))
        if all(_is_trivial(term, letter, moving) for term in terms):
            return said("sum, term by term", "(u + v)′ = u′ + v′; (c u)′ = c u′; a constant has the derivative 0")
        return said("sum rule", "(u + v)′ = u′ + v′, term by term")
    if head not in _RULES and head not in _FUNCTIONS:
        return said("by its definition", "case by case; at a kink the derivative is taken as 0")
    if head in ("*", ".*"):
        left, right = node.args
        if not moving[id(left)] or not moving[id(right)]:
            constant, rest = (left, right) if moving[id(right)] else (right, left)
            if rest.head == "name":
                return said("constant factor", "(c x)′ = c", ("c", constant))
            return said("constant factor", "(c u)′ = c u′", ("c", constant), ("u", rest))
        return said("product rule", "(u v)′ = u′ v + u v′", ("u", left), ("v", right))
    if head in ("/", "./"):
        above, below = node.args
        if not moving[id(below)]:
            return said("constant factor", "(u/c)′ = u′/c", ("c", below), ("u", above))
        if not moving[id(above)]:
            return said("quotient rule, the numerator constant", "(c/v)′ = −c v′/v²", ("c", above), ("v", below))
        return said("quotient rule", "(u/v)′ = (u′ v − u v′)/v²", ("u", above), ("v", below))
    if head in ("^", ".^"):
        return _power(node, moving, said)
    if head == "log_b" and moving[id(node.args[1])]:
        return said(
            "change of base, quotient rule", "log_b u = log(u)/log(b)", ("u", node.args[0]), ("b", node.args[1])
        )
    inner = node.args[0]
    word, own, chained = _FUNCTIONS[head]
    if inner.head == "name":
        return said(f"derivative of the {word}", own)
    return said(f"chain rule: outside the {word}, inside u", chained, ("u", inner))


def _power(node: Node, moving: dict[int, bool], said: _Said) -> Applied:
    base, exponent = node.args
    if not moving[id(exponent)]:
        if base.head == "name":
            return said("power rule", "(xⁿ)′ = n xⁿ⁻¹", ("n", exponent))
        return said("power rule and chain rule", "(uⁿ)′ = n uⁿ⁻¹ u′", ("u", base), ("n", exponent))
    if not moving[id(base)]:
        if base.head == "name" and base.args[0] == "e":
            return said("chain rule: outside the exponential function, inside u", "(eᵘ)′ = eᵘ u′", ("u", exponent))
        return said("exponential function of another base", "(aᵘ)′ = aᵘ log(a) u′", ("a", base), ("u", exponent))
    law = "uᵛ = exp(v log u), so (uᵛ)′ = uᵛ (v′ log u + v u′/u)"
    return said("power of which both parts move", law, ("u", base), ("v", exponent))


def _terms(node: Node, covered: set[int]) -> list[Node]:
    """The terms of a chain of sums; the sums inside need no step of their own."""
    terms, stack = [], [*node.args]
    while stack:
        part = stack.pop()
        if part.head in ("+", "-", "neg"):
            covered.add(id(part))
            stack.extend(part.args)
        else:
            terms.append(part)
    return terms


def _is_trivial(term: Node, letter: str, moving: dict[int, bool]) -> bool:
    if not moving[id(term)] or term.head == "name":
        return True
    return (
        term.head == "*"
        and any(part.head == "name" and part.args[0] == letter for part in term.args)
        and not all(moving[id(part)] for part in term.args)
    )
