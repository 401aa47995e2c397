"""Tree → LaTeX, as a textbook sets it. Brackets stand where the meaning needs them, and nowhere else."""

import re
from collections.abc import Mapping
from fractions import Fraction

from revise.engines.arrays import Array
from revise.engines.latex_names import decimal_piece, name_piece, number_piece, sole_label, word
from revise.engines.latex_operations import ROWS, Place
from revise.engines.latex_pieces import Piece, bracketed, enclosed, flat, joined, matrix, piece
from revise.expression import FORMULA, LEAVES, Node, parse, postorder


def latex(node: Node) -> str:
    """The formula in standard LaTeX (amsmath).

    Fractions lie flat in exponents and subscripts; a list is a column. Raises InputError where the text
    would be longer than two million characters.
    """
    return flat(_piece(node))


def latex_name(name: str) -> str:
    """The symbol of a name: `lambda` → \\lambda, `W1` → W_{1}, `dL_dW1` → ∂L/∂W₁, `lr` → \\text{lr}."""
    return flat(name_piece(name))


def latex_target(name: str, at: Mapping[str, object] | None = None) -> str:
    """A step's name with its index letters filled in: "h[t]", {"t": 3} → h_{3}; labels stand upright."""
    match = re.fullmatch(r"\s*(\w+)\s*(?:\[(.*)\])?\s*", name, re.DOTALL)
    if match is None or match[2] is None:
        return latex_name(name.strip())
    letters, filled = [text.strip() for text in match[2].split(",")], dict(at or {})
    if len(letters) == 1 and isinstance(label := filled.get(letters[0]), str):
        filled[letters[0]] = sole_label(label)
    parts = [_index(text, filled) for text in letters]
    return flat(name_piece(match[1], joined(parts, ",")))


def latex_value(value: object, *, digits: int = 4, column: bool = True) -> str:
    """A value as a step shows it: number, truth value, label, tree, Array, tuple or table (dict).

    Floats have at most `digits` decimal places. A vector is a column, or a row with `column=False`.
    """
    return flat(_value(value, digits, column))


# -- values -------------------------------------------------------------------------------------------


def _index(text: str, at: Mapping[str, object]) -> Piece:
    if text in at:
        return _value(at[text], 4, True)
    return piece(":") if text == ":" else _piece(parse(text, limits=FORMULA))


def _value(value: object, digits: int, column: bool) -> Piece:
    if isinstance(value, bool):
        return piece(word("true" if value else "false"), edges="word")
    if isinstance(value, float):
        return decimal_piece(value, digits)
    if isinstance(value, int | Fraction):
        return number_piece(value)
    if isinstance(value, str):
        return piece(word(value), edges="word")
    if isinstance(value, Node):
        return _piece(value)
    if isinstance(value, Array):
        return _array(value, digits, column)
    if isinstance(value, tuple | list):
        return bracketed(joined([_value(item, digits, column) for item in value], ", "))
    if isinstance(value, dict):
        pairs = [[_value(part, digits, column) for part in pair] for pair in value.items()]
        return enclosed(r"\{", joined([joined(pair, r" \mapsto ") for pair in pairs], ", "), r"\}")
    raise TypeError(f"no LaTeX for {type(value).__name__}")


def _array(value: Array, digits: int, column: bool) -> Piece:
    size = len(value.flat) // value.shape[0] if value.shape[0] else 0
    if len(value.shape) > 2:
        slices = [value.flat[i * size : (i + 1) * size] for i in range(value.shape[0])]
        parts = [_array(Array(value.shape[1:], entries), digits, column) for entries in slices]
        return enclosed("[", joined(parts, ", "), "]")
    entries = [_value(entry, digits, column) for entry in value.flat]
    width = size if len(value.shape) == 2 else 1 if column else len(entries)
    return matrix([entries[i : i + width] for i in range(0, len(entries), width or 1)])


# -- the walk -----------------------------------------------------------------------------------------


def _piece(root: Node) -> Piece:
    """One iterative post-order walk over (node, does it stand in a script?)."""
    short = _short_exponents(root)
    done: dict[tuple[int, bool], Piece] = {}
    stack: list[tuple[Node, bool, bool]] = [(root, False, False)]
    while stack:
        node, script, ready = stack.pop()
        if (id(node), script) in done:
            continue
        if node.head in LEAVES:
            done[id(node), script] = _leaf(node, script)
            continue
        scripts = [True] if id(node) in short else _scripts(node, script)
        if ready:
            args = [done[id(child), small] for child, small in zip(node.args, scripts, strict=True)]
            done[id(node), script] = ROWS[node.head](Place(node, args, script, id(node) in short, done))
        else:
            stack.append((node, script, True))
            stack.extend((child, small, False) for child, small in zip(node.args, scripts, strict=True))
    return done[id(root), False]


def _scripts(node: Node, script: bool) -> list[bool]:
    """Which of the arguments stand in an exponent or a subscript."""
    if node.head == "for":
        return [True, True, script, True][: len(node.args)]
    if node.head in ("^", ".^", "matpow", "index", "norm", "log_b"):
        return [script, *[True] * (len(node.args) - 1)]
    if node.head in ("axis", "eye", "zeros", "ones"):
        return [True] * len(node.args)
    return [script] * len(node.args)


_SHORT_EXPONENT = 7  # nodes
_NEVER_SHORT = frozenset("matrix list where for sum prod binom exp".split())


def _short_exponents(root: Node) -> set[int]:
    """The exp(…) that are written e^{…}: flat and of few signs, where e is no letter of the formula."""
    sizes: dict[int, int] = {}
    short: set[int] = set()
    for node in postorder(root):
        if node.head in LEAVES:
            if node.args == ("e",):
                return set()
            sizes[id(node)] = 1
            continue
        size = sum(sizes[id(child)] for child in node.args)
        if node.head == "exp" and size <= _SHORT_EXPONENT:
            short.add(id(node))
        sizes[id(node)] = 99 if node.head in _NEVER_SHORT else min(99, size + 1)
    return short


def _leaf(node: Node, script: bool) -> Piece:
    if node.head == "number":
        return number_piece(node.args[0], script)
    if node.head == "name":
        return name_piece(node.args[0])
    return piece(":") if node.head == ":" else piece(word(node.args[0]), edges="word")
