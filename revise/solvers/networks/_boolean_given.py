"""What boolean function a given network is: run on every row of the truth table."""

from collections.abc import Sequence
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.solution import Solution, Work
from revise.solvers.networks._boolean import MOST, Boolean, read_boolean
from revise.solvers.networks._boolean_forms import fewest_terms, form_text
from revise.solvers.networks._line_words import lowered

# what the layer ends with, is there a bias → the layer
_LAYER = {
    ("positive", True): "where(W[l] @ a[l-1,i] + b[l] >= 0, 1, 0)",
    ("negative", True): "where(W[l] @ a[l-1,i] + b[l] > 0, 1, 0)",
    ("positive", False): "where(W[l] @ a[l-1,i] >= 0, 1, 0)",
    ("negative", False): "where(W[l] @ a[l-1,i] > 0, 1, 0)",
    ("relu", True): "relu(W[l] @ a[l-1,i] + b[l])",
    ("relu", False): "relu(W[l] @ a[l-1,i])",
    ("linear", True): "W[l] @ a[l-1,i] + b[l]",
    ("linear", False): "W[l] @ a[l-1,i]",
}
_GATES = ("and", "or", "nand", "nor", "xor", "xnor", "majority")


def given_network(layers: Sequence[Array], biases: Any, activation: str, at_zero: str) -> Solution:
    """The truth table of a network, and the function it is. Raises InputError where the layers do not fit."""
    listed = [None] * len(layers) if biases is None else list(biases)
    _check(layers, listed)
    count = layers[0].shape[1]
    names = tuple(f"x{j}" for j in range(1, count + 1))
    rows = Boolean(names, (0,) * 2**count).rows
    work = Work(
        W=dict(enumerate(layers, 1)),
        b={k: Array((len(b.flat),), b.flat) for k, b in enumerate(listed, 1) if b is not None} or None,
        a={(0, i): Array((count,), row) for i, row in enumerate(rows, 1)},
        R=tuple(range(1, len(rows) + 1)),
    )
    work.called(W="weights", b="biases", a="", R="")
    inputs = ", ".join(lowered("x", j) for j in range(1, count + 1))
    work.note(f"a_(l,i) is the output of layer l in row i, and layer 0 is the input ({inputs}).")
    for i, row in enumerate(rows, 1):
        for k, b in enumerate(listed, 1):
            kind = at_zero if activation == "step" else "linear" if k == len(layers) else "relu"
            why = {"linear": "the output is linear", "positive": "step(0) = 1", "negative": "step(0) = 0"}.get(kind, "")
            inputs = "".join(map(str, row))
            work.let("a[l,i]", _LAYER[kind, b is not None], why, table="every row", inputs=inputs, i=i, l=k)
    values = work.let("f", "[a[l,i][0] for i in R]", "the output, row by row from 0…0 to 1…1", l=len(layers)).flat
    if not set(values) <= {0, 1}:
        work.note("Some outputs are neither 0 nor 1, so this is no boolean function.")
        return work.answer(outputs="f")
    return _named(work, Boolean(names, values))


def _named(work: Work, found: Boolean) -> Solution:
    names = [lowered("x", j) for j in range(1, len(found.names) + 1)]
    constant = len(set(found.bits)) == 1
    form = f"always {found.bits[0]}" if constant else form_text(fewest_terms(found), names)
    work.given["known"] = work.env["known"] = (form,)
    work.called(known="")
    gate = _gate(found)
    work.let("g", "known[0]", f"its rows with 1, put as short as can be{f'; that is {gate}' if gate else ''}")
    return work.answer(outputs="f", function="g")


def _gate(found: Boolean) -> str:
    """The function's own name, or nothing."""
    count = len(found.names)
    if count == 1:
        return "NOT" if found.bits == (1, 0) else "the input itself" if found.bits == (0, 1) else ""
    for gate in _GATES:
        if gate == "majority" and count % 2 == 0:
            continue
        if read_boolean(f"{gate} {count}").bits == found.bits:
            return gate.upper()
    return ""


def _check(layers: Sequence[Array], listed: Sequence[Array | None]) -> None:
    if len(listed) != len(layers):
        raise InputError(f"biases: {len(listed)} for {len(layers)} layers; write - for a layer without, as 1, 1 | -")
    width = layers[0].shape[1]
    if width > MOST:
        raise InputError(f"weights: {width} inputs have {2**width} rows; it takes up to {MOST} inputs")
    for k, (w, b) in enumerate(zip(layers, listed, strict=True), 1):
        if any(isinstance(entry, Node) for entry in (*w.flat, *(b.flat if b else ()))):
            raise InputError(f"weights: layer {k} has letters; a truth table needs numbers")
        if w.shape[1] != width:
            before = f"layer {k - 1} has {width} unit{'s' * (width > 1)}"
            raise InputError(f"weights: layer {k} is {w.shape[0]}×{w.shape[1]} and takes {w.shape[1]} inputs; {before}")
        width = w.shape[0]
        if b is not None and (len(b.flat) != width or 1 not in b.shape):
            raise InputError(f"biases: layer {k} has {width} unit{'s' * (width > 1)}, not {len(b.flat)}")
    if width != 1:
        raise InputError(f"weights: the last layer has {width} units; a boolean function has one output")
