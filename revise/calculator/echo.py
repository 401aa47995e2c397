"""A tree with operations as maths, and as one line of plain signs that is read back as the same tree."""

import re
from collections.abc import Callable

from revise.calculator.reading import is_operation, letters_in, orders
from revise.engines.latex import latex
from revise.engines.text import text
from revise.expression import LEAVES, Node, name, postorder
from revise.expression.lexer import GREEK
from revise.numerals import Numerals

_FULL = Numerals(digits=15, exact=True)
_PLAIN = str.maketrans({"·": "*", "−": "-", "⊙": ".*", "≤": "<=", "≥": ">=", "≠": "!=", **GREEK})
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def line(tree: Node) -> str:
    """`tree` in one line without special signs, to be copied: 2*x^2 + exp(-w0)."""
    shown = text(tree, _FULL)
    shown = re.sub(r"(\d\.\d*?)0+(?![\d])", r"\1", shown)
    shown = re.sub(r"(\d)\.(?![\d])", r"\1", shown)
    shown = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda match: "^" + match.group().translate(_RAISED), shown)
    shown = re.sub(r"−\((√[\w.]+)\)(?![\^⁰¹²³⁴⁵⁶⁷⁸⁹])", r"−\1", shown)
    shown = re.sub(r"(^|[\[(,;] ?)−\((\d+/\d+)\)(?![\^⁰¹²³⁴⁵⁶⁷⁸⁹])", r"\1−\2", shown)
    shown = re.sub(r"√([\w.]+)", r"sqrt(\1)", shown)
    return shown.translate(_LOWERED).translate(_PLAIN)


def maths(root: Node) -> str:
    """`root` in LaTeX, its operations as a textbook sets them: d/dx, ∫, lim."""
    outermost = [node for node in postorder(root) if is_operation(node)]
    if is_operation(root):
        return _ROWS.get(root.head, _call)(root)
    inside = {id(part) for node in outermost for part in postorder(node) if part is not node}
    made: dict[int, Node] = {}
    parts: dict[str, str] = {}
    for node in postorder(root):
        if is_operation(node) and id(node) not in inside:
            word = "zz" + "".join(chr(ord("a") + int(digit)) for digit in str(len(parts))) + "zz"
            opaque = node.head in _OPEN
            inner = maths(node)
            parts[rf"\text{{{word}}}"] = rf"\left({inner}\right)" if opaque else inner
            made[id(node)] = name(word)
        elif node.head in LEAVES or id(node) in inside:
            made[id(node)] = node
        else:
            made[id(node)] = Node(node.head, tuple(made[id(child)] for child in node.args), node.at)
    shown = latex(made[id(root)])
    for word, inner in parts.items():
        shown = shown.replace(word, inner)
    return shown


def _inside(node: Node) -> str:
    return rf"\left({maths(node)}\right)"


def _operand(node: Node) -> str:
    """What stands behind d/dx, ∫ or lim; a list or a matrix has brackets of its own."""
    plain = node.head in (
        "name",
        "list",
        "matrix",
        "^",
        "/",
        "exp",
        "sin",
        "cos",
        "tanh",
        "log",
        "ln",
        "sigmoid",
        "sqrt",
    )
    return maths(node) if plain and not is_operation(node) else _inside(node)


def _derivative(node: Node) -> str:
    letters = orders(node)
    sign = r"\partial" if len(set(letters)) > 1 or len(letters_in(node.args[0])) > 1 else r"\mathrm{d}"
    power = f"^{{{len(letters)}}}" if len(letters) > 1 else ""
    below = ""
    for letter in reversed(list(dict.fromkeys(letters))):
        times = letters.count(letter)
        below += (
            (sign + " " if sign == r"\partial" else sign) + latex(name(letter)) + (f"^{{{times}}}" if times > 1 else "")
        )
    return rf"\frac{{{sign}{power}}}{{{below}}}{_inside(node.args[0])}"


def _integral(node: Node) -> str:
    function, letter, *ends = node.args
    limits = rf"_{{{maths(ends[0])}}}^{{{maths(ends[1])}}}" if ends else ""
    inner = _inside(function) if function.head in ("+", "-", "neg") else maths(function)
    return rf"\int{limits} {inner}\,\mathrm{{d}}{latex(letter)}"


def _limit(node: Node) -> str:
    function, letter, end, *side = node.args
    above = "^{+}" if side and side[0].args[0] == "right" else "^{-}" if side else ""
    return rf"\lim_{{{latex(letter)} \to {maths(end)}{above}}} {_operand(function)}"


def _sum(node: Node) -> str:
    function, letter, low, high = node.args
    return rf"\sum_{{{latex(letter)}={maths(low)}}}^{{{maths(high)}}} {_operand(function)}"


def _nabla(node: Node) -> str:
    return rf"\nabla {_inside(node.args[0])}"


def _hessian(node: Node) -> str:
    return rf"\nabla^{{2}} {_inside(node.args[0])}"


def _norm(node: Node) -> str:
    order = (
        {"fro": "F", "inf": r"\infty"}.get(str(node.args[1].args[0]), str(node.args[1].args[0]))
        if node.args[1:]
        else ""
    )
    return rf"\left\|{maths(node.args[0])}\right\|" + (f"_{{{order}}}" if order else "")


def _call(node: Node) -> str:
    inside = r",\, ".join(_argument(part) for part in node.args)
    return rf"\operatorname{{{node.head}}}\left({inside}\right)"


def _argument(node: Node) -> str:
    """A list of equations or letters in one line; a matrix stays a block."""
    if node.head == "list":
        return r"\left[" + r",\, ".join(map(maths, node.args)) + r"\right]"
    return maths(node)


_OPEN = frozenset({"diff", "integrate", "limit", "sum", "grad", "hessian", "inverse", "transpose"})
_ROWS: dict[str, Callable[[Node], str]] = {
    "diff": _derivative,
    "integrate": _integral,
    "limit": _limit,
    "sum": _sum,
    "grad": _nabla,
    "hessian": _hessian,
    "norm": _norm,
    "inverse": lambda node: _raised(node, "-1"),
    "transpose": lambda node: _raised(node, r"\top"),
}


def _raised(node: Node, exponent: str) -> str:
    inner = node.args[0]
    bare = inner.head in ("name", "matrix", "list") and not is_operation(inner)
    return rf"{maths(inner) if bare else _inside(inner)}^{{{exponent}}}"
