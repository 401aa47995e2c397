"""The weights of a gated cell as they are typed: gate by gate, joined, or stacked as PyTorch keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.solvers.sequences._cell_input import check_cost, is_plain, matrix, needed, number, sequence, vector

_STACKED = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@dataclass(frozen=True)
class Cell:
    """`kind` says how the sums are written: plain (single numbers), arrays or joined; `biases` how many a gate has.

    W and b are tables: W["xi"] takes the input to gate i, W["hi"] the state; joined there is one W["i"].
    """

    kind: str
    hidden: int
    x: dict[int, Any]
    weights: dict[str, Any]
    bias: dict[str, Any] | None
    biases: int
    stacked: bool

    @property
    def plain(self) -> bool:
        return self.kind == "plain"

    def state(self, value: Any, name: str) -> Any:
        """A state before the first step, 0 where none is given."""
        if self.plain:
            return 0 if value is None else number(value, name)
        many = f"the cell has {self.hidden} hidden unit{'s' * (self.hidden > 1)}"
        return vector(0 if value is None else value, name, self.hidden, many)


def gathered(gates: str, x: Array, given: Mapping[str, Any]) -> Cell:
    """The cell whose gates are the letters of `gates` in the order in which PyTorch stacks them.

    Raises InputError naming the parameter that is missing, is one too many or does not fit.
    """
    apart = [f"w{side}{gate}" for gate in gates for side in "xh"]
    joined = [f"w{gate}" for gate in gates]
    ways = {
        "stacked": [name for name in _STACKED if given[name] is not None],
        "joined": [name for name in joined if given[name] is not None],
        "apart": [name for name in apart if given[name] is not None],
    }
    used = [way for way, names in ways.items() if names]
    if len(used) > 1:
        first, second = (ways[way][0] for way in used[:2])
        raise InputError(f"{_option(second)}: the weights are given twice; --{_option(first)} has them already")
    if not used:
        raise InputError(f"{apart[0]}: the cell has no weights; give --{apart[0]}, --{apart[1]} … for each gate")
    if used == ["stacked"]:
        return _stacked(gates, x, given)
    if used == ["joined"]:
        return _joined(gates, x, given, joined)
    needed(given, apart)
    return _apart(gates, x, given, apart)


def inside_bias(cell: Cell, bhn: Any, after: bool) -> Any:
    """The bias inside the reset gate's brackets, where there is one apart from the candidate's own."""
    if bhn is None:
        return cell.bias["hn"] if cell.bias is not None and cell.biases == 2 and after else None
    if not after:
        raise InputError("bhn: it stands inside r ⊙ (W h + b_hn), so it needs --reset after")
    if cell.biases == 2:
        raise InputError("bhn: --bias-hh has it already")
    return number(bhn, "bhn") if cell.plain else vector(bhn, "bhn", cell.hidden, "every hidden unit has one")


def _option(name: str) -> str:
    return name.replace("_", "-")


def _apart(gates: str, x: Array, given: Mapping[str, Any], names: list[str]) -> Cell:
    bias = {gate: given[f"b{gate}"] for gate in gates}
    told = any(value is not None for value in bias.values())
    if is_plain([given[name] for name in names]):
        inputs = sequence(x, 0)
        check_cost(len(inputs), 1, 1, len(gates))
        shift = {gate: 0 if value is None else number(value, f"b{gate}") for gate, value in bias.items()}
        weights = {name[1:]: given[name] for name in names}
        return Cell("plain", 1, inputs, weights, shift if told else None, int(told), False)
    n = max(given[name].shape[0] for name in names if isinstance(given[name], Array))
    inward = [given[name].shape[1] for name in names[::2] if isinstance(given[name], Array)]
    m = inward[0] if inward else 1
    inputs = sequence(x, m)
    check_cost(len(inputs), n, m, len(gates))
    weights = {}
    for name in names:
        size, takes = ((n, m), f"{m} inputs") if name[1] == "x" else ((n, n), f"the state of {n}")
        weights[name[1:]] = matrix(given[name], name, size, f"it takes {takes} to {n} hidden unit{'s' * (n > 1)}")
    shift = {gate: _bias(value, f"b{gate}", n) for gate, value in bias.items()}
    return Cell("arrays", n, inputs, weights, shift if told else None, int(told), False)


def _joined(gates: str, x: Array, given: Mapping[str, Any], names: list[str]) -> Cell:
    needed(given, names)
    n, wide = given[names[0]].shape
    if wide <= n:
        raise InputError(
            f"{names[0]}: {n}×{n} is for the state, and beside it stand the input's columns: more than {n}, not {wide}"
        )
    for name in names:
        matrix(given[name], name, (n, wide), f"every gate has {n} row{'s' * (n > 1)} and {n} + {wide - n} columns")
    inputs = sequence(x, wide - n)
    check_cost(len(inputs), n, wide - n, len(gates))
    bias = {gate: given[f"b{gate}"] for gate in gates}
    told = any(value is not None for value in bias.values())
    shift = {gate: _bias(value, f"b{gate}", n) for gate, value in bias.items()}
    weights = {gate: given[name] for gate, name in zip(gates, names, strict=True)}
    return Cell("joined", n, inputs, weights, shift if told else None, int(told), False)


def _stacked(gates: str, x: Array, given: Mapping[str, Any]) -> Cell:
    needed(given, ("weight_ih", "weight_hh"))
    if mixed := [f"b{gate}" for gate in gates if given[f"b{gate}"] is not None]:
        raise InputError(f"{mixed[0]}: beside --weight-ih the biases are --bias-ih and --bias-hh")
    inward, recurrent = given["weight_ih"], given["weight_hh"]
    count, order = len(gates), ", ".join(gates)
    n, m = recurrent.shape[1], inward.shape[1]
    stack = f"the gates {order} are stacked, {n} row{'s' * (n > 1)} each"
    matrix(recurrent, "weight-hh", (count * n, n), stack)
    matrix(inward, "weight-ih", (count * n, m), stack)
    inputs = sequence(x, m)
    check_cost(len(inputs), n, m, count)
    weights: dict[str, Any] = {}
    bias: dict[str, Any] = {}
    both = given["bias_hh"] is not None
    one = given["bias_ih"] is not None
    for place, gate in enumerate(gates):
        for side, source, wide in (("x", inward, m), ("h", recurrent, n)):
            weights[side + gate] = Array((n, wide), source.flat[place * n * wide : (place + 1) * n * wide])
        for side, name in (("x", "bias_ih"), ("h", "bias_hh")):
            column = vector(0 if given[name] is None else given[name], _option(name), count * n, stack)
            bias[side + gate if both else gate] = Array((n,), column.flat[place * n : (place + 1) * n])
            if not both:
                break
    if n == m == 1:
        weights = {key: value.flat[0] for key, value in weights.items()}
        bias = {key: value.flat[0] for key, value in bias.items()}
        inputs = {t: value.flat[0] for t, value in inputs.items()}
    kind = "plain" if n == m == 1 else "arrays"
    return Cell(kind, n, inputs, weights, bias if both or one else None, 2 if both else int(one), True)


def _bias(value: Any, name: str, hidden: int) -> Array:
    return vector(0 if value is None else value, name, hidden, f"the cell has {hidden} hidden unit{'s' * (hidden > 1)}")
