"""Small letters for scripts, and ASCII spellings."""

import unicodedata

from revise.maths import symbols
from revise.maths.spacing import arrange, plain_row
from revise.maths.tree import Atom, Fenced, Node

EMPTY = "□"  # stands where nothing is above or below a fraction bar


def in_script_letters(node: Node, table: dict[str, str]) -> str | None:
    """The node in raised (or lowered) characters; None where one of them does not exist."""
    if table is symbols.SUBSCRIPTS and _is_a_word(node):
        return None
    found = ""
    for placed in arrange(plain_row(node), script=True):
        inner = placed.node
        if placed.gap:
            return None
        if isinstance(inner, Fenced) and inner.left == "(" and inner.right == ")":
            body = in_script_letters(inner.body, table)
            if body is None:
                return None
            found += table["("] + body + table[")"]
        elif isinstance(inner, Atom) and all(character in table for character in inner.text):
            found += "".join(table[character] for character in inner.text)
        else:
            return None
    return found


def _is_a_word(node: Node) -> bool:
    """Several letters set as one word: some have a lowered form and others not, so none is lowered."""
    atoms = [placed.node for placed in arrange(plain_row(node), script=True)]
    return any(isinstance(atom, Atom) and len(atom.text) > 1 and atom.text.isalpha() for atom in atoms)


def spelled(text: str) -> str:
    """`text` in ASCII characters only."""
    return "".join(c if c.isascii() else symbols.ASCII.get(c) or _stripped(c) for c in text)


def _stripped(character: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if c.isascii())
    return plain or ("" if unicodedata.category(character) == "Mn" else "?")
