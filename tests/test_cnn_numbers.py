"""Convolution, its backward pass, pooling's and unpooling on numbers: what the contract's samples can't see."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from revise import catalogue
from revise.engines.arrays import Array
from revise.errors import InputError
from revise.parameters import read_channels, read_filters, spell

CONVOLVE, BACKWARD, POOLED, UNPOOL = (
    catalogue.load(name) for name in ("convolve", "conv-backward", "pool-backward", "unpool")
)


def numbers(*shape: int, turn: int = 5) -> Array:
    """Different small numbers, some of them negative."""
    return Array(shape, tuple((turn * at * at + 3 * at) % 11 - 4 for at in range(int(np.prod(shape)))))


def flat(value: Any) -> list[float]:
    return [float(entry) for entry in (value.flat if isinstance(value, Array) else [value])]


def notes(solution: Any) -> str:
    return " ".join(step.why for step in solution.steps if step.is_note)


def agrees(solver: Any, given: dict[str, Any]) -> None:
    """Every answer that is worked is Torch's."""
    solution, theirs = solver.solve(**given), solver.reference(given)
    assert set(theirs) == set(solution.answers), given
    for word, value in theirs.items():
        wanted = np.asarray(value).ravel().tolist()
        assert flat(solution.value(word)) == pytest.approx(wanted), (given, word)


def test_channels_and_filters_are_read_and_spelled() -> None:
    assert read_channels("1 2; 3 4") == Array((1, 2, 2), (1, 2, 3, 4))
    assert read_channels("1, 2; 3, 4 | 5, 6; 7, 8") == Array((2, 2, 2), tuple(range(1, 9)))
    assert read_channels("1 2｜3 4") == Array((2, 1, 2), (1, 2, 3, 4))
    assert read_filters("1 | 2 || 3 | 4 || 5 | 6") == Array((3, 2, 1, 1), tuple(range(1, 7)))
    for typed, reader in (("1, 2; 3, 4 | 5, 6; 7, 8", read_channels), ("1, 2 | 3, 4 || 5, 6 | 7, 8", read_filters)):
        assert spell(reader(typed)) == typed


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("1 2; 3 4 | 5 6", "filter 1: channel 2 is 1×2, the first one 2×2"),
        ("1 | 2 || 3", "filter 2 is 1×1×1, the first one 2×1×1"),
        ("1 || ", "filter 2 of 2 is empty"),
        ("1 | ", "channel 2 of 2 is empty"),
        ("", "no matrix"),
    ],
)
def test_what_no_filters_are(typed: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault.removeprefix("filter 1: ")):
        read_filters(typed)


@pytest.mark.parametrize("mode", ["correlation", "convolution"])
def test_every_small_convolution_is_torchs(mode: str) -> None:
    for (high, wide), s, p, d in product([(1, 2), (2, 2), (2, 3), (3, 1)], (1, 2, 3), (0, 1, 2), (1, 2)):
        if d * (high - 1) + 1 > 4 + 2 * p or d * (wide - 1) + 1 > 5 + 2 * p:
            continue
        given = {
            "input": numbers(1, 4, 5), "kernel": numbers(1, 1, high, wide, turn=2), "stride": s, "padding": p,
            "dilation": d, "mode": mode, "bias": Array((1,), (3,)),
        }  # fmt: skip
        agrees(CONVOLVE, given)


