"""Frames hold plain numbers, and say what is wrong where they are made."""

import copy
import math
import pickle

import pytest

from revise.frame import Bars, Contour, Curve, Curves, Frame, Grid, Heatmap, Scatter, Text


def test_sequences_become_tuples_of_floats() -> None:
    curve = Curve("D", [0, 1, 2], range(3))
    assert curve.x == (0.0, 1.0, 2.0) and curve.y == (0.0, 1.0, 2.0)
    assert {type(value) for value in (*curve.x, *curve.y)} == {float}


def test_a_frame_is_frozen_copied_and_pickled() -> None:
    metrics = {"loss": 1}
    frame = Frame(3, metrics, [Curves("loss", [Curve("D", [0, 1], [2, 1])])])
    metrics["loss"] = 5
    assert frame.metrics == {"loss": 1.0}
    assert copy.deepcopy(frame) == frame == pickle.loads(pickle.dumps(frame))
    with pytest.raises(AttributeError):
        frame.step = 4  # type: ignore[misc]


def test_a_value_may_be_no_number_but_a_range_may_not() -> None:
    assert math.isnan(Curve("D", [0], [math.nan]).y[0])
    assert Frame(0, {"loss": math.inf}).metrics["loss"] == math.inf
    with pytest.raises(ValueError, match="lower to a higher"):
        Curves("loss", [], x_range=(0, math.inf))
    with pytest.raises(ValueError, match="lower to a higher"):
        Scatter("points", [], y_range=(1, 1))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Curve("D", [1, 2], [1]), "2 x-values for 1 y-values"),
        (lambda: Curve("D", [1], ["1"]), "not a plain number"),
        (lambda: Curve("D", [1], [True]), "not a plain number"),
        (lambda: Curves("loss", ["D"]), "str does not belong here"),
        (lambda: Heatmap("V", []), "rows of one length"),
        (lambda: Heatmap("V", [[1, 2], [3]]), "rows of one length"),
        (lambda: Heatmap("V", [[1, 2]], 1, 0), "lower to a higher"),
        (lambda: Heatmap("V", [[1, 2]], marks=["→"]), "shape of the values"),
        (lambda: Contour("f", [[]], (0, 1), (0, 1), [0.5]), "rows of one length"),
        (lambda: Bars("p", ["a"], [1, 2]), "1 labels for 2 values"),
        (lambda: Bars("p", ["a"], [1], low=2, high=1), "lower to a higher"),
        (lambda: Text("wrote", "to be"), "not one string"),
        (lambda: Grid("filters", [], columns=0), "at least 1"),
        (lambda: Grid("filters", [3]), "int does not belong here"),
        (lambda: Frame(-1, {}), "whole number"),
        (lambda: Frame(True, {}), "whole number"),
        (lambda: Frame(0, {"D(x)": 1.0}), "identifier"),
        (lambda: Frame(0, {"loss": None}), "not a plain number"),
        (lambda: Frame(0, {}, [Curve("D", [], [])]), "Curve does not belong here"),
    ],
)
def test_what_is_wrong_is_said(make, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()


def test_a_tensor_is_refused_with_the_way_out() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(ValueError, match="tolist"):
        Curve("D", torch.zeros(2), torch.zeros(2))
    with pytest.raises(ValueError, match="item"):
        Frame(0, {"loss": torch.tensor(1.0)})
