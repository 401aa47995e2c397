"""LaTeX as notes on deep learning write it → a tree. What cannot be read whole raises `Unreadable`."""

import re

from revise.maths import commands, symbols
from revise.maths.brackets import paired
from revise.maths.tree import Atom, Fraction, Node, Row, Scripts, Space, Table, Unreadable, depth

MAX_DEPTH = 40  # brackets and arguments inside one another; nobody reads deeper
MAX_LENGTH = 10_000  # characters
TOO_DEEP = f"it is nested more than {MAX_DEPTH} deep"

_TOKEN = re.compile(r"\\operatorname\*|\\[A-Za-z]+|\\.|[0-9]+(?:\.[0-9]+)?|\s+|.", re.DOTALL)
_WRAPPED = re.compile(r"\s*(?:\$\$(.*)\$\$|\$([^$]*)\$|\\\[(.*)\\\]|\\\((.*)\\\))\s*", re.DOTALL)
_LENGTH = re.compile(r"\[\s*-?[0-9.]+\s*[a-z]{2}\s*\]")
_ALONE: frozenset[str] = frozenset()
_NEW_ROW = frozenset(["\\\\", "\\cr"])
_SEPARATORS = _NEW_ROW | {"&"}
_BRACED = ("bin", "rel", "punct", "open", "close", "colon")  # ordinary signs when they stand alone in braces
_TYPED = {"||": ("‖", "bar"), "->": ("→", "rel"), ":=": ("≔", "rel"), "**": ("**", "bin")}
_MISPLACED = frozenset(["}", "&", "\\right", "\\end"]) | _NEW_ROW


def read(tex: str) -> Node:
    """The tree of a formula: a `Row`, or a `Table` where there are several lines."""
    return read_with(tex)[0]


def read_with(tex: str) -> tuple[Node, list[str]]:
    """The tree of a formula, and the commands in it that nobody knows."""
    if len(tex) > MAX_LENGTH:
        raise Unreadable(f"it has more than {MAX_LENGTH:,} characters")
    wrapped = _WRAPPED.fullmatch(tex)
    if wrapped:
        tex = next(part for part in wrapped.groups() if part is not None)
    reader = Reader(_TOKEN.findall(tex))
    tree = reader.lines(_ALONE)
    if reader.at < len(reader.tokens):
        raise Unreadable(f"a stray {reader.look()}")
    if depth(tree, MAX_DEPTH) > MAX_DEPTH:
        raise Unreadable(TOO_DEEP)
    return tree, reader.unknown


