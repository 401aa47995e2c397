"""The table of what the pages teach and ask: `python -m docs.pages` writes docs/pages.md."""

import sys
from pathlib import Path

from revise.commands.topics import coverage
from revise.topic import open_library

TABLE = Path(__file__).with_name("pages.md")
HEAD = """\
# What the pages teach and ask

Written by `python -m docs.pages`. `points` are those of the syllabus; `taught` and `asked` count the points that a
section teaches and that a card or question asks; `cards` counts what a sitting can ask (a cloze once for each gap);
`questions` are choice and true-false, `shorts` have a marking scheme, `worked` problems are computed again by
`revise check`, `terms` stand in `revise show glossary`.
"""
COLUMNS = ("points", "taught", "asked", "cards", "questions", "shorts", "worked", "terms")


def table() -> str:
    """The Markdown of docs/pages.md."""
    rows = [row for row in coverage(open_library()) if row["page"]]
    lines = [f"| topic | {' | '.join(COLUMNS)} |", "|---" + "|--:" * len(COLUMNS) + "|"]
    lines += [f"| {row['id']} | {' | '.join(str(row[name]) for name in COLUMNS)} |" for row in rows]
    lines.append(f"| **{len(rows)} pages** | {' | '.join(str(sum(row[name] for row in rows)) for name in COLUMNS)} |")
    body = "\n".join(lines)
    return f"{HEAD}\n{body}\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8", newline="\n")
    sys.exit(0)
