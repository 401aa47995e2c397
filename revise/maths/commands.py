"""What each TeX command becomes in the tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from revise.maths import symbols
from revise.maths.environments import begin
from revise.maths.tree import (
    Accent,
    Atom,
    Boxed,
    Fenced,
    Fraction,
    Named,
    Node,
    Root,
    Row,
    Space,
    Stacked,
)

if TYPE_CHECKING:
    from revise.maths.reader import Reader

_TEXT = frozenset("text textrm textbf textit textsf texttt textsc textnormal textup emph mbox hbox tag".split())
_UPRIGHT = frozenset("mathrm mathsf mathtt mathup mathit operatorname operatorname* mathop".split())
_PLAIN = frozenset(
    "mathbf boldsymbol bm bold pmb mathnormal mathord mathopen mathclose mathinner ensuremath mathbin mathrel "
    "mathpunct smash substack".split()
)
_IGNORED = frozenset(
    "displaystyle textstyle scriptstyle scriptscriptstyle displaylimits nonumber notag hline centering bf it rm sf "
    "tt cal bfseries normalsize small large Large boldmath unboldmath strut mathstrut allowbreak nobreak noindent "
    "relax protect big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm Biggl Biggr Biggm".split()
)
_INVISIBLE = frozenset("phantom hphantom vphantom label hspace vspace color hskip kern mkern".split())
_ARROWS = {
    "xrightarrow": "→",
    "xleftarrow": "←",
    "xRightarrow": "⇒",
    "xLeftarrow": "⇐",
    "xleftrightarrow": "↔",
    "xmapsto": "↦",
}
_SIGNS = (
    (symbols.BINARY, "bin"),
    (symbols.RELATIONS, "rel"),
    (symbols.BIG, "big"),
    (symbols.DOTS, "dots"),
    (symbols.OPENING, "open"),
    (symbols.CLOSING, "close"),
)
_IN_TEXT = re.compile(r"\\([A-Za-z]+)\s*|\\(.)|[{}~\\]", re.DOTALL)
_NEGATED = {"=": "≠", "∈": "∉", "∋": "∌", "≡": "≢", "∼": "≁", "⊂": "⊄", "⊆": "⊈"}


def node(reader: Reader, name: str) -> Node | None:
    """The node of the command `name`, its arguments read from `reader`; None where it shows nothing."""
    found = _sign(name)
    if found is not None and name not in symbols.MACROS:
        return found
    if name in symbols.SPACES:
        return Space(symbols.SPACES[name])
    if name in _IGNORED:
        return None
    if name in _TEXT:
        return _text(reader, name)
    if name in symbols.ACCENTS:
        return Accent(reader.argument(), *symbols.ACCENTS[name])
    if name in _PLAIN:
        return reader.argument()
    if name in _UPRIGHT:
        return _upright(reader, name)
    if name in _ARROWS:
        below = reader.optional()
        return Stacked(Atom(_ARROWS[name], "rel"), reader.argument(), below)
    if name in _INVISIBLE:
        reader.raw() if reader.look() == "{" else reader.take()
        return None
    if name in _HANDLERS:
        return _HANDLERS[name](reader, name)
    if not name.isalpha():
        return Atom("‖", "bar") if name == "|" else Atom(name, symbols.KIND.get(name, "ord"))
    return _unknown(reader, name)


def _sign(name: str) -> Atom | None:
    if name in symbols.ORDINARY:
        sign = symbols.ORDINARY[name]
        return Atom(sign, "prefix" if symbols.KIND.get(sign) == "prefix" else "ord")
    if name in symbols.LITERALS:
        return Atom(symbols.LITERALS[name])
    for table, kind in _SIGNS:
        if name in table:
            sign = symbols.SHOWN.get(table[name], table[name])
            return Atom(sign, kind, limits=kind == "big" and sign not in symbols.SIDE_LIMITS)
    if name in symbols.FUNCTIONS:
        return Atom(name, "op" if len(name) > 1 else "ord", name in symbols.LIMITS_BELOW)
    if name in ("vert", "Vert"):
        return Atom("‖" if name == "Vert" else "|", "bar")
    return Atom("mod", "op") if name == "bmod" else None


def _unknown(reader: Reader, name: str) -> Node:
    """A command of the author's own: its name, with its arguments in brackets."""
    if name not in symbols.MACROS:
        reader.unknown.append(name)
    arguments = []
    while reader.at < len(reader.tokens) and reader.tokens[reader.at] == "{":
        arguments.append(reader.argument())
    return Named(name, arguments) if arguments else _sign(name) or Atom(name, "op")


def _text(reader: Reader, name: str) -> Node:
    items: list[Node] = []
    for i, part in enumerate(reader.raw().split("$")):
        items += reader.inner(part).items if i % 2 else _words(part)
    if name == "tag":
        return Row([Space(symbols.SPACES["quad"]), Atom("("), *items, Atom(")")])
    return items[0] if len(items) == 1 else Row(items)


def _words(source: str) -> list[Node]:
    """Running text: its words, and the blanks around them."""
    text = _IN_TEXT.sub(_in_text, source)
    words = " ".join(text.split())
    found: list[Node] = [Atom(words, "text")] if words else []
    if text[:1].isspace():
        found.insert(0, Space(1))
    if words and text[-1:].isspace():
        found.append(Space(1))
    return found


