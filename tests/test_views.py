"""A map of states and an overview of rows: other ways to look at the same steps."""

import pytest

from revise.numerals import Numerals
from revise.render.solution import solution_lines
from revise.solution import Solution, Work


def screen(solution: Solution, width: int = 80, everything: bool = False) -> str:
    return "\n".join(line.plain.rstrip() for line in solution_lines(solution, width, Numerals(), everything))


def world(columns: int = 3) -> Solution:
    cells = [f"({x},{y})" for y in (2, 1) for x in range(1, columns + 1)]
    work = Work(g={cell: place for place, cell in enumerate(cells)}, best={cells[0]: "right", cells[2]: "up or left"})
    for cell in cells:
        if cell != "(2,1)":
            work.let("V[s]", "g[s]/4", "", table="values", s=cell)
    for cell in (cells[0], cells[2]):
        work.let("pi[s]", "best[s]", "", table="policy", s=cell)
    rows = [[f"({x},{y})" if (x, y) != (2, 1) else None for x in range(1, columns + 1)] for y in (2, 1)]
    work.map("Values and best actions", rows, "V[s]", "pi[s]")
    return work.answer({"corner": "V[(1,2)]"})


def test_a_map_shows_each_value_with_its_arrows_and_walls() -> None:
    drawn = screen(world()).partition("Values and best actions\n")[2].split("\n\n")[0]
    assert drawn == (
        "┌──────┬──────┬──────┐\n"
        "│  0   │ 0.25 │ 0.5  │\n"
        "│  →   │      │  ↑←  │\n"
        "├──────┼──────┼──────┤\n"
        "│ 0.75 │ ###  │ 1.25 │\n"
        "│      │      │      │\n"
        "└──────┴──────┴──────┘"
    )


def test_a_map_that_is_too_wide_keeps_its_arrows() -> None:
    drawn = screen(world(30), 62).partition("Values and best actions\n")[2]
    assert drawn.startswith("→ · + · ·")
    assert "· # ·" in drawn and "+ several actions are best" in drawn
    assert "too many to draw" in screen(world(30), 40)


def layers(count: int) -> Solution:
    work = Work(k={row: 2 + row % 2 for row in range(1, count + 1)}, c={0: 1})
    work.called(k="", c="")
    for row in range(1, count + 1):
        work.let("c[l]", "c[l-1]*1", "kept", table="sizes", l=row, layer=f"layer{row}")
        if row % 2:
            work.let("w[l]", "k[l]*100000", "weights", table="weights", l=row, layer=f"layer{row}")
    work.overview("All rows", {"size": "c[l]", "weights of it": "w[l]"}, "layer", ("sizes", "weights"))
    return work.answer({"last": f"c[{count}]"})


def test_an_overview_lists_values_of_several_steps_in_a_row() -> None:
    shown = screen(layers(3))
    assert "layer1     1        300,000" in shown
    assert "layer2     1\n" in shown
    assert "Sizes" in shown, "short workings stay"


def test_a_long_overview_stands_for_the_workings_and_says_what_it_leaves_out() -> None:
    shown = screen(layers(26))
    assert "Sizes" not in shown and "Weights" not in shown
    assert "13 rows that learn nothing and keep the size are left out" in shown
    assert "layer3 " in shown and "layer2 " not in shown
    everything = screen(layers(26), everything=True)
    assert "Sizes" in everything and "layer2 " in everything


def test_an_overview_wider_than_the_screen_shares_its_columns_out() -> None:
    lines = screen(layers(3), 24).splitlines()
    assert max(map(len, lines)) <= 24
    assert sum(line.startswith("layer ") for line in lines) >= 2


@pytest.mark.parametrize("word", ["n", "x"])
def test_an_empty_word_keeps_a_given_letter_out_of_the_list(word: str) -> None:
    work = Work(n=2, x=3)
    work.called(**{word: ""})
    work.let("y", "n + x")
    given = screen(work.answer(y="y")).splitlines()[0]
    assert given.startswith("Given") and word not in given.removeprefix("Given")


def test_rows_of_a_table_may_have_different_index_letters() -> None:
    work = Work(x=2)
    work.let("a[i]", "x + i", table="mixed", i=1)
    work.let("b[j,k]", "x*j*k", table="mixed", j=3, k=4)
    lines = screen(work.answer({"b": "b[3,4]"})).splitlines()
    head = next(line for line in lines if line.split()[:3] == ["i", "j", "k"])
    assert head and any(line.split()[:2] == ["3", "4"] for line in lines)
