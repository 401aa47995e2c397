"""Markdown → lines for a terminal, drawn from markdown-it's tokens (rich.markdown is slow and damages maths)."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len
from rich.text import Text

from revise.render.formula import formula_block
from revise.render.grid import Cell, draw_grid
from revise.render.inline import Maths, pieces_of
from revise.render.wrap import Piece, wrap
from revise.topic.lines import Fault, Line, without_attributes
from revise.topic.model import Worked
from revise.topic.worked import read_worked
from revise.untrusted import harmless

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

# What Markdown might read as more than words. Text without it needs no parser: most cards, at a third of the time.
_MARKUP = re.compile(r"[*_`#<>\[\]|~&\\!]|^\s*(?:[-+=]|\d+[.)])|[ \t]$|://|www\.", re.MULTILINE)

DrawWorked = Callable[[Worked, int], list[Text]]
"""(worked problem, width) → its lines."""


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Indented code is off: under a list it is nearly always an accident.
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable(["code", "html_block", "html_inline"])


def draw_markdown(text: str, width: int, draw_worked: DrawWorked | None = None) -> list[Text]:
    """`text` as lines of at most `width` cells, without blank lines at either end.

    Worked problems are drawn by `draw_worked`; without it only as the page states them.
    """
    maths = Maths(text)
    drawing = _Drawing(maths, draw_worked or draw_statement)
    if not _MARKUP.search(maths.text):
        return drawing.plain(maths.text, max(width, 8))
    from markdown_it.tree import SyntaxTreeNode

    return drawing.blocks(SyntaxTreeNode(_parser().parse(maths.text)).children, max(width, 8))


class _Words(NamedTuple):
    """What a parser's token is to `pieces_of`, for text that needs none."""

    type: str
    content: str = ""

    def copy(self, content: str) -> "_Words":
        return self._replace(content=content)