def _in_text(found: re.Match[str]) -> str:
    name, escaped = found.groups()
    if name is None:
        return escaped or (" " if found[0] == "~" else "")
    if name in _TEXT or name in _IGNORED:
        return ""
    sign = _sign(name)
    return sign.text if sign else str(name)


def _upright(reader: Reader, name: str) -> Node:
    """A word in upright letters; an operator where it is called one or known as one."""
    argument = reader.argument()
    word = _word(argument)
    if word is None:
        return argument
    if name.startswith(("operatorname", "mathop")) or word in symbols.FUNCTIONS:
        below = name in ("operatorname*", "mathop") or word.replace(" ", "") in symbols.LIMITS_BELOW
        return Atom(word, "op" if len(word) > 1 else "ord", below)
    return Atom(word, "text" if len(word) > 1 else "ord")


def _word(argument: Node) -> str | None:
    """The letters and figures of a row that has nothing else."""
    text = ""
    for item in argument.items if isinstance(argument, Row) else [argument]:
        if isinstance(item, Space):
            text += " " * bool(item.cells)
        elif isinstance(item, Atom) and (item.kind in ("ord", "num", "text", "op") or item.text in "−*."):
            text += (" " if text and (item.spaced or item.kind == "op") else "") + item.text
        else:
            return None
    return text.replace("−", "-") or None


def _lettered(reader: Reader, name: str) -> Node:
    """Blackboard or script letters, where terminals have them."""
    before, reader.letters = reader.letters, symbols.DOUBLE_STRUCK if name == "mathbb" else symbols.SCRIPT
    argument = reader.argument()
    reader.letters = before
    inner = argument.items[0] if isinstance(argument, Row) and len(argument.items) == 1 else argument
    if isinstance(inner, Atom) and inner.text == "E":
        inner.limits = True
    return inner


def _fraction(reader: Reader, name: str) -> Node:
    return Fraction(reader.argument(), reader.argument(), not name.endswith("binom"))


def _root(reader: Reader, name: str) -> Node:
    index = reader.optional()
    if reader.look() != "(":
        return Root(reader.argument(), index)
    start, end = reader.at + 1, reader.partner()  # \sqrt(…): badly typed, and meant as √(…)
    reader.at = end + 1
    return Root(reader.inner("".join(reader.tokens[start:end])), index)


def _delimiter(reader: Reader) -> str:
    token = reader.take()
    if token[0] != "\\":
        return "" if token == "." else {"<": "⟨", ">": "⟩"}.get(token, token)
    name = token[1:]
    sign = symbols.OPENING.get(name) or symbols.CLOSING.get(name)
    return sign or {"|": "‖", "Vert": "‖", "vert": "|", "mid": "|"}.get(name, name if not name.isalpha() else "")


def _left(reader: Reader, name: str) -> Node:
    opener = _delimiter(reader)
    reader.open.append("\\left")
    body = reader.lines(frozenset(["\\right"]))
    reader.expect("\\right")
    reader.open.pop()
    reader.owner = "\\right"
    return Fenced(opener, body, _delimiter(reader))


def _over(reader: Reader, name: str) -> Node:
    """A note above or below; below an operator such as min it is a limit."""
    note, base = reader.argument(), reader.argument()
    if isinstance(base, Row) and len(base.items) == 1:
        base = base.items[0]
    if name != "underset":
        return Stacked(base, note, None)
    word = _word(base) or ""
    if word.replace(" ", "") in symbols.LIMITS_BELOW:
        base = Atom(word, "op", True)
    return Stacked(base, None, note)


def _brace(reader: Reader, name: str) -> Node:
    side, base = name.removesuffix("brace"), reader.argument()
    label = None
    if reader.look() == ("_" if side == "under" else "^"):
        reader.at += 1
        label = reader.argument()
    return Stacked(base, label if side == "over" else None, label if side == "under" else None, side)


def _coloured(reader: Reader, name: str) -> Node:
    reader.raw()
    return reader.argument()


def _negated(reader: Reader, name: str) -> Node:
    argument = reader.argument()
    if isinstance(argument, Atom):
        argument.text = _NEGATED.get(argument.text, argument.text + "\u0338")
    return argument


def _modulo(reader: Reader, name: str) -> Node:
    return Row([Space(2), Fenced("(", Row([Atom("mod", "op"), reader.argument()]), ")")])


_HANDLERS: dict[str, Callable[[Reader, str], Node]] = (
    dict.fromkeys(["frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac", "binom", "dbinom", "tbinom"], _fraction)
    | dict.fromkeys(["overset", "underset", "stackrel"], _over)
    | dict.fromkeys(["underbrace", "overbrace"], _brace)
    | dict.fromkeys(["mathbb", "mathcal", "mathscr", "mathfrak"], _lettered)
    | dict.fromkeys(["boxed", "fbox"], lambda reader, name: Boxed(reader.argument()))
    | dict.fromkeys(["cancel", "bcancel", "xcancel"], lambda reader, name: Named(name, [reader.argument()]))
    | dict.fromkeys(["textcolor", "colorbox"], _coloured)
    | {
        "sqrt": _root,
        "left": _left,
        "middle": lambda reader, name: Atom(_delimiter(reader), "rel"),
        "begin": begin,
        "not": _negated,
        "pmod": _modulo,
    }
)
