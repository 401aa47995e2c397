"""docs/coverage.md says what there is, and leaves no cell empty."""

from docs import coverage

LINES = coverage.TABLE.read_text(encoding="utf-8").splitlines()
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in LINES if line.startswith("| `")]


def test_the_table_has_every_capability_that_is_built() -> None:
    there = coverage.built()
    expected = [f"`{name}`" for name in coverage.capabilities() if name in there]
    assert [row[0] for row in ROWS] == expected, "run python -m docs.coverage"


def test_no_cell_is_empty() -> None:
    assert ROWS
    assert [row for row in ROWS if len(row) != 9 or not all(row)] == []


def test_a_row_is_what_looking_finds_today() -> None:
    name = "conv"
    committed = next(row for row in ROWS if row[0] == f"`{name}`")
    assert coverage.row(name, coverage.capabilities()[name]) == committed, "run python -m docs.coverage"
