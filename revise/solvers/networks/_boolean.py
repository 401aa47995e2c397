"""Boolean functions as they are typed: a formula, a column of the truth table, or a name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any

from revise.errors import InputError
from revise.parameters import Kind

MOST = 6  # variables
_LENGTH, _DEPTH = 400, 40

Tree = tuple[Any, ...]  # ("name", x1) · ("constant", 0) · (gate, part, …)

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[01])(?!\w)|(?P<word>[^\W\d_]\w*)"
    r"|(?P<sign><->|<=>|->|=>|&&|\|\||!=|==|[&|~!^¬∧∨⊕⊻→⇒↔⇔≡≠·*×+()\[\]'′=]))"
)
_MEANS = {
    **dict.fromkeys(["and", "&", "&&", "∧", "·", "*", "×"], "and"),
    **dict.fromkeys(["or", "|", "||", "∨", "+"], "or"),
    **dict.fromkeys(["not", "~", "!", "¬"], "not"),
    **dict.fromkeys(["xor", "^", "⊕", "⊻", "!=", "≠"], "xor"),
    **dict.fromkeys(["implies", "->", "=>", "→", "⇒"], "implies"),
    **dict.fromkeys(["xnor", "iff", "<->", "<=>", "==", "=", "↔", "⇔", "≡"], "xnor"),
    **dict.fromkeys(["(", "["], "("),
    **dict.fromkeys([")", "]"], ")"),
    **dict.fromkeys(["'", "′"], "'"),
    "nand": "nand",
    "nor": "nor",
}
_LEVELS = (("xnor",), ("implies",), ("or", "nor"), ("xor",), ("and", "nand"))  # from loose to tight
_NAMED = ("and", "or", "nand", "nor", "xor", "xnor", "parity", "majority", "not")


@dataclass(frozen=True)
class Boolean:
    """`bits` are the values from 0…0 to 1…1, the last of `names` counting fastest; `tree` only of a formula."""

    names: tuple[str, ...]
    bits: tuple[int, ...]
    tree: Tree | None = None

    @property
    def rows(self) -> list[tuple[int, ...]]:
        return list(product((0, 1), repeat=len(self.names)))


def read_boolean(text: str) -> Boolean:
    """`x1 and not x2`, `(a|b) & ~c`, `0110` (the column of the truth table), `xor`, `parity 3`, `majority`."""
    typed = text.strip()
    if len(typed) > _LENGTH:
        raise InputError(f"more than {_LENGTH} characters")
    if not typed:
        raise InputError("write a formula such as x1 and not x2, a column such as 0110, or a name such as xor")
    if re.fullmatch(r"[01][01\s,;]*", typed) and (bits := re.findall("[01]", typed)):
        return _column(list(map(int, bits)))
    if named := re.fullmatch(rf"({'|'.join(_NAMED)})[\s\-_(]*(\d+)?\)?", typed.lower()):
        return _named(named[1], named[2])
    tree = _read(typed)
    names = tuple(sorted(set(_names(tree)), key=_order))
    if not 1 <= len(names) <= MOST:
        raise InputError(f"{len(names)} variables; it takes 1 to {MOST}")
    rows = product((0, 1), repeat=len(names))
    return Boolean(names, tuple(value(tree, dict(zip(names, row, strict=True))) for row in rows), tree)


Function = Annotated[Boolean, Kind("boolean function", '"x1 and not x2"', read_boolean)]


def value(tree: Tree, row: Mapping[str, int]) -> int:
    """0 or 1."""
    head, *parts = tree
    if head == "name":
        return row[parts[0]]
    if head == "constant":
        return int(parts[0])
    values = [value(part, row) for part in parts]
    if head == "implies":
        return int(not values[0] or values[1])
    found = {
        "not": not values[0], "and": all(values), "nand": not all(values), "or": any(values), "nor": not any(values),
        "xor": sum(values) % 2, "xnor": len(values) == 2 and values[0] == values[1],
    }  # fmt: skip
    return int(found[head])


def _column(bits: list[int]) -> Boolean:
    count = len(bits).bit_length() - 1
    if len(bits) != 2**count or not 1 <= count <= MOST:
        raise InputError(f"{len(bits)} values: a truth table of n inputs has 2ⁿ: 2, 4, 8 … {2**MOST}")
    return Boolean(_variables(count), tuple(bits))


def _named(word: str, count_text: str | None) -> Boolean:
    count = int(count_text or {"not": 1, "parity": 3, "majority": 3}.get(word, 2))
    least = 1 if word == "not" else 2
    if not least <= count <= (1 if word == "not" else MOST):
        raise InputError(f"{word} of {count} inputs; it takes {least} to {MOST}")
    if word == "majority" and count % 2 == 0:
        raise InputError(f"majority of {count} inputs can be a tie: take an odd number")
    bits = []
    for row in product((0, 1), repeat=count):
        ones = sum(row)
        truth = {
            "and": ones == count, "nand": ones < count, "or": ones > 0, "nor": ones == 0, "xor": ones % 2 == 1,
            "parity": ones % 2 == 1, "xnor": ones % 2 == 0, "majority": 2 * ones > count, "not": ones == 0,
        }  # fmt: skip
        bits.append(int(truth[word]))
    return Boolean(_variables(count), tuple(bits))


def _variables(count: int) -> tuple[str, ...]:
    return tuple(f"x{place}" for place in range(1, count + 1))


def _names(tree: Tree) -> list[str]:
    if tree[0] == "name":
        return [tree[1]]
    return [] if tree[0] == "constant" else [name for part in tree[1:] for name in _names(part)]


def _order(name: str) -> tuple[str, int, str]:
    match = re.fullmatch(r"(.*?)(\d*)", name)
    assert match
    return match[1], int(match[2] or 0), name


def _read(text: str) -> Tree:
    tokens: list[str] = []
    place = 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise InputError(f"{text[place:].strip()[:12]!r} can't be read; write and, or, not, xor, ( and )")
        word = match["word"]
        if word and word.lower() in _MEANS:
            tokens.append(_MEANS[word.lower()])
        elif word or match["number"]:
            tokens.append(f"{'name' if word else 'constant'}:{word or match['number']}")
        else:
            tokens.append(_MEANS[match["sign"]])
        place = match.end()
    tree, rest = _level(tokens, 0, 0)
    if rest:
        raise InputError(f"{_spelled(rest[0])} stands where nothing is expected; between two parts stands and or or")
    return tree


def _spelled(token: str) -> str:
    return repr(token.partition(":")[2] or token)


def _level(tokens: list[str], level: int, depth: int) -> tuple[Tree, list[str]]:
    if depth > _DEPTH:
        raise InputError(f"more than {_DEPTH} brackets inside each other")
    if level == len(_LEVELS):
        return _operand(tokens, depth)
    tree, rest = _level(tokens, level + 1, depth)
    while rest and rest[0] in _LEVELS[level]:
        gate = rest[0]
        right, rest = _level(rest[1:], level if gate == "implies" else level + 1, depth)
        joined = gate in ("and", "or", "xor") and tree[0] == gate
        tree = (*tree, right) if joined else (gate, tree, right)
    return tree, rest


def _operand(tokens: list[str], depth: int) -> tuple[Tree, list[str]]:
    negated = 0
    while tokens and tokens[0] == "not":
        negated, tokens = negated + 1, tokens[1:]
    if not tokens:
        raise InputError("the formula ends where a variable is expected")
    token, rest = tokens[0], tokens[1:]
    tree: Tree
    if token == "(":
        tree, rest = _level(rest, 0, depth + 1)
        if not rest or rest[0] != ")":
            raise InputError("a bracket is not closed")
        rest = rest[1:]
    elif ":" in token:
        kind, _, what = token.partition(":")
        tree = (kind, int(what) if kind == "constant" else what)
    else:
        raise InputError(f"{_spelled(token)} stands where a variable is expected")
    while rest and rest[0] == "'":
        negated, rest = negated + 1, rest[1:]
    for _ in range(negated % 2):
        tree = ("not", tree)
    return tree, rest