@pytest.mark.parametrize(
    ("channels", "filters", "groups"), [(3, 1, 1), (1, 3, 1), (2, 2, 1), (4, 2, 2), (2, 4, 2), (3, 3, 3)]
)
@pytest.mark.parametrize("height", [1, 3])
def test_channels_filters_and_groups_are_torchs(channels: int, filters: int, groups: int, height: int) -> None:
    for (p, s), bias, mode in product(
        [(0, 1), (1, 2)], (None, numbers(filters, turn=3)), ("correlation", "convolution")
    ):
        given = {
            "input": numbers(channels, height, 4), "kernel": numbers(filters, channels // groups, min(height, 2), 2),
            "padding": p, "stride": s, "groups": groups, "mode": mode,
        }  # fmt: skip
        agrees(CONVOLVE, given if bias is None else {**given, "bias": bias})


def test_a_true_convolution_is_numpys() -> None:
    for length, width in product(range(1, 6), range(1, 4)):
        signal, kernel = numbers(1, 1, length), numbers(1, 1, 1, width, turn=2)
        full = CONVOLVE.solve(input=signal, kernel=kernel, padding=width - 1, mode="convolution")
        assert flat(full.value("values")) == np.convolve(signal.flat, kernel.flat).tolist()


def test_the_convention_is_said_and_the_kernel_turned_as_a_step() -> None:
    grid = {"input": "1 2; 3 4", "kernel": "1 2; 3 4"}
    plain, turned = CONVOLVE.solve(**grid), CONVOLVE.solve(**grid, mode="convolution")
    assert "cross-correlation" in notes(plain)
    assert "turned by 180°" in notes(turned)
    assert flat(turned.value("W")) == [4, 3, 2, 1]
    assert "W" not in [step.name for step in plain.steps]
    labels = [label for wrong in CONVOLVE.module.mistakes(plain).values() for label in wrong]
    assert "the kernel is turned by 180°" in labels
    labels = [label for wrong in CONVOLVE.module.mistakes(turned).values() for label in wrong]
    assert "the kernel is left as it is" in labels
    assert "the kernel is turned by 180°" not in labels


def test_same_keeps_the_size() -> None:
    for side, d in product((1, 3, 5), (1, 2)):
        given = {"input": numbers(1, 5, 6), "kernel": numbers(1, 1, side, side), "dilation": d, "padding": "same"}
        assert CONVOLVE.solve(**given).value("output").flat == (5, 6)
        agrees(CONVOLVE, given)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"kernel": "1 2 3"}, "kernel: it is 3 wide, the input only 2"),
        ({"kernel": "1 | 1"}, "kernel: a filter needs 1 matrix"),
        ({"kernel": "1 | 1", "groups": 2}, "groups: 2 does not divide"),
        ({"kernel": "1", "groups": "g"}, "groups"),
        ({"kernel": "1", "bias": "1, 2"}, "bias: one number, for the one filter, not 2"),
        ({"kernel": "1 || 2", "bias": "1"}, "bias: 2 numbers"),
        ({"kernel": "1", "stride": 0}, "stride"),
        ({"kernel": "1", "stride": "1x2"}, "stride: the numbers are worked with one stride"),
        ({"kernel": "1", "padding": "p"}, "padding"),
        ({"kernel": "1", "padding": 10**6}, "input: with its padding"),
        ({"kernel": "1 1", "padding": "same"}, "padding: same needs"),
        ({"kernel": "1", "padding": "same", "stride": 2}, "padding: same keeps the size with stride 1"),
        ({"kernel": "a b; c e"}, "kernel: e is the number"),
    ],
)
def test_what_no_convolution_is(given: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError, match=named):
        CONVOLVE.solve(input="1 2; 3 4", **given)


def test_every_small_gradient_is_torchs() -> None:
    for (high, wide), s, p, bias in product([(1, 2), (2, 2), (3, 2)], (1, 2, 3), (0, 1), (False, True)):
        given = {"input": numbers(1, 3, 4), "kernel": numbers(1, 1, high, wide, turn=2), "stride": s, "padding": p}
        rows, columns = (3 + 2 * p - high) // s + 1, (4 + 2 * p - wide) // s + 1
        agrees(BACKWARD, {**given, "upstream": numbers(1, rows, columns, turn=7)})
        if bias:
            agrees(BACKWARD, {**given, "bias": Array((1,), (2,))})


