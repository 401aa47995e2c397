"""Every solver against the contract, whichever files there are."""

import json

import contract
import pytest
from rich.cells import cell_len

from revise import catalogue
from revise.numerals import Numerals
from revise.render.solution import solution_lines
from revise.request import Options

NAMES = catalogue.names()


def test_there_are_solvers() -> None:
    assert {"conv", "backprop", "bellman", "gan-losses"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("check", contract.CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_contract(name: str, check) -> None:
    check(catalogue.load(name))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [40, 80])
def test_every_case_is_drawn_within_the_width(name: str, width: int) -> None:
    for given, solution in contract.cases(catalogue.load(name)):
        lines = [line.plain for line in solution_lines(solution, width, Numerals())]
        wide = [line for line in lines if cell_len(line) > width]
        assert not wide, (given, wide)
        assert not any("\\" in line for line in lines), given
        assert not any(line != line.rstrip() for line in lines), given


@pytest.mark.parametrize("name", NAMES)
def test_json_is_strict(name: str) -> None:
    from revise.commands.solve import json_solution

    for given, solution in contract.cases(catalogue.load(name)):
        shown = json_solution(name, solution, Options())
        assert json.loads(json.dumps(shown, allow_nan=False)) == shown, given
        assert shown["schema"] == 1
        assert all({"formula", "latex", "written", "why"} <= set(step) for step in shown["steps"] if step["name"])


@pytest.mark.parametrize("entry", catalogue.entries(), ids=lambda entry: entry.name)
def test_listing_agrees_with_the_module(entry: catalogue.Entry) -> None:
    solver = catalogue.load(entry.name)
    assert entry.serves == solver.module.SERVES
    assert entry.summary == solver.summary
