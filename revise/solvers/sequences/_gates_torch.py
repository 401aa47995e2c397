"""LSTM and GRU in Torch, from weights in any of the forms in which they are typed."""

from collections.abc import Mapping
from typing import Any

from revise.engines.arrays import Array, entries


def lstm(x: list[float], given: Mapping[str, Any]) -> dict[str, Any]:
    """Gates, cell and state of every step: word → tensor."""
    import torch

    inward, recurrent, shift, _ = stacked("ifgo", given)
    n, m = recurrent.shape[1], inward.shape[1]
    series = torch.tensor(x, dtype=torch.float64).reshape(-1, m)
    h, c = (_vector(given.get(name), n) for name in ("h0", "c0"))
    usual = given.get("candidate", "tanh") == given.get("cell_activation", "tanh") == "tanh"
    peep = torch.stack([_vector(given.get(f"wc{gate}"), n) for gate in "ifo"])
    found: dict[str, Any] = {}
    cell = torch.nn.LSTMCell(m, n, dtype=torch.float64)
    zero = torch.zeros(4 * n, dtype=torch.float64)
    cell.load_state_dict({"weight_ih": inward, "weight_hh": recurrent, "bias_ih": shift, "bias_hh": zero})
    for t, row in enumerate(series, 1):
        sums = inward @ row + recurrent @ h + shift
        before = c
        i, f, g, o = sums.chunk(4)
        i, f = torch.sigmoid(i + peep[0] * c), torch.sigmoid(f + peep[1] * c)
        g = torch.tanh(g) if given.get("candidate", "tanh") == "tanh" else torch.sigmoid(g)
        if usual and not peep.any():
            h, c = (state.detach()[0] for state in cell(row[None], (h[None], before[None])))
            o = torch.sigmoid(o)
        else:
            c = torch.addcmul(f * before, i, g)
            o = torch.sigmoid(o + peep[2] * c)
            h = o * (torch.tanh(c) if given.get("cell_activation", "tanh") == "tanh" else c)
        found |= {f"{word}{t}": value for word, value in zip("ifgoch", (i, f, g, o, c, h), strict=True)}
    return found


def gru(x: list[float], given: Mapping[str, Any], after: bool, keep: bool) -> dict[str, Any]:
    """Gates, candidate and state of every step: word → tensor; `after` and `keep` are PyTorch's own conventions."""
    import torch

    inward, recurrent, shift, second = stacked("rzn", given)
    n, m = recurrent.shape[1], inward.shape[1]
    series = torch.tensor(x, dtype=torch.float64).reshape(-1, m)
    h = _vector(given.get("h0"), n)
    cell = torch.nn.GRUCell(m, n, dtype=torch.float64)
    cell.load_state_dict({"weight_ih": inward, "weight_hh": recurrent, "bias_ih": shift, "bias_hh": second})
    found: dict[str, Any] = {}
    for t, row in enumerate(series, 1):
        ours, theirs = (inward @ row + shift).chunk(3), (recurrent @ h + second).chunk(3)
        r, z = torch.sigmoid(ours[0] + theirs[0]), torch.sigmoid(ours[1] + theirs[1])
        if after:
            n_t = torch.tanh(torch.addcmul(ours[2], r, theirs[2]))
        else:
            n_t = torch.tanh(ours[2] + recurrent[2 * n :] @ (r * h) + second[2 * n :])
        if after and keep:
            h = cell(row[None], h[None]).detach()[0]
        else:
            h = torch.lerp(n_t, h, z) if keep else torch.lerp(h, n_t, z)
        found |= {f"{word}{t}": value for word, value in zip("rznh", (r, z, n_t, h), strict=True)}
    return found


def stacked(gates: str, given: Mapping[str, Any]) -> tuple[Any, Any, Any, Any]:
    """weight_ih, weight_hh and the two biases as PyTorch keeps them; without a bias_hh it is zero."""
    import torch

    if given.get("weight_ih") is not None:
        inward, recurrent = _matrix(given["weight_ih"]), _matrix(given["weight_hh"])
        rows = len(recurrent)
        first, second = (_vector(given.get(name), rows) for name in ("bias_ih", "bias_hh"))
        return (
            (inward, recurrent, first + second, second * 0) if gates == "ifgo" else (inward, recurrent, first, second)
        )
    if given.get(f"w{gates[0]}") is not None:
        parts = [_matrix(given[f"w{gate}"]) for gate in gates]
        n = len(parts[0])
        cut = n if given.get("order", "hx") == "hx" else -n
        pairs = [(part[:, :cut], part[:, cut:]) for part in parts]
        pairs = [pair if cut > 0 else pair[::-1] for pair in pairs]
        recurrent, inward = (torch.cat([pair[side] for pair in pairs]) for side in (0, 1))
    else:
        recurrent, inward = (torch.cat([_matrix(given[f"w{side}{gate}"]) for gate in gates]) for side in "hx")
    n = recurrent.shape[1]
    shift = torch.cat([_vector(given.get(f"b{gate}"), n) for gate in gates])
    second = torch.zeros_like(shift)
    if given.get("bhn") is not None:
        second[2 * n :] = _vector(given["bhn"], n)
    return inward, recurrent, shift, second


def _matrix(value: Any) -> Any:
    import torch

    shape = value.shape if isinstance(value, Array) else (1, 1)
    return torch.tensor([float(entry) for entry in entries(value)], dtype=torch.float64).reshape(shape)


def _vector(value: Any, size: int) -> Any:
    import torch

    flat = [0.0] if value is None else [float(entry) for entry in entries(value)]
    return torch.tensor(flat, dtype=torch.float64).expand(size).clone()
