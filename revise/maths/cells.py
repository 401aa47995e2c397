"""How many terminal cells a text takes."""

import re
import unicodedata

# Everything below is one cell wide, so that most lines are measured by one search.
_ODD = re.compile(
    "[^ -~\u00a1-\u00ac\u00ae-\u02ff\u0384-\u0482\u1d00-\u1dbf\u2010-\u2027\u2030-\u205e\u2070-\u208e"
    "\u2090-\u209c\u20a0-\u20bf\u2100-\u2319\u239b-\u23e8\u2500-\u25fc\u2c60-\u2c7f]"
)


def display_width(text: str) -> int:
    """Cells that `text` takes: Chinese and full-width characters two, combining marks none."""
    if text.isascii() or not _ODD.search(text):
        return len(text)
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 1
