"""Each operation of the language in LaTeX, from its arguments' pieces."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from revise.engines.latex_names import name_piece, sole_label, word
from revise.engines.latex_pieces import (
    AND,
    ATOM,
    CASES,
    COMPARISON,
    EQUATION,
    MATRIX_PRODUCT,
    NOT,
    OR,
    POWER,
    SUM,
    Piece,
    bracketed,
    dot,
    enclosed,
    entrywise_times,
    held,
    infix,
    joined,
    kronecker,
    less,
    matrix,
    matrix_times,
    negative,
    over,
    piece,
    plus,
    raised,
    slashed,
    times,
)
from revise.expression import Node


@dataclass(frozen=True, slots=True)
class Place:
    """A node whose arguments are set already."""

    node: Node
    args: list[Piece]
    script: bool  # it stands in an exponent or a subscript
    short: bool  # exp as e^{…}
    done: dict[tuple[int, bool], Piece]

    def below(self, node: Node, script: bool) -> Piece:
        """A part further down."""
        return self.done[id(node), script]


def _call(command: str, args: list[Piece]) -> Piece:
    inside = bracketed(joined(args, ", "))
    return piece(command, inside, edges=("call", "bracket"), tall=inside.tall)


def _function(command: str, level: int = ATOM) -> Callable[[Place], Piece]:
    def row(at: Place) -> Piece:
        if at.node.args[0].head == "for":
            return _binding(at, command)
        axis = at.node.args[-1].head == "axis"
        subscript = [piece("_{", _along(at, command), "}")] if axis else []
        call = _call(command, at.args[:-1] if axis else at.args)
        return replace(call, level=level, parts=(command, *subscript, *call.parts[1:]))

    return row


def _total(command: str) -> Callable[[Place], Piece]:
    def row(at: Place) -> Piece:
        if at.node.args[0].head == "for":
            return _binding(at, command)
        limits = ["_{", _summed(at), "} "] if len(at.args) > 1 else [" "]
        return _terms([command, *limits], at.args[0])

    return row


def _along(at: Place, command: str) -> Piece:
    """What a function along an axis does: over the rows (axis 0), but a softmax makes each column add up to 1."""
    number = at.node.args[-1].args[0].args[0]
    words = ("each column", "each row") if "softmax" in command else ("rows", "columns")
    return piece(rf"\text{{{words[number]}}}") if number in (0, 1) else at.args[-1]


def _summed(at: Place) -> Piece:
    """What a sum along an axis runs over: the rows (axis 0), the columns (axis 1)."""
    number = at.node.args[1].args[0].args[0]
    return piece(rf"\text{{{('rows', 'columns')[number]}}}") if number in (0, 1) else at.args[1]


def _terms(before: list[str | Piece], body: Piece, starts: str = "other") -> Piece:
    body = held(body, MATRIX_PRODUCT)
    edges = (starts, body.ends)
    return piece(*before, body, level=MATRIX_PRODUCT, edges=edges, tall=True, open=True)


def _binding(at: Place, command: str) -> Piece:
    """What a `for` binds, below (and above) the sign."""
    variable, domain, body, *condition = at.node.args[0].args
    limits = _limits(at, domain, at.below(variable, True), condition, command in (r"\sum", r"\prod", ""))
    return _terms([command, *limits, " "], at.below(body, at.script))


def _limits(at: Place, domain: Node, variable: Piece, condition: list[Node], from_to: bool) -> list[str | Piece]:
    extra = _condition(at, condition)
    if domain.head != "..":
        return ["_{", variable, r" \in ", _set(at, domain), *extra, "}"]
    low, high = (held(at.below(end, True), SUM) for end in domain.args)
    if from_to:
        return ["_{", variable, "=", low, *extra, "}^{", high, "}"]
    return ["_{", low, r" \le ", variable, r" \le ", high, *extra, "}"]


def _condition(at: Place, condition: list[Node]) -> list[str | Piece]:
    return [r",\, ", at.below(condition[0], True)] if condition else []


def _set(at: Place, domain: Node) -> Piece:
    if domain.head == "list" and domain.args[0].head != "for":
        return enclosed(r"\{", joined([at.below(item, True) for item in domain.args], ", "), r"\}")
    return held(at.below(domain, True), SUM)


def _mean(at: Place) -> Piece:
    """1/n Σ where the number of terms can be read off; else the word."""
    if at.node.args[0].head != "for":
        return _function(r"\operatorname{mean}")(at)
    _, domain, _, *condition = at.node.args[0].args
    count: Piece | None = None
    if domain.head == "..":
        low, high = domain.args
        if low.args == (1,):
            count = at.below(high, True)
        elif low.args == (0,) and high.head == "-" and high.args[1].args == (1,):
            count = at.below(high.args[0], True)
    elif domain.head == "name":
        count = piece("|", at.below(domain, True), "|")
    if count is None or condition:
        return _binding(at, r"\operatorname{mean}")
    return _terms([r"\frac{1}{", count, "} "], _binding(at, r"\sum"), "frac")


def _quantifier(sign: str, word: str) -> Callable[[Place], Piece]:
    def row(at: Place) -> Piece:
        if at.node.args[0].head != "for":
            return _function(rf"\operatorname{{{word}}}")(at)
        variable, domain, body, *condition = at.node.args[0].args
        parts: list[str | Piece] = [sign + " ", at.below(variable, True), r" \in ", _set(at, domain)]
        parts += [*_condition(at, condition), ": "]
        return piece(*parts, at.below(body, at.script), level=CASES, tall=at.args[0].tall)

    return row


def _list(at: Place) -> Piece:
    if at.node.args[0].head == "for":
        variable, domain, body, *condition = at.node.args[0].args
        if body.head == "list" and body.args[0].head == "for" and not condition:
            return _table(at, variable, body.args[0])
        limits = _limits(at, domain, at.below(variable, True), condition, True)
        return piece(bracketed(at.below(body, at.script)), *limits, level=POWER, edges=("bracket", "script"))
    if all(item.head == "list" and item.args[0].head != "for" for item in at.node.args):
        return matrix([[at.below(item, at.script) for item in row.args] for row in at.node.args])
    return matrix([[item] for item in at.args])


def _table(at: Place, row: Node, columns: Node) -> Piece:
    """A list of lists as a textbook writes a matrix: (a_{i,j})_{i,j}."""
    indices = joined([at.below(variable, True) for variable in (row, columns.args[0])], ",")
    entry = bracketed(at.below(columns.args[2], at.script))
    return piece(entry, "_{", indices, "}", level=POWER, edges=("bracket", "script"))


def _rows(at: Place) -> Piece:
    return matrix([[at.below(item, at.script) for item in row.args] for row in at.node.args])


def _exp(at: Place) -> Piece:
    if at.short:
        return piece("e^{", at.args[0], "}", level=POWER, edges=("letter", "script"))
    return _function(r"\exp", POWER)(at)


_RAISED = {name: rf"\{name}" for name in ("sin", "cos", "tanh", "log", "ln")}  # \tanh^{2}(x)


def _power(at: Place) -> Piece:
    under, exponent = at.node.args
    if under.head in _RAISED and exponent.head == "number" and exponent.args[0] > 1 and at.args[1].ends == "digit":
        inside = bracketed(at.below(under.args[0], at.script))
        parts = (_RAISED[under.head], "^{", at.args[1], "}", inside)
        return piece(*parts, level=POWER, edges=("call", "bracket"), tall=inside.tall)
    return raised(*at.args)


def _entry(at: Place) -> Piece:
    array, index = at.node.args[0], joined(at.args[1:], ",")
    if len(at.args) == 2 and at.node.args[1].head == "label":
        index = piece(word(sole_label(at.node.args[1].args[0])), edges="word")
    if array.head == "name":
        return name_piece(array.args[0], index)
    under = bracketed(at.args[0]) if array.head in ("index", "norm") else held(at.args[0], ATOM)
    return piece(under, "_{", index, "}", edges=(under.starts, "script"), tall=under.tall)


def _absolute(at: Place) -> Piece:
    inner = at.args[0]
    if "bar" in (inner.starts, inner.ends):
        inner = bracketed(inner)
    if inner.level == ATOM and not inner.tall:
        return piece("|", inner, "|", edges="bar")
    return piece(r"\left|", inner, r"\right|", edges="bar", tall=inner.tall)


def _norm(at: Place) -> Piece:
    order = at.args[1] if len(at.args) > 1 else "2"
    bars = (r"\left\|", r"\right\|") if at.args[0].tall else (r"\|", r"\|")
    return piece(bars[0], at.args[0], bars[1], "_{", order, "}", edges="bar", tall=at.args[0].tall)


def _where(at: Place) -> Piece:
    condition, chosen, other = at.args
    row: list[str | Piece] = [chosen, r" & \text{if } ", condition, r" \\ "]
    nested = at.node.args[2].head == "where"
    row += [other.parts[1]] if nested else [other, r" & \text{otherwise}"]
    return piece(r"\begin{cases} ", piece(*row), r" \end{cases}", level=CASES, tall=True)


def _equation(at: Place) -> Piece:
    sides = [
        bracketed(part) if child.head in ("==", "=") else part
        for child, part in zip(at.node.args, at.args, strict=True)
    ]
    return infix(sides[0], " = ", sides[1], EQUATION)


def _between(left: str, right: str) -> Callable[[Place], Piece]:
    return lambda at: enclosed(left, joined(at.args, ", "), right)


def _relation(sign: str) -> Callable[[Place], Piece]:
    return lambda at: infix(held(at.args[0], SUM), f" {sign} ", held(at.args[1], SUM), COMPARISON)


def _join(sign: str, level: int) -> Callable[[Place], Piece]:
    return lambda at: infix(held(at.args[0], level), f" {sign} ", held(at.args[1], level), level)


def _pair(product: Callable[[Piece, Piece], Piece]) -> Callable[[Place], Piece]:
    return lambda at: product(at.args[0], at.args[1])


def _inverse(part: Piece) -> Piece:
    return raised(part, "-1")


def _constant(symbol: str) -> Callable[[Place], Piece]:
    return lambda at: piece(symbol, "_{", joined(at.args, r" \times "), "}", edges=("letter", "script"))


def _after(sign: str, edge: str) -> Callable[[Place], Piece]:
    def row(at: Place) -> Piece:
        under = held(at.args[0], ATOM)
        return piece(under, sign, level=POWER, edges=(under.starts, edge), tall=under.tall)

    return row


def _quotient(at: Place) -> Piece:
    return (slashed if at.script else over)(at.args[0], at.args[1])


ROWS: dict[str, Callable[[Place], Piece]] = {
    "=": _equation, "or": _join(r"\lor", OR), "and": _join(r"\land", AND),
    "not": lambda at: piece(r"\lnot ", bracketed(at.args[0]) if at.args[0].level < ATOM else at.args[0], level=NOT,
                            tall=at.args[0].tall),
    "<": _relation("<"), "<=": _relation(r"\le"), ">": _relation(">"), ">=": _relation(r"\ge"),
    "==": _relation("="), "!=": _relation(r"\ne"),
    "..": lambda at: enclosed(r"\{", joined([at.args[0], piece(r"\dots"), at.args[1]], ", "), r"\}"),
    "+": _pair(plus), "-": _pair(less), "neg": lambda at: negative(at.args[0]),
    "*": _pair(times), "@": _pair(matrix_times), ".*": _pair(entrywise_times), "/": _quotient, "./": _quotient,
    "^": _power, "matpow": _power,
    ".^": lambda at: raised(at.args[0], piece(r"\circ ", held(at.args[1], POWER))),
    "factorial": _after("!", "script"), "%": _after(r"\%", "word"), ".T": _after(r"^{\top}", "script"),
    "index": _entry, "list": _list, "matrix": _rows,
    "for": lambda at: at.args[2], "axis": lambda at: piece(word("axis"), "=", at.args[0]),
    "exp": _exp, "log2": _function(r"\log_{2}", POWER), "log10": _function(r"\log_{10}", POWER),
    **{name: _function(command, POWER) for name, command in _RAISED.items()},
    "log_b": lambda at: replace(_call_with(r"\log", at.args[1], at.args[0]), level=POWER),
    "sqrt": lambda at: piece(r"\sqrt{", at.args[0], "}", level=POWER, edges=("call", "root"), tall=at.args[0].tall),
    "abs": _absolute, "norm": _norm, "floor": _between(r"\lfloor", r"\rfloor"), "ceil": _between(r"\lceil", r"\rceil"),
    "sigmoid": _function(r"\sigma"), "relu": _function(r"\operatorname{ReLU}"), "det": _function(r"\det"),
    "trace": _function(r"\operatorname{tr}"), "var": _function(r"\operatorname{var}"),
    **{name: _function(rf"\operatorname{{{name}}}") for name in
       "sign trunc round step softplus erf diag tril onehot len shape softmax logsumexp".split()},
    "max": _function(r"\max"), "min": _function(r"\min"),
    "argmax": _function(r"\arg\max"), "argmin": _function(r"\arg\min"),
    "sum": _total(r"\sum"), "prod": _total(r"\prod"), "mean": _mean,
    "any": _quantifier(r"\exists", "any"), "all": _quantifier(r"\forall", "all"), "where": _where,
    "binom": lambda at: piece(r"\binom{", at.args[0], "}{", at.args[1], "}", level=POWER, edges="frac", tall=True),
    "dot": _pair(dot), "outer": lambda at: matrix_times(at.args[0], raised(at.args[1], r"\top")),
    "kron": lambda at: kronecker(at.args[0], at.args[1]),
    "inv": lambda at: _inverse(at.args[0]), "solve": lambda at: matrix_times(_inverse(at.args[0]), at.args[1]),
    "eye": _constant("I"), "zeros": _constant(r"\mathbf{0}"), "ones": _constant(r"\mathbf{1}"),
    "concat": lambda at: enclosed("[", joined(at.args, "; "), "]"),
}  # fmt: skip


def _call_with(command: str, subscript: Piece, argument: Piece) -> Piece:
    call = _call(command, [argument])
    return replace(call, parts=(command, "_{", subscript, "}", *call.parts[1:]))
