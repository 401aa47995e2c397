"""The plain recurrent cell in Torch."""

from collections.abc import Mapping
from typing import Any

from revise.engines.arrays import Array, entries


def recurrence(x: Array, given: Mapping[str, Any]) -> dict[str, Any]:
    """States and outputs of every step: word → tensor. torch.nn.RNN where it has the activation."""
    import torch

    n, inward, recurrent = _weights(given)
    m = inward.shape[1]
    series = tensor(x, len(x.flat) // m, m)
    shift, start = (torch.zeros(n).double() if given.get(k) is None else tensor(given[k]) for k in ("bh", "h0"))
    start = start.expand(n)
    kind = given.get("activation", "tanh")
    if kind in ("tanh", "relu"):
        layer = torch.nn.RNN(m, n, nonlinearity=kind, dtype=torch.float64)
        zero = torch.zeros(n)
        layer.load_state_dict(
            {"weight_ih_l0": inward, "weight_hh_l0": recurrent, "bias_ih_l0": shift, "bias_hh_l0": zero}
        )
        states = layer(series, start.reshape(1, n))[0]
    else:
        rows = []
        for row in series:
            start = _curve(kind, torch.hstack([recurrent, inward]) @ torch.cat([start, row]) + shift, given)
            rows.append(start)
        states = torch.stack(rows)
    found = {f"h{t}": states[t - 1] for t in range(1, len(series) + 1)}
    if given.get("v") is not None:
        logits = states @ tensor(given["v"], -1, n).mT + (0 if given.get("c") is None else tensor(given["c"]))
        end = _curve(given.get("output", "identity"), logits, given)
        found |= {f"y{t}": row for t, row in enumerate(end, 1)}
    return {word: value.detach() for word, value in found.items()}


def tensor(value: Any, *shape: int) -> Any:
    """The entries as a float64 tensor, a vector without a shape."""
    import torch

    return torch.tensor([float(entry) for entry in entries(value)], dtype=torch.float64).reshape(shape or (-1,))


def _weights(given: Mapping[str, Any]) -> tuple[int, Any, Any]:
    """Hidden units, the input's weights, the state's."""
    joined = given.get("w")
    if joined is not None:
        n, wide = joined.shape
        parts = tensor(joined, n, wide)
        if given.get("order", "hx") == "hx":
            return n, parts[:, n:], parts[:, :n]
        return n, parts[:, :-n], parts[:, -n:]
    whh = given["whh"]
    n = whh.shape[0] if isinstance(whh, Array) else 1
    return n, tensor(given["wxh"], n, -1), tensor(whh, n, n)


def _curve(kind: str, a: Any, given: Mapping[str, Any]) -> Any:
    import torch

    if kind == "softmax":
        return torch.softmax(a, -1)
    if kind == "step":
        return torch.heaviside(a, torch.tensor(float(given.get("step_at_zero", 1))).double())
    return a if kind == "identity" else {"sigmoid": torch.sigmoid, "tanh": torch.tanh}[kind](a)
