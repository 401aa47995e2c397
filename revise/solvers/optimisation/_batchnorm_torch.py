"""Batch normalisation by Torch's own layer."""

from typing import Any

from revise.engines.arrays import Array


def reference(x: Array, **given: Any) -> dict[str, Any]:
    """Torch's own layer in float64; what it has no option for by its var_mean."""
    import torch

    data = torch.tensor([float(v) for v in x.flat], dtype=torch.float64).reshape(x.shape)
    running = [given.get(name) for name in ("running_mean", "running_var")]
    per = len(running[0].flat) if isinstance(running[0], Array) else 1
    if data.ndim == 2 and 1 in x.shape and not (given.get("mode") == "eval" and per == x.shape[1]):
        data = data.reshape(-1, 1)
    size = data.shape[1]

    def feature(value: Any, default: float) -> torch.Tensor:
        flat = [default] if value is None else [float(v) for v in getattr(value, "flat", (value,))]
        return torch.tensor(flat, dtype=torch.float64).expand(size).clone()

    layer = torch.nn.BatchNorm2d if data.ndim == 4 else torch.nn.BatchNorm1d
    keras = given.get("convention") == "keras"
    momentum = float(given["momentum"]) if given.get("momentum") is not None else (0.99 if keras else 0.1)
    rate = 1 - momentum if keras else momentum
    norm = layer(size, eps=float(given.get("eps", 0)) or 1e-300, momentum=rate).double()
    norm.weight.data, norm.bias.data = feature(given.get("gamma"), 1), feature(given.get("beta"), 0)
    norm.running_mean, norm.running_var = feature(running[0], 0), feature(running[1], 1)
    before = norm.running_var.clone()
    norm.train(given.get("mode", "train") == "train")
    out = norm(data)

    def last(values: torch.Tensor) -> torch.Tensor:
        return values.movedim(1, -1).reshape(-1, size) if values.ndim == 4 else values

    found: dict[str, Any] = {}
    if norm.training:
        unbiased = given.get("variance") == "unbiased"
        axes = tuple(axis for axis in range(data.ndim) if axis != 1)
        spread, mean = torch.var_mean(data, axes, correction=int(unbiased))
        if (given.get("running_variance") or ("biased" if keras else "unbiased")) == "biased":
            biased = torch.var(data, axes, correction=0)
            norm.running_var = before + rate * (biased - before)
        if unbiased:
            flat = last(data)
            out = norm.weight * (flat - mean) / torch.sqrt(spread + norm.eps) + norm.bias
        found = {"mean": mean, "variance": spread, "running-mean": norm.running_mean, "running-var": norm.running_var}
    return {**found, "y": last(out)}
