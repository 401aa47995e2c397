"""Frames as text: every picture fills its room exactly, and colour never carries meaning alone."""

import math

import pytest
from rich.cells import cell_len

from revise import frame
from revise.frame import Bars, Contour, Curve, Curves, Frame, Grid, Heatmap, Scatter
from revise.render.canvas import Canvas, sample
from revise.render.frame import draw_frame, figure, metric_lines
from revise.render.pictures import Look, draw, short

WAVE = [math.sin(x / 5) for x in range(50)]
FIELD = [[x * y for x in range(12)] for y in range(9)]
PICTURES = [
    Curves("loss", [Curve("train", range(50), WAVE), Curve("test", range(50), WAVE[::-1])]),
    Curves("nothing yet", [Curve("train", [], [])]),
    Curves("gaps", [Curve("train", [0, 1, 2, 3], [1, math.nan, math.inf, -1e300])], (0, 3), (0, 1)),
    Curves("flat", [Curve("train", [0, 1], [2, 2])]),
    Scatter("one", [Curve("a", WAVE, WAVE)]),
    Scatter("two", [Curve("a", WAVE, WAVE), Curve("b", [0, math.nan], [9e99, 0])], (-1, 1), (-1, 1)),
    Heatmap("weights", FIELD),
    Heatmap("one value", [[3]]),
    Heatmap("gaps", [[math.nan, 1], [math.inf, -math.inf]]),
    Heatmap("large", [range(300)] * 200, 0, 299),
    Heatmap("world", [[0, 1], [2, 3]], marks=["→↓", "#·"]),
    Contour("valley", FIELD, (-1, 1), (0, 2), [10, 40], [Curve("SGD", [-1, 0], [2, 1]), Curve("Adam", [], [])]),
    Bars("p", ["the", "猫", "sat"], [0.2, -0.1, math.nan]),
    Bars("histogram", [""] * 40, range(40)),
    Bars("none", [], []),
    frame.Text("writes", ["to be or not to be", "注意力" * 30]),
    Grid("filters", [Heatmap(str(tile), FIELD) for tile in range(7)]),
    Grid("none", []),
]
LOOKS = [Look(True), Look(False), Look(False, True)]


@pytest.mark.parametrize("look", LOOKS, ids=["colour", "none", "ascii"])
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: f"{type(picture).__name__} {picture.title}")
def test_a_picture_fills_its_room_exactly(picture: frame.Picture, look: Look) -> None:
    for width, height in ((1, 1), (8, 2), (40, 5), (47, 11), (120, 40)):
        lines = draw(picture, width, height, look)
        assert [cell_len(line.plain) for line in lines] == [width] * height
        assert all(look.colour or not line.spans for line in lines)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (20, 6), (40, 24), (80, 24), (200, 60)])
def test_a_frame_fills_the_screen_exactly(width: int, height: int) -> None:
    metrics = {"loss": 0.25, "accuracy": 0.975, "gradient_norm": 1e-9}
    for count in range(len(PICTURES)):
        lines = draw_frame(Frame(1, metrics, PICTURES[:count]), width, height, Look())
        assert [cell_len(line.plain) for line in lines] == [width] * height


def test_two_columns_where_there_is_room_else_below_each_other() -> None:
    two = Frame(1, {}, PICTURES[:2])
    wide, narrow = (draw_frame(two, width, 20, Look()) for width in (80, 40))
    assert "loss" in wide[0].plain and "nothing yet" in wide[0].plain
    assert "loss" in narrow[0].plain and "nothing yet" in narrow[10].plain
    assert "nothing yet" not in "".join(line.plain for line in draw_frame(two, 40, 9, Look()))


@pytest.mark.parametrize("low", [1.11e-4, -1.11e-4, -1e-12, -1.5e-100, 123456.0, 99999.0, -1234.5])
def test_the_ends_of_an_axis_do_not_shift_it(low: float) -> None:
    lines = draw(Curves("error", [Curve("RMS", [0, 1], [1e6, low])], None, (low, 1e6)), 40, 8, Look())[1:7]
    assert len({line.plain.index("│") for line in lines}) == 1
    assert float(lines[-1].plain.partition("│")[0]) == pytest.approx(low, rel=0.35)


