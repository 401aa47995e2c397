"""Running text: Markdown's inline tokens and formulas → pieces that can be wrapped."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from revise.render.formula import formula_line
from revise.render.wrap import NEWLINE, Piece, wrap
from revise.topic.cloze import ANSWER_END, ANSWER_START
from revise.topic.dollars import Span, find_maths
from revise.untrusted import harmless

if TYPE_CHECKING:
    from markdown_it.token import Token

# Two control characters round a formula's number. They cannot stand in the text: `harmless` comes first.
_MARK = "\x02{}\x03"
_MARKED = re.compile("\x02(\\d+)\x03")
_PERCENT_MARKED = re.compile(r"%02(\d+)%03")
_SPLIT = re.compile(f"(\x02\\d+\x03|{ANSWER_START}|{ANSWER_END})")
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}


class Maths:
    """The formulas of one text, taken out before Markdown could damage them."""

    def __init__(self, text: str) -> None:
        text = harmless(text)
        spans, _ = find_maths(text)
        self.spans: list[Span] = [_unquoted(span, text) for span in spans]
        self.source: list[str] = [text[span.start : span.end] for span in spans]
        parts: list[str] = []
        at = 0
        for number, span in enumerate(spans):
            parts += [text[at : span.start], _MARK.format(number)]
            at = span.end
        self.text = "".join([*parts, text[at:]])

    def restore(self, text: str) -> str:
        """`text` with its formulas as they were typed: for code and addresses."""
        text = _PERCENT_MARKED.sub(lambda match: self._source(match[1]), text)
        return _MARKED.sub(lambda match: self._source(match[1]), text)

    def _source(self, number: str) -> str:
        return self.source[int(number)] if int(number) < len(self.source) else ""

    def span(self, mark: str) -> Span:
        return self.spans[int(mark[1:-1])]

    def display_parts(self, text: str) -> list[tuple[str, str | None]] | None:
        """`text` cut at its display formulas: (words, None) or ("", tex); None where it has none."""
        parts: list[tuple[str, str | None]] = []
        words = ""
        for part in _SPLIT.split(text):
            if _MARKED.fullmatch(part) and self.span(part).display:
                parts += [(words, None), ("", self.span(part).tex)]
                words = ""
            else:
                words += part
        return [*parts, (words, None)] if parts else None


def _unquoted(span: Span, text: str) -> Span:
    """A formula of several lines in a quotation has its `>` signs inside; elsewhere `>` is a relation."""
    line = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    if "\n" not in span.tex or not line.lstrip().startswith(">"):
        return span
    rows = [row.strip().removeprefix(">") for row in span.tex.split("\n")]
    return span._replace(tex="\n".join(rows).strip())


def pieces_of(children: "Sequence[Token]", maths: Maths, style: str = "") -> list[Piece]:
    """Inline tokens as pieces; a formula in running text is one piece that is not broken if it is short."""
    pieces: list[Piece] = []
    styles = [style] if style else []
    links: list[str] = []
    start = 0
    for index, token in enumerate(children):
        now = " ".join(styles)
        name, _, edge = token.type.rpartition("_")
        if token.type == "text":
            styles = _text(token.content, maths, pieces, styles)
        elif token.type == "code_inline":
            pieces.append(Piece(maths.restore(token.content), f"{now} cyan".strip(), keep=True))
        elif token.type == "softbreak":
            pieces.append(Piece(_soft_blank(children, index), now))
        elif token.type == "hardbreak":
            pieces.append(NEWLINE)
        elif token.type == "image":
            pieces.append(Piece(f"[{maths.restore(token.content)}]", now))
        elif name == "link" and edge == "open":
            links.append(maths.restore(str(token.attrs.get("href", ""))))
            start = len(pieces)
        elif name == "link" and links:
            pieces += _address(links.pop(), "".join(piece.text for piece in pieces[start:]))
        elif name in _STYLES and edge == "open":
            styles = [*styles, _STYLES[name]]
        elif name in _STYLES:
            styles = _without(styles, _STYLES[name])
        elif token.content:
            pieces.append(Piece(maths.restore(token.content), now))
    return pieces


def _text(content: str, maths: Maths, pieces: list[Piece], styles: list[str]) -> list[str]:
    for part in _SPLIT.split(content):
        if part == ANSWER_START:
            styles = [*styles, "bold green"]
        elif part == ANSWER_END:
            styles = _without(styles, "bold green")
        elif _MARKED.fullmatch(part):
            pieces.append(Piece(formula_line(maths.span(part).tex), " ".join(styles), keep=True))
        elif part:
            pieces.append(Piece(part, " ".join(styles)))
    return styles


def _without(styles: list[str], style: str) -> list[str]:
    if style not in styles:
        return styles
    last = len(styles) - 1 - styles[::-1].index(style)
    return styles[:last] + styles[last + 1 :]


def _soft_blank(children: "Sequence[Token]", index: int) -> str:
    """A line end in the source is a blank, but nothing between two Chinese characters."""
    before = next((it.content for it in reversed(children[:index]) if it.content), "")
    after = next((it.content for it in children[index + 1 :] if it.content), "")
    return "" if before and after and cell_len(before[-1]) == 2 == cell_len(after[0]) else " "


def _address(href: str, shown: str) -> list[Piece]:
    """A terminal shows where a link leads; only addresses, not the same words again."""
    if not href.startswith(("http://", "https://")) or href == shown:
        return []
    return [Piece(f" <{href}>", "dim")]


def one_line(text: str, style: str = "") -> Text:
    """A title or a name: its formulas on one line, everything else as it stands."""
    maths = Maths(" ".join(text.split()))
    line = Text(style=style)
    for part in _SPLIT.split(maths.text):
        line.append(formula_line(maths.span(part).tex) if _MARKED.fullmatch(part) else part)
    return line


def title_lines(text: str, width: int, sign: str) -> list[Text]:
    """A heading underlined with `sign`, so that it is one without colour too."""
    lines = wrap([Piece(one_line(text).plain, "bold")], width)
    rule = max(line.cell_len for line in lines)
    return [*lines, Text(sign * rule, style="dim", no_wrap=True)]
