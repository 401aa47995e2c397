"""Text on the command line → values, and back."""

from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import contract
import pytest

from revise import catalogue
from revise.engines.arrays import Array
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import read, read_file, read_matrix, read_shape, read_values, read_vector, spell


def told(value: Any) -> Any:
    return text(value) if isinstance(value, Node) else value


@pytest.mark.parametrize(
    ("typed", "sides"),
    [
        ("227x227x3", [227, 227, 3]),
        ("227 x 227 x 3", [227, 227, 3]),
        ("5 5 3", [5, 5, 3]),
        ("(5, 5)", [5, 5]),
        ("3×3", [3, 3]),
        ("224,224", [224, 224]),
        ("7", [7]),
        ("x", ["x"]),
        ("nxnx3", ["n", "n", 3]),
        ("HxWxC", ["H", "W", "C"]),
        ("kx3", ["k", 3]),
        ("224x224xc", [224, 224, "c"]),
        ("(2n+1)x(2n+1)x3", ["2·n + 1", "2·n + 1", 3]),
        ("k + 1 x 3", ["k + 1", 3]),
        ("2*k+1", ["2·k + 1"]),
        ("2k", ["2·k"]),
    ],
)
def test_shapes(typed: str, sides: list[Any]) -> None:
    value = read_shape(typed)
    assert [told(side) for side in (value if isinstance(value, tuple) else (value,))] == sides


@pytest.mark.parametrize(
    "typed", ["", "5x", "x5", "227x227x", "5*5*3", "1,024", "5.5", "-3", "(5,5", "1x2x3x4x5x6x7x8x9"]
)
def test_what_is_no_shape(typed: str) -> None:
    with pytest.raises(InputError):
        read_shape(typed)


def test_vectors_matrices_and_values() -> None:
    half = Fraction(1, 2)
    for typed in ("1/2, 1/2", "[1/2, 1/2]", "(0.5, 0.5)", "0.5 0.5"):
        assert read_vector(typed) == Array((2,), (half, half))
    for typed in ("1, 2; 3, 4", "[1, 2; 3, 4]", "[[1, 2], [3, 4]]", "1 2; 3 4"):
        assert read_matrix(typed) == Array((2, 2), (1, 2, 3, 4))
    assert read_values("w0=2, x=-1; λ=1/2, y=1,000") == {"w0": 2, "x": -1, "lambda": half, "y": 1000}
    for typed in ("x", "x=2 y=3", "x=1, x=2", "x=?", "2=x", "x="):
        with pytest.raises(InputError):
            read_values(typed)


def test_files(tmp_path: Path) -> None:
    good = tmp_path / "formula.txt"
    good.write_bytes(b"\xef\xbb\xbfw*x\n")
    assert read_file(str(good)) == "w*x\n"
    with pytest.raises(InputError, match="no UTF-8"):
        (tmp_path / "bad.txt").write_bytes(b"\xff\xfe")
        read_file(str(tmp_path / "bad.txt"))
    with pytest.raises(InputError, match="more than 2 bytes"):
        read_file(str(good), 2)
    for path in (tmp_path, tmp_path / "none", Path("/dev/zero"), Path("\0")):
        with pytest.raises(InputError):
            read_file(str(path))


@pytest.mark.parametrize("name", catalogue.names())
def test_every_sample_can_be_spelled_and_read_back(name: str) -> None:
    solver = catalogue.load(name)
    for seed in range(contract.SAMPLES):
        for parameter, value in solver.sample(Random(seed)).items():
            typed = spell(value)
            if typed is None or isinstance(value, str):
                continue
            again = read(solver.annotations[parameter], typed)
            assert spell(again) == typed, (parameter, value, typed)
