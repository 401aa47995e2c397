"""Sinusoidal positional encoding by position and dimension."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector, whole
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"positional-encoding": {}}
SOURCE = "Vaswani et al. 2017, section 3.5"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Saeed 2022, A gentle introduction to positional encoding in Transformer models, part 1 (base 100 there)
    (
        {"position": "0, 1, 2, 3", "d_model": 4, "base": 100},
        {
            "encoding": [
                [0, 1, 0, 1],
                ["0.84147098", "0.54030231", "0.09983342", "0.99500417"],
                ["0.90929743", "-0.41614684", "0.19866933", "0.98006658"],
                ["0.14112001", "-0.98999250", "0.29552021", "0.95533649"],
            ]
        },
    ),
    # Vaswani et al. 2017, section 3.5, with letters
    ({"position": "p", "d_model": "d", "dimension": 0}, {"value": "sin(p)"}),
    ({"position": "p", "d_model": "d", "dimension": 5}, {"value": "cos(p/10000^(4/d))"}),
]
MISTAKES = {
    "D[i]": {
        "i for 2i in the exponent": "B^(i/d)",
        "2i doubled: i counts the pairs already": "B^(4*i/d)",
        "the exponent is not divided by d": "B^(2*i)",
    },
    "PE[p,j]": {
        "sine everywhere": "sin(p/D[i])",
        "cosine everywhere": "cos(p/D[i])",
        "multiplied by the divisor": "sin(p*D[i])",
    },
    "R[i]": {"turned the other way": "[cos(k/D[i]), -sin(k/D[i]); sin(k/D[i]), cos(k/D[i])]"},
}
MOST = 4096  # values


def solve(
    position: Vector,
    d_model: Number,
    dimension: Number | None = None,
    shift: Number | None = None,
    layout: Literal["interleaved", "concatenated"] = "interleaved",
    base: Number = 10000,
) -> Solution:
    """PE(pos, 2i) = sin(pos/10000^(2i/d)), PE(pos, 2i+1) = cos of the same; and PE(pos + k) from PE(pos).

    position   0 is the first token; several positions are a table: "0, 1, 2"; a letter works too
    d_model    how many entries a token has, even
    dimension  that one entry only, counted from 0; without it all
    shift      k: shows that PE(pos + k) is PE(pos) turned, pair by pair, by a matrix without pos
    layout     interleaved: sine at 2i, cosine at 2i + 1 (the paper); concatenated: all sines, then all cosines
               (with the paper's exponents; tensor2tensor and fairseq divide by d/2 − 1 instead of d/2)
    base       the 10000

    Raises InputError where d_model is odd or the dimension is not one of it.
    """
    positions = position.flat
    letters = any(isinstance(entry, Node) for entry in positions)
    if letters and len(positions) > 1:
        raise InputError("position: a letter stands alone; several positions are numbers")
    if not letters:
        positions = tuple(whole(entry, "position", 0) for entry in positions)
    if len(set(positions)) < len(positions):
        raise InputError("position: the same one twice")
    if not isinstance(base, Node) and base <= 0:
        raise InputError(f"base must be positive, not {base}")
    if shift is not None and len(positions) > 1:
        raise InputError("shift: PE(pos + k) is worked out for one position")
    where = _dimensions(d_model, dimension, layout, len(positions))
    work = Work(p=positions[0] if letters else None, P=None if letters else positions, d=d_model, B=base, k=shift)
    work.called(p="position", P="", d="entries of a token", B="base", k="shift")
    if layout == "interleaved":
        work.note("Entry j is the sine of pair i where j = 2i, the cosine where j = 2i + 1; angles are radians.")
    else:
        work.note("Pair i has its sine at entry i and its cosine at entry i + d/2; angles are radians.")
    for i in dict.fromkeys(i for _, i, _ in where):
        work.let("D[i]", "B^(2*i/d)", "what the position is divided by in pair i", table="divisors", i=i)
    _values(work, where, None if letters else positions)
    words = _gathered(work, where, dimension, len(positions), letters)
    if shift is not None:
        _turned(work, where, None if letters else positions[0])
        words |= {f"shifted({i})": f"N[{i}]" for i in dict.fromkeys(i for _, i, _ in where)}
    return work.answer(words)


def _values(work: Work, where: list[tuple[int, int, bool]], positions: tuple[Any, ...] | None) -> None:
    """PE of every entry wanted; a letter's position is no index."""
    for p in positions or ("",):
        for j, i, is_sine in where:
            formula = "sin(p/D[i])" if is_sine else "cos(p/D[i])"
            why = "sine of its pair" if is_sine else "cosine of its pair"
            if positions is None:
                work.let("PE[j]", formula, why, table="encoding", j=j, i=i)
            else:
                work.let("PE[p,j]", formula, why, table="encoding", p=p, j=j, i=i)


def _gathered(work: Work, where: list[Any], dimension: Any, count: int, letters: bool) -> dict[str, str]:
    last = where[-1][0]
    if dimension is not None and count == 1:
        return {"value": f"PE[{last}]" if letters else f"PE[{work.given['P'][0]},{last}]"}
    if dimension is not None:
        work.let("E", "[PE[p,j] for p in P]", "this entry for every position", j=last)
    elif letters:
        work.let("E", "[PE[j] for j in 0..d-1]", "all entries")
    elif count == 1:
        work.let("E", "[PE[p,j] for j in 0..d-1]", "all entries", p=work.given["P"][0])
    else:
        work.let("E", "[[PE[p,j] for j in 0..d-1] for p in P]", "a row for each position")
    return {"encoding": "E"}


def _turned(work: Work, where: list[tuple[int, int, bool]], position: int | None) -> None:
    work.note(
        "sin(a + b) = sin a cos b + cos a sin b and cos(a + b) = cos a cos b − sin a sin b with a = pos/D, b = k/D: "
        "the matrix has no pos in it, so a relative shift is one linear map, the same at every position."
    )
    turned, same = "R[i] @ [sin(p/D[i]), cos(p/D[i])]", "N[i] = [sin((p + k)/D[i]), cos((p + k)/D[i])]"
    for i in dict.fromkeys(i for _, i, _ in where):
        work.let("R[i]", "[cos(k/D[i]), sin(k/D[i]); -sin(k/D[i]), cos(k/D[i])]", "a turn by the angle k/D", i=i)
        why = "sine and cosine of this pair at position pos + k"
        if position is None:
            work.let("N[i]", turned, why, i=i)
        else:
            work.let("N[i]", turned, why, holds=same, i=i, p=position)


def _dimensions(d_model: Any, dimension: Any, layout: str, count: int) -> list[tuple[int, int, bool]]:
    """The entries wanted: (entry, its pair, is it the sine)."""
    known = not isinstance(d_model, Node)
    size = whole(d_model, "d_model", 2) if known else None
    if size is not None and size % 2:
        raise InputError(f"d-model must be even: each pair has a sine and a cosine, not {size}")
    if dimension is None:
        size = whole(d_model, "d_model", 2)
        if size * count > MOST:
            raise InputError(
                f"d-model: {size} entries × {count} positions are too many to list; --dimension asks for one"
            )
        entries = list(range(size))
    else:
        entries = [whole(dimension, "dimension", 0)]
    if size is not None and entries[-1] >= size:
        raise InputError(f"dimension: {entries[-1]} is outside a token of {size} entries, counted from 0")
    if layout == "interleaved":
        return [(j, j // 2, j % 2 == 0) for j in entries]
    half = whole(d_model, "d_model", 2) // 2
    return [(j, j % half, j < half) for j in entries]


def sample(rng: Random) -> dict[str, Any]:
    """Two or four entries at one to three positions, base 100 or 10000."""
    given: dict[str, Any] = {
        "position": ", ".join(map(str, rng.sample(range(6), rng.choice([1, 1, 2, 3])))),
        "d_model": rng.choice([2, 4, 6]),
        "base": rng.choice([100, 10000]),
        "layout": rng.choice(["interleaved", "interleaved", "concatenated"]),
    }
    if rng.random() < 0.4:
        given["dimension"] = rng.randrange(given["d_model"])
    if "," not in given["position"] and rng.random() < 0.5:
        given["shift"] = rng.randint(1, 4)
    return given


def reference(
    position: Any,
    d_model: Any,
    dimension: Any = None,
    shift: Any = None,
    layout: str = "interleaved",
    base: Any = 10000,
) -> dict[str, Any]:
    """NumPy: real and imaginary part of e^(iωt), the frequencies by exp and log as in most programs."""
    import numpy

    size = int(d_model)
    frequency = numpy.exp(-numpy.log(float(base)) * numpy.arange(0, size, 2) / size)
    at = numpy.array([float(entry) for entry in position.flat])
    wave = numpy.exp(1j * numpy.outer(at, frequency))
    parts = [wave.imag, wave.real]
    table = numpy.stack(parts, axis=2).reshape(len(at), size) if layout == "interleaved" else numpy.hstack(parts)
    chosen = table if dimension is None else table[:, int(dimension)]
    found = {"encoding": chosen[0] if len(at) == 1 and dimension is None else chosen}
    if dimension is not None:
        found = {"encoding": chosen, "value": chosen[0]}
    if shift is not None:
        moved = numpy.exp(1j * (at[0] + float(shift)) * frequency)
        found |= {f"shifted({i})": [moved[i].imag, moved[i].real] for i in range(size // 2)}
    return found
