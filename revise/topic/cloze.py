"""Clozes: `{{1:text::hint}}`, whose end is found by counting braces, so that TeX's `}}` is safe inside.

A full-width colon (U+FF1A), as Chinese keyboards type it, counts as a colon.
"""

import re

from revise.topic.dollars import find_maths
from revise.topic.model import Gap

ANSWER_START, ANSWER_END = "\ufdd0", "\ufdd1"
"""Round the answer on a cloze's back: two noncharacters, which no text may contain."""

_GAP = re.compile(r"\{\{\s*(?:(\d+)\s*[:\uff1a]|c\d+\s*(?=:)|\d+\s*(?=\}))")


def find_gaps(text: str) -> tuple[list[Gap], list[tuple[int, str]]]:
    """The gaps of `text` in order, and (offset, what is wrong) for each that cannot be read."""
    gaps: list[Gap] = []
    faults: list[tuple[int, str]] = []
    at = 0
    while (match := _GAP.search(text, at)) is not None:
        start = match.start()
        if match[1] is None:
            faults.append((start, f"`{match.group()}` is no gap: write it as {{{{1:the hidden words}}}}"))
            at = match.end()
            continue
        end, split = _end_of(text, match.end())
        if end is None:
            faults.append((start, f"the cloze {match.group()} is not closed: its }}}} is missing"))
            at = match.end()
            continue
        inner_end = end - 2
        body = text[match.end() : split if split is not None else inner_end].strip()
        hint = text[split + 2 : inner_end].strip() if split is not None else ""
        if not body:
            faults.append((start, f"the cloze {match.group()} hides nothing: put the words before its }}}}"))
        elif _GAP.search(body):
            faults.append((start, f"a gap inside the gap {match.group()}: its }}}} is probably missing"))
        else:
            gaps.append(Gap(int(match[1]), start, end, body, hint))
        at = end
    return gaps, faults


def _end_of(text: str, at: int) -> tuple[int | None, int | None]:
    """Offset after the closing `}}` (None: not closed) and of the last `::` outside inner braces."""
    depth, split = 2, None
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 2
            continue
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 1 and not text.startswith("}}", at):
                return None, None
            if depth == 0:
                return at + 1, split
        elif depth == 2 and text.startswith(("::", "\uff1a\uff1a"), at):
            split, at = at, at + 1
        at += 1
    return None, None


def front(text: str, gaps: tuple[Gap, ...], number: int) -> str:
    """The Markdown asked for gap `number`: its words hidden, the other gaps filled in."""
    return _filled(text, gaps, number, hide=True)


def back(text: str, gaps: tuple[Gap, ...], number: int) -> str:
    """The whole sentence, the words of gap `number` between ANSWER_START and ANSWER_END."""
    return _filled(text, gaps, number, hide=False)


def _filled(text: str, gaps: tuple[Gap, ...], number: int, hide: bool) -> str:
    inside = _inside_maths(text, gaps)
    pieces: list[str] = []
    at = 0
    for gap in gaps:
        pieces.append(text[at : gap.start])
        in_maths = gap in inside
        if gap.number != number:
            pieces.append(gap.text)
        elif hide:
            pieces.append(_hole(gap, in_maths))
        else:
            pieces.append(gap.text if in_maths else f"{ANSWER_START}{gap.text}{ANSWER_END}")
        at = gap.end
    return "".join([*pieces, text[at:]])


def _hole(gap: Gap, in_maths: bool) -> str:
    if in_maths:
        return rf"\text{{[{gap.hint.replace('$', '') or '…'}]}}"
    return f"[{gap.hint or '…'}]"


def _inside_maths(text: str, gaps: tuple[Gap, ...]) -> set[Gap]:
    """Those gaps that are a part of a formula (a gap that is a whole formula is not)."""
    shown: list[str] = []
    starts: list[tuple[int, Gap]] = []
    at = length = 0
    for gap in gaps:
        before = text[at : gap.start]
        starts.append((length + len(before), gap))
        shown += [before, gap.text]
        length += len(before) + len(gap.text)
        at = gap.end
    spans, _ = find_maths("".join([*shown, text[at:]]))
    return {gap for start, gap in starts for span in spans if span.start < start < span.end}