class _Drawing:
    def __init__(self, maths: Maths, draw_worked: DrawWorked) -> None:
        self.maths = maths
        self.draw_worked = draw_worked

    def plain(self, text: str, width: int) -> list[Text]:
        """Paragraphs of nothing but words and formulas."""
        lines: list[Text] = []
        for paragraph in re.split(r"\n[ \t]*\n", text.strip()):
            tokens: list[_Words] = []
            for row in paragraph.strip().split("\n"):
                tokens += [_Words("softbreak")] * bool(tokens) + [_Words("text", row.strip())]
            lines += [Text()] * bool(lines) + self._tokens(tokens, width)
        return lines

    def blocks(self, nodes: "Sequence[SyntaxTreeNode]", width: int, tight: bool = False) -> list[Text]:
        lines: list[Text] = []
        for node in nodes:
            drawn = self.block(node, width)
            if lines and drawn and not (tight and node.type != "fence"):
                lines.append(Text())
            lines += drawn
        return lines

    def block(self, node: "SyntaxTreeNode", width: int) -> list[Text]:
        match node.type:
            case "paragraph":
                return self.paragraph(node, width)
            case "heading":
                return self.heading(node, width)
            case "bullet_list" | "ordered_list":
                return self.items(node, width)
            case "blockquote":
                inner = self.blocks(node.children, width - 2)
                return [_prefixed(Text("│ ", style="dim"), line) for line in inner]
            case "table":
                return self.table(node, width)
            case "fence" | "code_block":
                return self.fence(node, width)
            case "hr":
                return [Text("─" * width, style="dim", no_wrap=True)]
            case _:
                return wrap([Piece(self.maths.restore(node.content))], width) if node.content else []

    def pieces(self, node: "SyntaxTreeNode", style: str = "") -> list[Piece]:
        inline = node.children[0] if node.children else None
        token = inline.token if inline is not None else None
        return pieces_of(token.children or [], self.maths, style) if token is not None else []

    def paragraph(self, node: "SyntaxTreeNode", width: int) -> list[Text]:
        """Running text, with display maths on lines of its own."""
        token = node.children[0].token if node.children else None
        return self._tokens((token.children or []) if token else [], width)

    def _tokens(self, tokens: Sequence[Any], width: int) -> list[Text]:
        lines: list[Text] = []
        run: list[Any] = []
        for child in tokens:
            marks = self.maths.display_parts(child.content) if child.type == "text" else None
            if marks is None:
                run.append(child)
                continue
            for part, tex in marks:
                if tex is None:
                    run.append(child.copy(content=part))
                    continue
                lines += self._run(run, width, lines)
                run = []
                lines += [Text()] * bool(lines)
                indent = 4 if width >= 60 else 2
                lines += [
                    Text(" " * indent + row if row else "", no_wrap=True) for row in formula_block(tex, width - indent)
                ]
        return lines + self._run(run, width, lines)

    def _run(self, run: list[Any], width: int, before: list[Text]) -> list[Text]:
        pieces = pieces_of(run, self.maths)
        while pieces and not pieces[0].text.strip():
            pieces.pop(0)
        if not "".join(piece.text for piece in pieces).strip():
            return []
        pieces[0] = Piece(pieces[0].text.lstrip(" "), pieces[0].style, pieces[0].keep)
        return [Text()] * bool(before) + wrap(pieces, width)

    def heading(self, node: "SyntaxTreeNode", width: int) -> list[Text]:
        token = node.children[0].token if node.children else None
        children = list(token.children or []) if token else []
        if children and children[-1].type == "text":
            children[-1] = children[-1].copy(content=without_attributes(children[-1].content))
        return wrap(pieces_of(children, self.maths, "bold"), width, Text("▸ ", style="bold"))

    def items(self, node: "SyntaxTreeNode", width: int) -> list[Text]:
        ordered = node.type == "ordered_list"
        number = int(node.attrs.get("start", 1)) if ordered else 0
        last = number + len(node.children) - 1
        tight = all(child.type != "paragraph" or child.hidden for item in node.children for child in item.children)
        lines: list[Text] = []
        for offset, item in enumerate(node.children):
            mark = f"{number + offset}.".rjust(len(str(last)) + 1) + " " if ordered else "• "
            inner = self.blocks(item.children, width - len(mark), tight) or [Text()]
            if lines and not tight:
                lines.append(Text())
            lines.append(_prefixed(Text(mark), inner[0]))
            lines += [_prefixed(Text(" " * len(mark)), line) for line in inner[1:]]
        return lines

    def table(self, node: "SyntaxTreeNode", width: int) -> list[Text]:
        rows: list[list[Cell]] = []
        sides: list[str] = []
        for part in node.children:
            for row in part.children:
                rows.append([self.pieces(cell) for cell in row.children])
                if not sides:
                    styles = [str(cell.attrs.get("style", "")) for cell in row.children]
                    sides = [style.removeprefix("text-align:") or "left" for style in styles]
        return draw_grid(rows[0], rows[1:], sides, width)

    def fence(self, node: "SyntaxTreeNode", width: int) -> list[Text]:
        source = self.maths.restore(node.content)
        if node.info.split()[:1] == ["revise"]:
            worked = _read(source)
            if worked is not None:
                return self.draw_worked(worked, width)
        rows = source.expandtabs(4).rstrip("\n").split("\n")
        room = width - max(cell_len(row) for row in rows)
        indent = " " * max(0, min(4 if width >= 60 else 2, room))
        lines: list[Text] = []
        for row in rows:
            lines += wrap([Piece(row, "cyan")], width, indent, indent + "  ") if row.strip() else [Text()]
        return lines


def _read(source: str) -> Worked | None:
    from pathlib import Path

    block = [Line(0, "```revise", code=True), *(Line(0, row, code=True) for row in source.split("\n"))]
    return read_worked(block, Fault(Path()))


def _prefixed(prefix: Text, line: Text) -> Text:
    whole = prefix.copy().append_text(line)
    whole.no_wrap = True
    if not line.plain:
        whole.rstrip()
    return whole


def draw_statement(worked: Worked, width: int) -> list[Text]:
    """A worked problem without its steps: the command, and the answers as the page states them."""
    lines = draw_command(worked, width)
    for answer in worked.answers:
        words = f"{answer.name} = {answer.text}" if answer.name else f"= {answer.text}"
        lines += wrap([Piece(harmless(words), "bold")], width, "  ", "    ")
    return lines


def draw_command(worked: Worked, width: int) -> list[Text]:
    """`$ revise solve …` as one would type it."""
    import shlex

    pieces = [Piece("$ ", "dim")]
    for index, word in enumerate(worked.argv):
        value = index > 0 and worked.argv[index - 1].startswith("--") and not word.startswith("--")
        shown = harmless(shlex.quote(word))
        if value:  # an option and its value stay on one line
            pieces[-1] = Piece(f"{pieces[-1].text} {shown}", "bold cyan", keep=True)
        else:
            pieces += [Piece(" " if index else ""), Piece(shown, "bold cyan", keep=True)]
    return wrap(pieces, width, "", "    ")