def test_a_line_in_braille_and_in_ascii() -> None:
    canvas = Canvas(4, 1)
    canvas.line([(0, 0), (7, 3)])
    assert canvas.rows()[0].plain == "⠉⠒⠤⣀"
    canvas = Canvas(4, 4, ascii=True)
    canvas.line([(0, 0), (3, 3)])
    assert [row.plain for row in canvas.rows()] == ["*   ", " *  ", "  * ", "   *"]


def test_a_line_is_cut_at_the_edge_not_bent() -> None:
    canvas = Canvas(5, 5, ascii=True)
    canvas.line([(-1e9, -1e9), (1e9, 1e9)])
    assert [row.plain.find("*") for row in canvas.rows()] == [0, 1, 2, 3, 4]
    canvas = Canvas(5, 5, ascii=True)
    canvas.line([(0, 100), (4, 100)])
    assert not "".join(row.plain for row in canvas.rows()).strip()


def test_pens_differ_without_colour() -> None:
    for ascii in (False, True):
        canvases = []
        for pen in range(6):
            canvas = Canvas(12, 1, ascii)
            canvas.line([(0, 0), (canvas.across, 0)], pen)
            canvases.append(canvas.rows(colour=False)[0].plain)
        assert len(set(canvases)) == 6
        assert sample(0, ascii).plain != sample(1, ascii).plain


def test_ascii_shapes_are_ascii() -> None:
    for picture in PICTURES:
        if not isinstance(picture, frame.Text) and picture.title != "p":
            assert all(line.plain.isascii() for line in draw(picture, 60, 12, Look(False, True)))


def test_equal_cells_of_a_heat_map_are_one_run() -> None:
    flat = draw(Heatmap("flat", [[0] * 20, [0] * 20], 0, 1), 40, 3, Look())[1]
    assert len(flat.spans) == 1 and flat.plain.startswith("▀" * 40)
    without = draw(Heatmap("steps", [[0, 1]], 0, 1), 8, 5, Look(False))
    assert "@" in without[1].plain


def test_a_long_legend_goes_on_below_where_the_picture_is_tall_enough() -> None:
    names = ["momentum", "Nesterov", "AdaGrad", "RMSprop"]
    curves = [Curve(name, [0, 1], [0, 1]) for name in names]
    for picture in (
        Curves("loss", curves),
        Scatter("loss", curves),
        Contour("loss", FIELD, (0, 1), (0, 1), [], curves),
    ):
        tall = [line.plain for line in draw(picture, 30, 20, Look())]
        heading = " ".join(tall[: next(number for number, line in enumerate(tall) if "│" in line)])
        assert all(f" {name} " in heading for name in names)
        low = [line.plain for line in draw(picture, 30, 6, Look())]
        assert "│" in low[1] and "│" in low[4]


def test_the_first_curve_is_on_top() -> None:
    same = Curves("d", [Curve("model", [0, 1], [0, 1]), Curve("target", [0, 1], [0, 1])])
    body = "".join(line.plain for line in draw(same, 40, 8, Look(False, True))[1:])
    assert "*" in body and "o" not in body


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-5, "-5"),
        (3000, "3000"),
        (0.5, "0.5"),
        (1.38629, "1.39"),
        (123456, "1.2e5"),
        (-0.12345, "-0.12"),
        (1e-7, "1e-7"),
    ],
)
def test_numbers_on_an_axis_fit_the_gutter(value: float, text: str) -> None:
    assert short(value) == text


def test_metrics_are_broken_between_metrics() -> None:
    assert metric_lines({"loss_D": 1.25, "D_on_data": 0.5, "steps_left": 12345.0}, 30) == [
        "loss D 1.250 · D on data 0.500",
        "steps left 1.23e+04",
    ]
    assert [figure(value) for value in (math.nan, -math.inf, 0.0, 12.345, 1e-5, 1282)] == [
        "nan",
        "-inf",
        "0.000",
        "12.35",
        "1.00e-05",
        "1282",
    ]
