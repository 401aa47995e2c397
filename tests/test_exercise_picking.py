"""Questions on a topic: from its page and from its solvers, mixed, seeded, each once."""

import subprocess
import sys
from itertools import islice
from random import Random

import pytest

from revise.exercise import picking
from revise.exercise.picking import questions
from revise.exercise.question import Question, of_card
from revise.topic import Card, Place, open_library
from revise.topic.model import Option

LIBRARY = open_library()
PLACE = Place(LIBRARY.root, 1)
ENTRY = LIBRARY.find("convolution")
PAGE = LIBRARY.read("convolution")[0]


def choice(*options: tuple[str, str, bool], kind: str = "choice") -> Card:
    listed = tuple(Option(text, why, right, PLACE) for text, why, right in options)
    return Card("cnn/which", kind, PLACE, None, 2, question="Which?", options=listed)


def asked(card: Card, seed: int = 0) -> Question:
    question = of_card(card, "Title", Random(seed))
    assert question is not None
    return question


SIZES = choice(("32", "nothing is cut", True), ("28", "no padding", False), ("2", "it is the filter", False))
FALSE = choice(("true", "it overlooks the stride", False), ("false", "right so", True), kind="true-false")


@pytest.mark.parametrize("seed", range(6))
def test_a_choice_by_letter_number_or_words(seed: int) -> None:
    question = asked(SIZES, seed)
    right = next(option for option in question.options if option.right)
    for text in (right.letter, right.letter.upper(), f"({right.letter})", f"{right.letter}.", "32", "３２", " 32 "):
        assert question.judge(text).outcome == "right", text
    assert question.judge("28").named == "**28**: no padding"
    assert question.judge("2").named == "**2**: it is the filter"  # the option's own words before its place
    assert question.judge("3").outcome == ("right" if question.options[2].right else "wrong")
    for text in ("", "e", "5", "maybe", "a b c d e", "a a"):
        assert question.judge(text).outcome == "unreadable", text
    assert "nothing is cut" in question.answer


def test_options_are_shuffled_by_the_seed() -> None:
    orders = {tuple(option.text for option in asked(SIZES, seed).options) for seed in range(20)}
    assert len(orders) > 2
    assert asked(SIZES, 4) == asked(SIZES, 4)
    assert len({asked(SIZES, seed).text_hash for seed in range(5)}) == 1


@pytest.mark.parametrize("text", ["false", "F", "no", "b", "Ｂ", "错", "2"])
def test_true_false_is_not_shuffled(text: str) -> None:
    for seed in range(5):
        assert [option.text for option in asked(FALSE, seed).options] == ["true", "false"]
        assert asked(FALSE, seed).judge(text).outcome == "right"


def test_the_wrong_truth_says_why() -> None:
    assert asked(FALSE).judge("true").named == "**true**: it overlooks the stride"
    assert asked(FALSE).judge("perhaps").outcome == "unreadable"


def test_all_of_several_right_options() -> None:
    question = asked(choice(("x", "1", True), ("y", "2", True), ("z", "3", False)))
    right = [option.letter for option in question.options if option.right]
    assert question.judge(", ".join(right)).outcome == "right"
    assert question.judge("".join(right)).outcome == "right"
    assert question.judge(right[0]).named == "that is right, but there are 2 right ones"


def test_a_seed_gives_the_same_questions() -> None:
    one, two = (list(islice(questions(ENTRY, PAGE, Random(7)), 12)) for _ in range(2))
    assert [question.prompt for question in one] == [question.prompt for question in two]
    other = list(islice(questions(ENTRY, PAGE, Random(8)), 12))
    assert [question.prompt for question in one] != [question.prompt for question in other]


def test_page_and_solvers_are_mixed_and_nothing_comes_twice() -> None:
    found = list(questions(ENTRY, PAGE, Random(1)))
    assert {question.kind for question in found} == {"choice", "true-false", "calc", "next"}
    assert len({question.prompt for question in found}) == len(found)
    keys = [question.key for question in found]
    assert {"solve/conv", "convolution/output-depth", "convolution/weights-calc"} <= set(keys)
    written = [key for key in keys if not key.startswith("solve/")]
    assert len(set(written)) == len(written)
    assert {question.topic for question in found} == {"convolution"}


def test_the_same_numbers_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    same = picking.drawn_calculation("conv", "convolution", Random(0))
    monkeypatch.setattr(picking, "drawn_calculation", lambda *_: same)
    assert list(questions(ENTRY, None, Random(1), kinds={"calc"})) == [same]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_level_and_kinds_limit(level: int) -> None:
    found = list(islice(questions(ENTRY, PAGE, Random(2), level, {"calc", "choice"}), 8))
    assert found
    assert {question.level for question in found} == {level}
    assert {question.kind for question in found} <= {"calc", "choice"}


def test_a_topic_without_page_or_solver_ends() -> None:
    empty = next(entry for entry in LIBRARY.entries if not entry.solve and not LIBRARY.has_page(entry.id))
    assert list(questions(empty, None, Random(0))) == []


def test_a_drawn_question_has_the_key_of_its_solver_and_its_own_hash() -> None:
    found = [question for question in questions(ENTRY, None, Random(3)) if question.key == "solve/conv"]
    assert len({question.text_hash for question in found}) == 1
    assert all(question.prompt for question in found)


def test_a_numeric_question_needs_no_heavy_import() -> None:
    code = (
        "import sys; from random import Random; from revise.exercise.picking import drawn_calculation;"
        "question = drawn_calculation('conv', 'convolution', Random(1)); question.judge('1x1'); question.hints();"
        "print([name for name in ('sympy', 'numpy', 'torch', 'rich', 'sqlite3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
