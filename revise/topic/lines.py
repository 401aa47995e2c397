"""A content file as numbered lines, and the small grammar that headings share."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from revise.topic.model import Place, Problem

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FENCE = re.compile(r"[ ]{0,12}(`{3,}|~{3,})(.*)")
_TOML_PLACE = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")
_ATTRIBUTES = re.compile(r"\s*\{([^{}$\\]*)\}\s*$")
MOST_BYTES = 4_000_000
"""What a content file may have; a page of ten thousand words has a sixtieth of it."""


class Line(NamedTuple):
    """A line without its end and trailing blanks; `code` where it is a fence or stands inside one."""

    number: int
    text: str
    code: bool = False


@dataclass
class Fault:
    """Collects the problems of one file, and the ids of blocks that they make unusable."""

    path: Path
    problems: list[Problem] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def add(self, line: int, message: str) -> None:
        self.problems.append(Problem(Place(self.path, line), message))


def read_bytes(path: Path, faults: Fault, most: int = MOST_BYTES) -> bytes | None:
    """At most `most` bytes of a regular file; of a device, a pipe or a folder nothing but a problem.

    Raises OSError where the file cannot be read.
    """
    if not path.is_file():  # a pipe would be waited for, a device has no end
        faults.add(1, "this is no regular file (a device, a pipe or a folder): it is not read")
        return None
    with path.open("rb") as file:
        return file.read(most)


def read_text(path: Path, faults: Fault) -> str | None:
    """The file as UTF-8, without BOM and carriage returns; bytes that are no UTF-8 are a problem.

    None where it is no regular file or too large to be content, which is a problem too.
    """
    data = read_bytes(path, faults, MOST_BYTES + 1)
    if data is None:
        return None
    if len(data) > MOST_BYTES:
        faults.add(1, f"this has more than {MOST_BYTES // 10**6} MB: it is not read")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        faults.add(line, "this is not UTF-8: save the file as UTF-8")
        text = data.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def split_lines(text: str, first: int, faults: Fault) -> list[Line]:
    """`text` as lines numbered from `first`; a code fence without its end is a problem."""
    lines: list[Line] = []
    fence, opened = "", 0
    for number, raw in enumerate(text.split("\n"), start=first):
        line = raw.rstrip()
        match = _FENCE.fullmatch(line)
        if fence:
            lines.append(Line(number, line, code=True))
            if match and match[1].startswith(fence) and not match[2].strip():
                fence = ""
        elif match and not (match[1][0] == "`" and "`" in match[2]):
            fence, opened = match[1], number
            lines.append(Line(number, line, code=True))
        else:
            lines.append(Line(number, line))
    if fence:
        faults.add(opened, f"the code fence is not closed: a line {fence} is missing")
    return lines


def joined(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines).strip("\n")


def fences(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Each fenced block, its opening line first; the closing line only where there is one."""
    block: list[Line] = []
    for line in lines:
        if not line.code:
            if block:
                yield block
            block = []
            continue
        block.append(line)
        opening = _FENCE.fullmatch(block[0].text)
        match = _FENCE.fullmatch(line.text)
        if len(block) > 1 and opening and match and match[1].startswith(opening[1]) and not match[2].strip():
            yield block
            block = []
    if block:
        yield block


def fence_language(line: Line) -> str:
    """The word after the opening ``` of a fence, in small letters."""
    match = _FENCE.fullmatch(line.text)
    words = match[2].split() if match else []
    return words[0].lower() if words else ""


def heading(line: Line) -> tuple[int, str, str | None] | None:
    """(level, title, text in the braces or None) of a heading line; None for any other line."""
    if line.code or not line.text.startswith("#"):
        return None
    marks, _, rest = line.text.partition(" ")
    if set(marks) != {"#"} or len(marks) > 6:
        return None
    title = rest.strip()
    match = _ATTRIBUTES.search(title)
    if match is None:
        return len(marks), title, None
    return len(marks), title[: match.start()].strip(), match[1]


def without_attributes(title: str) -> str:
    """A heading's text without `{point=…}`."""
    match = _ATTRIBUTES.search(title)
    return title[: match.start()] if match and "=" in match[1] else title


def suggest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """`: did you mean X?`, else `otherwise`."""
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), sorted(set(known)), n=1, cutoff=0.6)
    return f": did you mean `{near[0]}`?" if near else otherwise


def listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def slug_like(text: str) -> str:
    """The nearest thing to `text` that is a valid id: small letters, digits and single hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "an-id"


def toml_fault(wrong: Exception, source: str) -> tuple[int, str]:
    """(line within `source`, reason) of what tomllib complains about."""
    match = _TOML_PLACE.search(str(wrong))
    line = int(match[1]) if match and match[1] else source.rstrip("\n").count("\n") + 1
    return line, _TOML_PLACE.sub("", str(wrong))
