"""Back-propagation through time by Torch's autograd."""

from typing import Any

from revise.engines.arrays import Array, entries


def trained(x: Any, wxh: Any, whh: Any, **given: Any) -> dict[str, Any]:
    """Loss, gradients and updated weights: word → tensor. The state is detached where the gradient is cut."""
    import torch
    from torch.nn import functional

    def leaf(value: Any, *shape: int) -> Any:
        flat = [float(entry) for entry in entries(value)]
        return torch.tensor(flat, dtype=torch.float64).reshape(shape or (-1,)).requires_grad_()

    n = whh.shape[0] if isinstance(whh, Array) else 1
    m = len(entries(wxh)) // n
    tensors = {"W_hh": leaf(whh, n, n), "W_xh": leaf(wxh, n, m)}
    if given.get("bh") is not None:
        tensors["b_h"] = leaf(given["bh"])
    if given.get("v") is not None:
        tensors["V"] = leaf(given["v"], len(entries(given["v"])) // n, n)
    if given.get("c") is not None:
        tensors["c"] = leaf(given["c"])
    series = leaf(x, len(x.flat) // m, m).detach()
    state = torch.zeros(n).double() if given.get("h0") is None else leaf(given["h0"]).detach().expand(n)
    target = None if given.get("target") is None else leaf(given["target"]).detach()
    kind = given.get("loss") or ("output" if target is None else "half")
    width = len(tensors["V"]) if "V" in tensors else n
    rows = None if target is None else target.reshape(-1, width)
    each = given.get("loss_at") == "each" or (given.get("loss_at") is None and rows is not None and len(rows) > 1)
    curves: dict[str, Any] = {
        "tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "identity": lambda a: a
    }  # fmt: skip
    curve = curves[given.get("activation", "tanh")]
    steps, short = len(series), given.get("tbptt")
    sums, outputs = [], []
    for t, row in enumerate(series, 1):
        if short is not None and t > 1 and ((t - 1) % short == 0 if each else t == steps - short + 1):
            state = state.detach()
        sums.append(functional.linear(torch.cat([row, state]), torch.hstack([tensors["W_xh"], tensors["W_hh"]])))
        sums[-1] = sums[-1] + tensors.get("b_h", 0)
        state = curve(sums[-1])
        y = functional.linear(state, tensors["V"], tensors.get("c")) if "V" in tensors else state
        if each or t == steps:
            outputs.append(y)
    losses = [_loss(kind, y, None if rows is None else rows[place]) for place, y in enumerate(outputs)]
    total = torch.stack(losses).mean() if given.get("reduction") == "mean" else torch.stack(losses).sum()
    slopes = torch.autograd.grad(total, [*tensors.values(), *sums], allow_unused=True)
    found: dict[str, Any] = {"loss": total.detach()}
    for (name, tensor), slope in zip(tensors.items(), slopes, strict=False):
        found[f"dL/d{name}"] = torch.zeros_like(tensor) if slope is None else slope
        if given.get("lr") is not None:
            found[f"{name}-new"] = (tensor - float(given["lr"]) * found[f"dL/d{name}"]).detach()
    for t, slope in enumerate(slopes[len(tensors) :], 1):
        if slope is not None:
            found[f"delta{t}"] = slope
    return found


def _loss(kind: str, y: Any, target: Any) -> Any:
    from torch.nn import functional

    if kind == "output":
        return y.sum()
    if kind == "bce":
        return functional.binary_cross_entropy_with_logits(y, target, reduction="sum")
    if kind == "ce":
        return functional.cross_entropy(y, target)
    return functional.mse_loss(y, target, reduction="sum") * (0.5 if kind == "half" else 1)