@pytest.mark.parametrize(("channels", "filters", "height"), [(2, 1, 3), (1, 2, 3), (2, 2, 3), (2, 2, 1), (1, 1, 1)])
def test_gradients_of_channels_and_filters_are_torchs(channels: int, filters: int, height: int) -> None:
    for s, p in product((1, 2), (0, 1)):
        kernel = numbers(filters, channels, min(height, 2), 2, turn=2)
        given = {"input": numbers(channels, height, 4), "kernel": kernel, "stride": s, "padding": p}
        agrees(BACKWARD, {**given, "bias": numbers(filters)})


def test_the_gradient_of_the_input_is_the_full_convolution_with_the_turned_kernel() -> None:
    image, kernel, delta = numbers(1, 4, 4), numbers(1, 1, 2, 3, turn=2), numbers(1, 3, 2, turn=7)
    found = BACKWARD.solve(input=image, kernel=kernel, upstream=delta)
    again = CONVOLVE.solve(  # the kernel as it is would be a convolution of the turned one
        input=Array((1, 5, 6), tuple(np.pad(np.reshape(delta.flat, (3, 2)), ((1, 1), (2, 2))).ravel().tolist())),
        kernel=kernel,
        mode="convolution",
    )
    assert flat(found.value("dL/dX")) == flat(again.value("values"))
    assert "full convolution" in notes(found)
    claims = {step.claim.gradient_of for step in found.steps} - {None}
    assert claims == {("L", "W"), ("L", "X")}


def test_what_no_kernel_reached_has_no_gradient() -> None:
    found = BACKWARD.solve(input="1 2 3 4", kernel="1 1 1", stride=2)
    assert flat(found.value("dL/dX")) == [1, 1, 1, 0]
    assert "what no kernel reached has gradient 0" in notes(found)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"kernel": "1 2 3"}, "kernel"),
        ({"kernel": "1 | 2"}, "kernel"),
        ({"kernel": "1", "upstream": "1 2"}, "upstream: ∂L/∂Y has the shape of the output, 2×2, not 1×2"),
        ({"kernel": "1 || 2", "upstream": "1 2; 3 4"}, "upstream"),
        ({"kernel": "1", "bias": "1 2"}, "bias"),
        ({"kernel": "1", "padding": 9}, "padding"),
        ({"kernel": "1", "stride": "s"}, "stride"),
    ],
)
def test_what_no_backward_pass_is(given: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError, match=named):
        BACKWARD.solve(input="1 2; 3 4", **given)


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize("shape", [(3, 4), (4, 4), (1, 5)])
def test_every_small_pooling_gradient_is_torchs(kind: str, shape: tuple[int, int]) -> None:
    for k, s, p, include in product((1, 2, 3), (1, 2, 3), (0, 1), (True, False)):
        if 2 * p > k:
            continue
        high = 1 if shape[0] == 1 else (shape[0] + 2 * p - k) // s + 1
        agrees(
            POOLED,
            {
                "values": numbers(*shape), "kernel_size": k, "stride": s, "padding": p, "kind": kind,
                "count_include_pad": include, "upstream": numbers(high, (shape[1] + 2 * p - k) // s + 1, turn=7),
            },
        )  # fmt: skip


def test_of_equal_entries_the_first_in_row_order_gets_the_gradient() -> None:
    found = POOLED.solve(values="1 5; 5 5", kernel_size=2, upstream="3")
    assert flat(found.value("dL/dX")) == [0, 3, 0, 0]
    assert "first in row order" in notes(found)
    assert {step.claim.gradient_of for step in found.steps} == {None}
    assert "first in row order" not in notes(POOLED.solve(values="1 5; 4 3", kernel_size=2))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"kernel_size": 3}, "kernel-size: the window is 3 high"),
        ({"kernel_size": "1x2"}, "kernel-size: the numbers are worked with one kernel-size"),
        ({"kernel_size": 2, "padding": 2}, "padding"),
        ({"kernel_size": 2, "upstream": "1 2"}, "upstream"),
        ({"kernel_size": 2, "values": "1 a; 3 4"}, "values: of letters"),
    ],
)
def test_what_no_pooling_gradient_is(given: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError, match=named):
        POOLED.solve(**{"values": "1 2; 3 4", **given})


