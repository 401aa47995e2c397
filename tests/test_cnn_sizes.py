"""Pooling, receptive field and transposed convolution: what the contract's samples can't see."""

from itertools import product
from typing import Any

import pytest

from revise import catalogue
from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import free_names

POOL, FIELD, TRANSPOSED = (catalogue.load(name) for name in ("pool", "receptive-field", "transposed-conv"))


def flat(solution: Any, word: str = "values") -> list[float]:
    return [float(entry) for entry in solution.value(word).flat]


def test_every_small_pooling_is_torchs() -> None:
    for n, k, s, p, up in product(range(1, 9), range(1, 5), range(1, 5), range(3), (False, True)):
        if 2 * p > k or k > n + 2 * p:
            continue
        given: dict[str, Any] = {"kernel_size": k, "input": n, "stride": s, "padding": p, "ceil_mode": up}
        assert POOL.solve(**given).value("output").flat == tuple(POOL.reference(given)["output"]), given


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize("include", [True, False])
@pytest.mark.parametrize("shape", [(3, 5), (4, 4), (1, 5)])
def test_cut_windows_are_torchs(kind: str, include: bool, shape: tuple[int, int]) -> None:
    numbers = tuple((7 * at * at + 3 * at) % 11 - 6 for at in range(shape[0] * shape[1]))
    for k, s, p, up in product((1, 2, 3), (1, 2, 3), (0, 1), (False, True)):
        if 2 * p > k or (k > shape[0] + 2 * p and shape[0] > 1):
            continue
        given = {
            "values": Array(shape, numbers), "kernel_size": k, "stride": s, "padding": p, "ceil_mode": up,
            "kind": kind, "count_include_pad": include,
        }  # fmt: skip
        assert flat(POOL.solve(**given)) == pytest.approx(POOL.reference(given)["values"].tolist()), given


def test_a_window_may_not_start_in_the_padding_behind() -> None:
    solution = POOL.solve(kernel_size=2, input=3, padding=1, ceil_mode=True)
    assert solution.value("output").flat == (2, 2)
    assert solution.value("q[h]") == 3


def test_pooling_without_a_stride_takes_the_kernels() -> None:
    assert POOL.solve(kernel_size="3x2", input="9x8x5").value("output").flat == (3, 4, 5)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"kernel_size": 3}, "input"),
        ({"kernel_size": 5, "input": 4}, "kernel-size"),
        ({"kernel_size": 3, "input": 9, "padding": 2}, "padding"),
        ({"kernel_size": 2, "values": "1 2; 3 4", "input": 3}, "input"),
        ({"kernel_size": "2x1", "values": "1 2; 3 4"}, "values"),
    ],
)
def test_what_no_pooling_is(given: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError, match=named):
        POOL.solve(**given)


@pytest.mark.parametrize(
    ("layers", "field", "stride"),
    [
        ("conv 3x3", 3, 1),
        ("conv 3 x 3, relu, conv3x3 2", 5, 2),
        ("2 * conv 3 x 3", 5, 1),
        ("3x conv 3", 7, 1),
        ("maxpool 2; Conv2d 3", 6, 2),
        ("avgpool 3 1", 3, 1),
        ("conv 1 3, conv 1 2, conv 2", 7, 6),
    ],
)
def test_layers_as_people_write_them(layers: str, field: int, stride: int) -> None:
    solution = FIELD.solve(layers=layers)
    assert (solution.value("receptive-field"), solution.value("stride")) == (field, stride)


def test_resnet_50_with_the_stride_on_the_3x3_sees_less() -> None:
    blocks = [block for depth, stride in ((3, 1), (4, 2), (6, 2), (3, 2)) for block in [stride] + [1] * (depth - 1)]
    layers = ["conv 7 2", "pool 3 2", *(f"conv 1, conv 3 {stride}, conv 1" for stride in blocks)]
    assert FIELD.solve(layers=", ".join(layers)).value("receptive-field") == 427


@pytest.mark.parametrize(
    "layers",
    ["", "fc 10", "conv", "conv 3x5", "conv 3x3x3", "conv 0", "conv 3 1 1 1", "3 1", "conv -3", "conv1 11 4", "conv3"],
)
def test_what_no_layers_are(layers: str) -> None:
    with pytest.raises(InputError, match="layers"):
        FIELD.solve(layers=layers)


def test_a_transposed_convolution_gives_the_size_back() -> None:
    conv = catalogue.load("conv")
    for n, k, s, p, d in product(range(3, 9), range(1, 5), range(1, 4), range(2), (1, 2)):
        span = n + 2 * p - d * (k - 1) - 1
        if span < 0:
            continue
        small = conv.solve(input=n, kernel_size=k, stride=s, padding=p, dilation=d).value("output").flat[0]
        again = TRANSPOSED.solve(input=small, kernel_size=k, stride=s, padding=p, dilation=d, output_padding=span % s)
        assert again.value("output").flat == (n, n)


@pytest.mark.parametrize("shape", [(2, 3), (3, 3), (1, 4)])
def test_every_entry_is_torchs(shape: tuple[int, int]) -> None:
    values = Array(shape, tuple((5 * at * at + at) % 7 - 3 for at in range(shape[0] * shape[1])))
    for k, s, p, more in product((1, 2, 3), (1, 2, 3, 4), (0, 1), (0, 1)):
        high = 1 if shape[0] == 1 else k
        kernel = Array((high, k), tuple((3 * at * at + 2) % 5 - 1 for at in range(high * k)))
        given = {"values": values, "kernel": kernel, "stride": s, "padding": p, "output_padding": more}
        if more >= s or min(shape[-1], shape[0] if high > 1 else 9) * s - s + k + more - 2 * p < 1:
            continue
        if shape[0] > 1 and (shape[0] - 1) * s + k + more - 2 * p < 1:
            continue
        assert flat(TRANSPOSED.solve(**given)) == pytest.approx(TRANSPOSED.reference(given)["values"].tolist()), given


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"input": 3}, "kernel-size"),
        ({"kernel_size": 3}, "input"),
        ({"input": 1, "kernel_size": 2, "padding": 1}, "padding"),
        ({"input": 3, "kernel_size": 3, "stride": 2, "output_padding": 2}, "output-padding"),
        ({"values": "1 2; 3 4"}, "values"),
        ({"values": "1 2; 3 4", "kernel": "1 2; 3 4", "dilation": 2}, "dilation"),
    ],
)
def test_what_no_transposed_convolution_is(given: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError, match=named):
        TRANSPOSED.solve(**given)


@pytest.mark.parametrize("name", ["pool", "transposed-conv"])
def test_two_letters_are_no_square(name: str) -> None:
    solution = catalogue.load(name).solve(input="HxW", kernel_size=2)
    high, wide = solution.value("output").flat[:2]
    assert free_names(high) == ["H"] and free_names(wide) == ["W"]