class Reader:
    """One pass over the tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.level = 0
        self.letters: dict[str, str] = {}
        self.open: list[str] = []
        """What waits for its end: {, [, \\left, \\begin{…}."""
        self.owner = ""
        """The command or script whose arguments are being read."""
        self.unknown: list[str] = []

    def look(self) -> str:
        """The next token that is no blank, not taken; empty at the end."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.look()
        if not token:
            raise Unreadable(self.unclosed() or f"nothing stands after {self.owner}")
        self.at += 1
        return token

    def expect(self, token: str) -> None:
        found = self.look()
        if found != token:
            raise Unreadable(f"{self.owner} wants its argument in braces" if token == "{" else self.unclosed(found))
        self.at += 1

    def unclosed(self, before: str = "") -> str:
        """That the innermost thing is open; empty where nothing is."""
        return f"{self.open[-1]} is not closed" + f" before {before}" * bool(before) if self.open else ""

    def lines(self, ends: frozenset[str], style: str = "lines") -> Node:
        """Everything up to one of `ends`: a row, or a table where line breaks or columns are used."""
        rows = self.cells(ends)
        if len(rows) == 1 and len(rows[0]) == 1:
            return rows[0][0]
        return Table(rows, "aligned" if any(len(row) > 1 for row in rows) else style)

    def cells(self, ends: frozenset[str]) -> list[list[Row]]:
        rows = [[self.row(ends | _SEPARATORS)]]
        while self.look() in _SEPARATORS:
            if self.take() == "&":
                rows[-1].append(self.row(ends | _SEPARATORS))
                continue
            gap = _LENGTH.match("".join(self.tokens[self.at : self.at + 12]))
            if gap:
                while self.take() != "]":
                    pass
            rows.append([self.row(ends | _SEPARATORS)])
        if len(rows) > 1 and len(rows[-1]) == 1 and not rows[-1][0].items:
            rows.pop()
        return rows

    def row(self, ends: frozenset[str]) -> Row:
        self.level += 1
        if self.level > MAX_DEPTH:
            raise Unreadable(TOO_DEEP)
        items: list[Node] = []
        while self.at < len(self.tokens):
            token = self.look()
            if not token or token in ends:
                break
            spaced = self.at > 0 and self.tokens[self.at - 1].isspace()
            self.at += 1
            self.one(token, items, spaced, ends)
        self.level -= 1
        return Row(paired(items))

    def one(self, token: str, items: list[Node], spaced: bool, ends: frozenset[str]) -> None:
        """Read what `token` begins and add it to `items`."""
        if token in ("^", "_"):
            self.script(token, items)
        elif token == "'":
            self.scripted(items).primes += 1
        elif token == "\\_" and items and not spaced and not _ends_in_letter(items[-1]):
            self.script("_", items)  # a Markdown escape that was meant as a subscript: E[g^2]\_t
        elif token in ("\\limits", "\\nolimits"):
            if items:
                self.scripted(items).limits = token == "\\limits"
        elif token in ("\\over", "\\choose", "\\atop"):
            above, below = Row(paired(items[:])), self.row(ends)
            items[:] = [Fraction(above, below, token == "\\over")]
        else:
            node = self.item(token, spaced)
            if isinstance(node, Row) and self.look() not in ("^", "_", "'"):
                if len(node.items) == 1 and isinstance(sign := node.items[0], Atom) and sign.kind in _BRACED:
                    sign.kind = "ord"
                items += node.items
            elif node is not None:
                node.spaced = spaced
                items.append(node)

    def scripted(self, items: list[Node]) -> Scripts:
        """The last item, ready for a script."""
        last = items.pop() if items and not isinstance(items[-1], Space) else Row([])
        if isinstance(last, Row) and len(last.items) == 1 and not isinstance(last.items[0], Scripts):
            last.items[0].spaced = last.spaced
            last = last.items[0]
        if not isinstance(last, Scripts):
            base, last = last, Scripts(last)
            last.spaced = base.spaced
        items.append(last)
        return last

    def script(self, token: str, items: list[Node]) -> None:
        last = self.scripted(items)
        before, self.owner = self.owner, token
        argument = self.argument()
        self.owner = before
        if token == "^":
            content = argument.items if isinstance(argument, Row) else [argument]
            primes = [item for item in content if isinstance(item, Atom) and item.text == "′"]
            if primes and len(primes) == len(content):
                last.primes += len(primes)
                return
        if (last.sup if token == "^" else last.sub) is not None:
            script = "superscript" if token == "^" else "subscript"
            raise Unreadable(f"a double {script}: braces say what it belongs to, a{token}{{b{token}c}}")
        if isinstance(argument, Row) and not argument.items:
            return
        if token == "^":
            last.sup = argument
        else:
            last.sub = argument

    def argument(self) -> Node:
        """What a command or a script applies to: a group, a command with its arguments, or one character."""
        token = self.look()
        if not token or token in _MISPLACED or token in ("^", "_"):
            raise Unreadable(f"an argument of {self.owner} is missing")
        self.at += 1
        if token[0].isdigit() and len(token) > 1:
            self.at -= 1
            self.tokens[self.at] = token[1:]
            return Atom(token[0], "num")
        self.level += 1
        if self.level > MAX_DEPTH:
            raise Unreadable(TOO_DEEP)
        node = self.item(token, False)
        self.level -= 1
        return Row([]) if node is None else node

    def optional(self) -> Node | None:
        """An argument in square brackets."""
        if self.look() != "[":
            return None
        self.at += 1
        self.open.append("[")
        node = self.row(frozenset("]"))
        self.expect("]")
        self.open.pop()
        return node

    def raw(self) -> str:
        """The source of a group."""
        self.expect("{")
        start, open_groups = self.at, 1
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            open_groups += (token == "{") - (token == "}")
            self.at += 1
            if not open_groups:
                return "".join(self.tokens[start : self.at - 1])
        raise Unreadable("{ is not closed")

    def partner(self) -> int:
        """Where the round bracket that comes next is closed."""
        open_brackets = open_groups = 0
        for at in range(self.at, len(self.tokens)):
            token = self.tokens[at]
            open_groups += (token == "{") - (token == "}")
            if not open_groups:
                open_brackets += (token == "(") - (token == ")")
            if not open_brackets or open_groups < 0:
                break
        if open_brackets or open_groups:
            raise Unreadable("( is not closed")
        return at

    def inner(self, tex: str) -> Row:
        """A row of its own, read to its end."""
        reader = Reader(_TOKEN.findall(tex))
        reader.level, reader.letters, reader.unknown = self.level, self.letters, self.unknown
        row = reader.row(_ALONE)
        if reader.at < len(reader.tokens):
            raise Unreadable(f"a stray {reader.look()}")
        return row

    def item(self, token: str, spaced: bool) -> Node | None:
        """The node that `token` begins; None where it shows nothing."""
        if token == "{":
            self.open.append("{")
            node = self.lines(frozenset("}"))
            self.expect("}")
            self.open.pop()
            return node
        if token in _MISPLACED:
            raise Unreadable(self.unclosed(token) or f"a stray {token}")
        if token == "\\":
            raise Unreadable("nothing stands after the last backslash")
        if token == "~":
            return Space(1)
        if token[0] == "\\":
            before, self.owner = self.owner, token
            found = commands.node(self, token[1:])
            self.owner = before
            return found
        return self.character(token, spaced)

    def character(self, token: str, spaced: bool) -> Atom:
        if token[0].isdigit():
            return Atom(token, "num")
        after = self.tokens[self.at] if self.at < len(self.tokens) else ""
        if token + after in _TYPED:
            self.at += 1
            return Atom(*_TYPED[token + after])
        if token == "!" and after == "=" and spaced:
            self.at += 1
            return Atom("≠", "rel")
        if token == "." and self.tokens[self.at : self.at + 2] == [".", "."]:
            self.at += 2
            return Atom("…", "dots")
        if token == "." and not after[:1].isalnum():
            return Atom(".", "punct")
        token = self.letters.get(token, token)
        return Atom(symbols.SHOWN.get(token, token), symbols.KIND.get(symbols.SHOWN.get(token, token), "ord"))


def _ends_in_letter(node: Node) -> bool:
    return isinstance(node, Atom) and node.kind in ("ord", "num", "text") and node.text[-1:].isascii()