@pytest.mark.parametrize("shape", [(4, 4), (5, 4), (5, 5), (1, 7), (2, 2), (2, 4)])
def test_unpooling_is_torchs_and_pooling_takes_it_back(shape: tuple[int, int]) -> None:
    before = Array(shape, tuple((7 * at) % 31 + 1 for at in range(shape[0] * shape[1])))
    agrees(UNPOOL, {"pooled_from": before})
    undone = UNPOOL.solve(pooled_from=before).value("values")
    pool = catalogue.load("pool")
    again = [pool.solve(values=Array(shape, each.flat), kernel_size=2).value("values") for each in (before, undone)]
    assert flat(again[0]) == flat(again[1])


def test_ties_and_indices_and_sizes_as_in_pytorch() -> None:
    tied = UNPOOL.solve(values="9", pooled_from="1 5; 5 5")
    assert flat(tied.value("values")) == [0, 9, 0, 0]
    assert "first in row order" in notes(tied)
    given = {"values": Array((2, 2), (6, 8, 14, 16)), "indices": Array((2, 2), (5, 7, 13, 15))}
    agrees(UNPOOL, given)
    agrees(UNPOOL, {**given, "output_size": 5})
    agrees(UNPOOL, {**given, "output_size": (4, 5)})
    agrees(UNPOOL, {**given, "kernel_size": 3, "stride": 2, "output_size": (6, 4)})
    agrees(UNPOOL, {"values": Array((1, 3), (4, 5, 6)), "pooled_from": numbers(2, 7), "kernel_size": 2, "stride": 2})
    agrees(UNPOOL, {"values": Array((1, 3), (4, 5, 6)), "indices": Array((1, 3), (1, 2, 5))})


@pytest.mark.parametrize("mode", ["nearest", "bed-of-nails", "bilinear"])
def test_every_enlargement_is_torchs(mode: str) -> None:
    for (high, wide), factor, align in product([(2, 2), (2, 3), (3, 1), (1, 4)], (1, 2, 3, 4), (False, True)):
        if align and (mode != "bilinear" or factor == wide == 1):
            continue
        given = {"values": numbers(high, wide), "kernel_size": factor, "mode": mode}
        agrees(UNPOOL, {**given, "align_corners": True} if align else given)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "values"),
        ({"values": "1 2; 3 4"}, "pooled-from: max unpooling needs the places"),
        ({"values": "1 2; 3 4", "pooled_from": "1 2; 3 4"}, "values: the pooling left 1×1, not 2×2"),
        ({"pooled_from": "1 a; 3 4"}, "pooled-from: of letters"),
        ({"pooled_from": "1 2 3; 1 9 1; 1 1 1", "stride": 1}, "pooled-from: two numbers go to row 1, column 1"),
        ({"values": "1 2; 3 4", "indices": "1 2; 3 99"}, "indices: row 24 is outside"),
        ({"values": "1 2; 3 4", "indices": "1 1; 3 9"}, "indices: two numbers go to row 0, column 1"),
        ({"values": "1 2; 3 4", "indices": "0 2; 8 10.5"}, "indices"),
        ({"values": "1 2; 3 4", "indices": "0 2; 8 10", "output_size": 9}, "output-size"),
        ({"indices": "1"}, "values"),
        ({"values": "1", "mode": "nearest", "stride": 3}, "stride"),
        ({"values": "1", "mode": "nearest", "indices": "0"}, "indices"),
        ({"values": "1", "mode": "nearest", "align_corners": True}, "align-corners"),
        ({"values": "1", "mode": "bilinear", "align_corners": True, "kernel_size": 1}, "align-corners"),
        ({"values": "1", "mode": "nearest", "kernel_size": 500}, "values"),
        ({"values": "1", "input": 3}, "input"),
    ],
)
def test_what_no_unpooling_is(given: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError, match=named):
        UNPOOL.solve(**given)
