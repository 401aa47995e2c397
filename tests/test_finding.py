"""Numbers sought: several at once, their ranges, and what a page may write about them."""

import json
from itertools import product
from pathlib import Path

import pytest
from command import revise

from revise import catalogue
from revise.commands.solve import answer_matches
from revise.errors import InputError
from revise.finding import chosen, find
from revise.render.found import found_lines
from revise.request import Request, read_request, split

HALVING = ["conv", "--input", "112x112x64", "--output", "56x56"]


def request(*args: str) -> Request:
    return read_request(*split(args))


def rows(*args: str) -> list[tuple[int, ...]]:
    return [tuple(choice.values()) for choice in find(request(*args))]


def conv_sizes(n: int) -> dict[tuple[int, int, int], int]:
    return {(k, s, p): (n + 2 * p - k) // s + 1 for k, s, p in product(range(1, 12), range(1, 5), range(6))}


@pytest.mark.parametrize(("side", "output"), [(112, 56), (32, 32), (227, 55), (28, 14), (13, 13), (9, 4)])
def test_every_kernel_stride_and_padding_and_no_other(side: int, output: int) -> None:
    right = sorted(numbers for numbers, size in conv_sizes(side).items() if size == output)
    assert rows("conv", "--input", str(side), "--output", str(output), "--find", "kernel-size,stride,padding") == right


@pytest.mark.parametrize(
    ("args", "right"),
    [
        (
            ["pool", "--input", "112", "--output", "56", "--find", "kernel-size,stride,padding"],
            [(k, s, p) for (k, s, p), size in sorted(conv_sizes(112).items()) if size == 56 and 2 * p <= k],
        ),
        (
            ["transposed-conv", "--input", "7", "--output", "14", "--find", "kernel-size,stride,padding"],
            [t for t in product(range(1, 12), range(1, 5), range(6)) if t[1] * 6 + t[0] - 2 * t[2] == 14],
        ),
        (["conv", "--kernel-size", "3", "--output", "7x7x4", "--find", "input,out-channels"], [(9, 4)]),
        (
            ["conv", "--input", "9x9x3", "--kernel-size", "3", "--parameters", "56", "--find", "out-channels=1..5"],
            [(2,)],
        ),
    ],
    ids=["pool", "transposed-conv", "other-numbers", "lone-range"],
)
def test_any_solver_and_any_whole_number(args: list[str], right: list[tuple[int, ...]]) -> None:
    assert rows(*args) == right


def test_ranges_narrow_the_search_and_the_order_asked_is_the_order_given() -> None:
    ranges = ["--find", "kernel-size=1..7,stride=1..2,padding"]
    assert rows(*HALVING, *ranges) == [(1, 2, 0), (2, 2, 0), (3, 2, 1), (4, 2, 1), (5, 2, 2), (6, 2, 2), (7, 2, 3)]
    assert rows(*HALVING, "--find", "padding=1-2, kernel-size=3…4, stride") == [(1, 3, 2), (1, 4, 2)]
    assert rows(*HALVING, "--kernel-size", "3", "--padding", "?", "--stride", "?") == [(1, 2)]
    assert rows(*HALVING, "--find", "kernel-size=7", "--stride", "2", "--padding", "?") == [(7, 3)]


def test_json_of_several() -> None:
    done = revise("solve", *HALVING, "--find", "kernel-size=2..3,stride,padding", "--json")
    shown = json.loads(done.stdout)
    assert done.returncode == 0
    assert shown["answer"] == [
        {"kernel-size": 2, "stride": 2, "padding": 0},
        {"kernel-size": 3, "stride": 2, "padding": 1},
    ]
    assert shown["given"]["find"] == "kernel-size=2..3,stride=1..4,padding=0..5"


def test_a_lone_range_keeps_the_form_of_a_lone_unknown() -> None:
    args = ["conv", "--input", "32", "--kernel-size", "5", "--output", "32", "--json"]
    assert json.loads(revise("solve", *args, "--find", "padding=0..9").stdout)["answer"] == {"padding": [2]}
    done = revise("solve", *args, "--find", "padding=3..9")
    assert done.returncode == 1
    assert json.loads(done.stdout)["answer"] == {"padding": []}
    assert json.loads(done.stdout)["why"] == "no whole padding from 3 to 9 gives output = 32"


def test_none_says_what_was_tried_and_exits_1() -> None:
    args = ["conv", "--input", "10", "--kernel-size", "3", "--find", "stride,padding", "--output", "500"]
    done = revise("solve", *args)
    assert done.returncode == 1
    assert done.stdout == "No numbers of stride=1..4,padding=0..5 give output = 500.\n"
    shown = json.loads(revise("solve", *args, "--json").stdout)
    assert shown["answer"] == []
    assert shown["why"] == "no numbers of stride=1..4,padding=0..5 give output = 500"


def test_the_screen_has_the_formula_the_table_and_the_worked_choice() -> None:
    done = revise("solve", *HALVING, "--find", "kernel-size=1..4,stride,padding", "--check")
    assert done.returncode == 0
    assert "where k is the kernel-size, s the stride and p\nthe padding" in done.stdout
    assert "4 of 96 choices give output = 56x56." in done.stdout
    assert "  kernel-size  stride  padding\n            1       2        0\n" in done.stdout
    assert "with kernel-size 2, stride 2,\npadding 0: the least padding with a kernel no narrower" in done.stdout
    assert "✓ output [56, 56]" in done.stdout


def test_the_choice_worked_out() -> None:
    asked = request(*HALVING, "--find", "kernel-size,stride,padding")
    assert chosen(asked, find(asked))[0] == {"kernel_size": 2, "stride": 2, "padding": 0}
    given = request(*HALVING, "--stride", "2", "--find", "kernel-size=1..3,padding")
    assert chosen(given, find(given))[0] == {"kernel_size": 2, "padding": 0}
    gaps = request(*HALVING, "--find", "kernel-size=1,stride,padding")
    assert chosen(gaps, find(gaps)) == ({"kernel_size": 1, "stride": 2, "padding": 0}, "the least padding")


@pytest.mark.parametrize("width", [20, 30, 80])
def test_a_table_keeps_to_the_width_and_a_long_one_is_cut(width: int) -> None:
    asked = request("conv", "--output", "7", "--find", "input=1..99,kernel-size=1..99")
    short, whole = (found_lines(asked, find(asked), width, everything=all_) for all_ in (False, True))
    assert all(len(line.plain) <= width and line.plain == line.plain.rstrip() for line in whole)
    assert len(whole) > len(short)
    assert short[-1].plain.strip() == "… and 53 rows more (--all)"


def test_the_last_unknowns_numbers_stand_together() -> None:
    asked = request("conv", "--input", "5", "--output", "1", "--find", "kernel-size=4..5,stride=3..4,padding=0..1")
    lines = [line.plain for line in found_lines(asked, find(asked), 80)]
    assert lines[-4:] == [
        "            4       3  0",
        "                    4  0, 1",
        "            5       3  0, 1",
        "                    4  0, 1",
    ]


@pytest.mark.parametrize(
    ("find", "reason"),
    [
        ("kernel-size=1..300,stride=1..99", "29,700 choices, more than 20,000"),
        ("kernel-size=1..99999999999", "99,999,999,999 choices"),
        ("kernel-size=7..1,stride", "write the smaller one first: kernel-size=1..7"),
        ("kernel-size,,stride", "'' is no unknown"),
        ("kernel-size=a..b", "'kernel-size=a..b' is no unknown"),
        ("kernel-size,kernel_size", "kernel-size is sought twice"),
        ("kernel-size,strid", "did you mean stride"),
        ("kernel-size,bias", "only a whole number"),
        ("stride,padding", "conv needs --kernel-size"),
        ("input,kernel-size", "given and sought at once"),
        ("kernel-size=25..30,stride=1..2,padding=0", "can be tried: kernel-size: the kernel is 30 high"),
    ],
)
def test_bad_input(find: str, reason: str) -> None:
    with pytest.raises(InputError) as fault:
        rows("conv", "--input", "9", "--output", "5", "--find", find)
    assert reason in str(fault.value)


def test_a_wrong_word_or_number_of_the_aim() -> None:
    with pytest.raises(InputError, match="needs an answer to aim at"):
        rows("conv", "--input", "9", "--find", "kernel-size,stride")
    with pytest.raises(InputError, match="did you mean output"):
        rows("conv", "--input", "9", "--outptu", "3", "--find", "kernel-size,stride")
    assert revise("solve", "conv", "--input", "9", "--output", "x)", "--find", "stride,kernel-size").returncode == 2


def test_the_texts_given_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = request(*HALVING, "--find", "kernel-size,stride,padding")
    reads: list[str] = []
    real = catalogue.read
    monkeypatch.setattr(
        catalogue, "read", lambda kind, text, letters: (reads.append(text), real(kind, text, letters))[1]
    )
    assert len(find(asked)) == 11
    assert reads == ["112x112x64"]


def fence(command: str, **answers: str) -> list[str]:
    return answer_matches(
        ["revise", "solve", *command.split()], {name.replace("_", "-"): text for name, text in answers.items()}
    )


def test_a_worked_fence_names_each_unknown() -> None:
    command = " ".join([*HALVING, "--find", "kernel-size=3..5,stride,padding"])
    assert fence(command, kernel_size="3, 4, 5", stride="2, 2,2", padding="1, 1, 2") == []
    assert fence(command, kernel_size="3, 4, 5") == []
    assert fence(command, padding="1, 1, 1") == ["padding is 1, 1, 2, not 1, 1, 1"]
    assert fence(command, output="56") == ["output is not sought here; name one of kernel-size, stride, padding"]
    assert fence(command.replace("--find", "--padding ? --find").replace(",padding", ""), stride="2, 2, 2") == []
    nothing = "conv --input 10 --kernel-size 3 --output 500 --find stride,padding"
    assert fence(nothing, stride="none") == []
    assert fence(nothing, stride="1") == ["stride is none, not 1"]
    lone = "conv --input 224 --kernel-size 7 --stride 2 --output 112 --find padding"
    assert fence(lone, padding="3") == fence(lone, **{"": "3"}) == []
    assert fence(lone, padding="2") == ["padding is 3, not 2"]


def test_a_page_shows_the_choices_it_names(tmp_path: Path) -> None:
    from revise.render.worked import draw_worked
    from revise.topic.model import Answer, Place, Worked

    place = Place(tmp_path, 1)
    argv = ("revise", "solve", *HALVING, "--find", "kernel-size=3..5,stride,padding")
    answers = tuple(
        Answer(name, text, place)
        for name, text in (("kernel-size", "3, 4, 5"), ("stride", "2, 2, 2"), ("padding", "1, 1, 2"))
    )
    lines = [line.plain for line in draw_worked(Worked(argv, answers, place), 80)]
    assert lines[-4:] == [
        "  kernel-size  stride  padding",
        "            3       2        1",
        "            4       2        1",
        "            5       2        2",
    ]


def test_a_far_number_that_only_every_eighth_can_be() -> None:
    words = ["conv", "--input", "5x5x16", "--kernel-size", "3", "--groups", "8"]
    assert rows(*words, "--weights", "18432", "--find", "out-channels") == [(1024,)]


def test_a_decimal_aim_beyond_the_near_numbers() -> None:
    found = rows("init", "--method", "he", "--std", "0.0442", "--find", "fan-in")
    assert found == [(1022,), (1023,), (1024,), (1025,), (1026,)]
