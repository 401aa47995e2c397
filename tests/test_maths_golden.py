"""Formulas that were looked at, in two dimensions and on one line.

After a change on purpose: `python tests/test_maths_golden.py` writes the file again; read its difference.
"""

from pathlib import Path

import pytest

from revise.maths import render

GOLDEN = Path(__file__).with_name("data") / "maths_golden.txt"
WIDTH = 80


def entries() -> list[tuple[str, str, str]]:
    """(TeX, in two dimensions, on one line) of each block: `>>> TeX`, the picture, `1d: line`."""
    found = []
    for block in GOLDEN.read_text("utf-8").removeprefix(">>> ").split("\n\n>>> "):
        tex, rest = block.rstrip("\n").split("\n", 1)
        picture, line = rest.split("\n1d: ") if "\n1d: " in rest else ("", rest.removeprefix("1d: "))
        found.append((tex, picture, line))
    return found


def block(tex: str) -> str:
    return f">>> {tex}\n{render(tex, '2d', WIDTH)}\n1d: {render(tex, '1d', WIDTH)}\n"


@pytest.mark.parametrize(("tex", "picture", "line"), entries())
def test_golden(tex: str, picture: str, line: str) -> None:
    assert render(tex, "2d", WIDTH) == picture
    assert render(tex, "1d", WIDTH) == line


def test_the_golden_file_is_large_and_has_no_formula_twice() -> None:
    formulas = [tex for tex, _, _ in entries()]
    assert len(set(formulas)) == len(formulas) >= 150


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(block(tex) for tex, _, _ in entries()), "utf-8", newline="\n")
