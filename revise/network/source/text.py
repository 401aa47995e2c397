"""Pasted Python: fences and prompts taken away, lines and columns kept. Parsed, never run."""

import ast
import re
import warnings
from typing import Any

from revise.errors import InputError
from revise.untrusted import harmless

MOST_CHARACTERS = 200_000
_FENCE = re.compile(r"^\s*(```|~~~)")
_PROMPT = re.compile(r"^\s*(>>>|\.\.\.|In \[\d+\]:) ?")


class Source:
    """The text, its tree, and where each node of the tree stands in what was pasted."""

    def __init__(self, text: str) -> None:
        self.lines, self.taken = unwrapped(text)
        try:
            with warnings.catch_warnings():  # an odd escape in a text is no concern of the reader's
                warnings.simplefilter("ignore")
                self.tree = ast.parse("\n".join(self.lines) + "\n")
        except SyntaxError as fault:
            place = f"line {fault.lineno or 1}, column {self._column(fault.lineno or 1, fault.offset or 1)}"
            raise InputError(f"{place}: not Python ({harmless(fault.msg)})") from None
        except (RecursionError, MemoryError, ValueError, OverflowError):
            raise InputError("the source is nested too deeply, or holds what Python can't read") from None

    def place(self, node: ast.AST) -> tuple[int, int]:
        """Line and column, both from 1."""
        line = getattr(node, "lineno", 1)
        before = self.lines[line - 1].encode()[: getattr(node, "col_offset", 0)].decode(errors="ignore")
        return line, self._column(line, len(before) + 1)

    def fault(self, node: ast.AST, message: str) -> InputError:
        line, column = self.place(node)
        return InputError(f"line {line}, column {column}: {harmless(message[:300])}")

    def _column(self, line: int, column: int) -> int:
        return max(column, 1) + (self.taken[line - 1] if line <= len(self.taken) else 0)


def unwrapped(text: str) -> tuple[list[str], list[int]]:
    """The lines without Markdown's fences, prompts and a common indent, and how much each line lost at its front."""
    if len(text) > MOST_CHARACTERS:
        raise InputError(f"the text has more than {MOST_CHARACTERS:,} characters")
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff").expandtabs().replace("\0", "\ufffd"))
    fences = [place for place, line in enumerate(lines) if _FENCE.match(line)]
    if fences:
        inside = [False] * len(lines)
        for start, end in zip(fences[::2], [*fences[1::2], len(lines)], strict=False):
            inside[start + 1 : end] = [True] * (end - start - 1)
        lines = [line if kept else "" for line, kept in zip(lines, inside, strict=True)]
    taken = [0] * len(lines)
    if any(line.lstrip().startswith(">>>") or re.match(r"\s*In \[\d+\]:", line) for line in lines):
        for place, line in enumerate(lines):
            match = _PROMPT.match(line)
            taken[place] = match.end() if match else 0
            lines[place] = line[taken[place] :] if match else ""  # without a prompt it is what Python answered
    indents = [
        len(line) - len(line.lstrip(" ")) for line in lines if line.strip() and not line.lstrip().startswith("#")
    ]
    if common := min(indents, default=0):
        lines = [line[common:] if line[:common].isspace() else line.lstrip() for line in lines]
        taken = [before + common for before in taken]
    return lines, taken


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of attributes; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def words(tree: ast.AST) -> set[str]:
    """Every name and attribute that occurs."""
    nodes: list[Any] = list(ast.walk(tree))
    return {node.id for node in nodes if isinstance(node, ast.Name)} | {
        node.attr for node in nodes if isinstance(node, ast.Attribute)
    }
