"""One network's facts: its layer table, the totals, and where they stand."""

from dataclasses import dataclass
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.network import Layer, Network
from revise.solution import Work
from revise.solvers.cnn._architecture_facts import FACTS
from revise.solvers.cnn._entry import entry
from revise.solvers.cnn._stack import MULTIPLYING, Stack, titled
from revise.solvers.cnn._stack_costs import add_costs
from revise.solvers.cnn._stack_sizes import add_sizes

_VIEWS = frozenset("flatten reshape identity select".split())
_NEW = frozenset((*MULTIPLYING, "max-pool", "avg-pool", "upsample", "embedding"))
_MOST = 10_000


@dataclass
class Counted:
    """A network that is worked out: `answers` are words and the names of steps."""

    label: str
    title: str
    work: Work
    answers: dict[str, str]
    rows: dict[str, tuple[int, ...]]
    note: str


def count(label: str, net: Network, input: Any, all_kept: bool, size: int, channels_first: bool) -> Counted:
    """Raises InputError naming the layer that does not fit."""
    if len(net.layers) > _MOST:
        raise InputError(f"nets: {len(net.layers):,} layers are more than {_MOST:,}")
    sides, channels = entry(net, input, channels_first)
    rows = _rows(net, all_kept)
    convolutions, dense = deepest(net)
    given: dict[str, Any] = {name: places for name, places in rows.items() if places}
    shape = Array((len(sides) + 1,), (*sides, channels))
    stack = Stack(net, sides, channels, **given, x=shape, a=convolutions, h=dense, B=size)
    stack.work.called(**dict.fromkeys([*rows, "x"], ""), a="convolutions in a row", h="linear layers in a row")
    stack.work.called(B="bytes a value")
    note = f"{FACTS.get(label, '')} {net.note[:1].upper() + net.note[1:]}".strip()
    if note:
        stack.work.note(note)
    stack.work.let("v[l]", "prod(x)", "the input's values", l=0, layer="input")
    add_sizes(stack)
    for row in rows["V"][1:]:
        stack.work.let(
            "v[l]", "prod(o[l])", "entries of the output", table="values", l=row, layer=titled(stack.layers[row])
        )
    add_costs(stack)
    return Counted(label, net.name or label, stack.work, _add_facts(stack, rows), rows, note)


def _rows(net: Network, all_kept: bool) -> dict[str, tuple[int, ...]]:
    """V: rows whose values are counted, the input's first; E: the first half of them; G: convolutions; D: linear."""
    layers = dict(enumerate(net.layers, 1))
    counted = (0, *(row for row, layer in layers.items() if _is_counted(layer, all_kept)))
    return {
        "V": counted,
        "E": counted[: len(counted) // 2],
        "G": tuple(row for row, layer in layers.items() if layer.kind in ("conv", "transposed-conv")),
        "D": tuple(row for row, layer in layers.items() if layer.kind == "linear"),
    }


def _is_counted(layer: Layer, all_kept: bool) -> bool:
    if all_kept:
        return layer.kind not in _VIEWS
    return layer.kind in _NEW or layer.kind.startswith(("global", "adaptive"))


def deepest(net: Network) -> tuple[int, int]:
    """Convolutions and linear layers along the road with most of both."""
    best: list[tuple[int, int, int]] = []
    for layer in net.layers:
        total, convolutions, dense = max((best[place] if place >= 0 else (0, 0, 0)) for place in layer.inputs)
        slides, joins = layer.kind in ("conv", "transposed-conv"), layer.kind == "linear"
        best.append((total + slides + joins, convolutions + slides, dense + joins))
    return best[-1][1:]


def _add_facts(stack: Stack, rows: dict[str, tuple[int, ...]]) -> dict[str, str]:
    work = stack.work
    why = "the longest road from input to output: pools, norms and roads beside it are not counted"
    work.let("depth", "a + h", why)
    answers = {"depth": "depth"}
    if "L" in work.given:
        answers |= _add_parameters(stack, rows)
    if "X" in work.given:
        work.let("cost", "sum(macs[l] for l in X)", "biases and norms not counted", unit="MAC")
        answers["multiply-adds"] = "cost"
    work.let("values", "sum(v[l] for l in V)", "the input and every map that is kept, for one image", unit="values")
    work.let("memory", "B*values", "forward only; training needs room for their gradients too", unit="bytes")
    work.let("early", "sum(v[l] for l in E)/values", "the share that the first half of these maps hold")
    if not work.letters:
        largest = max(rows["V"], key=lambda row: work.env["v"][row])
        where = titled(stack.layers[largest]) if largest else "the input"
        work.note(f"The largest map: {where}.", holds="v[l] = max(v[i] for i in V)", l=largest)
    return answers | {"activations": "values", "memory": "memory", "early-share": "early"}


def _add_parameters(stack: Stack, rows: dict[str, tuple[int, ...]]) -> dict[str, str]:
    work = stack.work
    work.let("total", "sum(params[l] for l in L)", "all that is learnt", unit="parameters")
    if rows["D"]:
        work.let("dense", "sum(params[l] for l in D)", "in the fully connected (linear) layers", unit="parameters")
    else:
        work.let("dense", "0", "there is no fully connected layer", unit="parameters")
    work.let("share", "dense/total", "the fully connected layers' share")
    if not work.letters:
        most = max(work.env["params"], key=lambda row: work.env["params"][row])
        where = titled(stack.layers[most])
        work.note(f"Most parameters of one layer: {where}.", holds="params[l] = max(params[i] for i in L)", l=most)
    work.let("storage", "B*total", "memory of the parameters", unit="bytes")
    return {"parameters": "total", "fc-parameters": "dense", "fc-share": "share", "parameter-memory": "storage"}
