"""The same network in Torch: its layers with examples as rows, its own losses on the logits, autograd, its SGD."""

from typing import Any


def trained(**given: Any) -> dict[str, Any]:
    """The answers for the arguments of `mlp-backprop`, by word."""
    import torch
    from torch.nn import functional

    def tensor(value: Any) -> Any:
        return torch.tensor([[float(e) for e in line] for line in value.nested()], dtype=torch.float64)

    row = given.get("convention") == "row"
    pairs = [(given.get(f"w{k}"), given.get(f"b{k}")) for k in (1, 2, 3)]
    if given.get("weights") is not None:
        listed = given["weights"]
        pairs = list(zip(listed, given.get("biases") or (None,) * len(listed), strict=True))
    layers: list[Any] = []
    for weights, shift in pairs:
        if weights is None:
            continue
        weight = tensor(weights).mT if row else tensor(weights)
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=shift is not None, dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(weight)
            if shift is not None:
                layer.bias.copy_(tensor(shift).flatten())
        layers.append(layer)
    signal, target = tensor(given["input"]), tensor(given["target"])
    examples, outputs = target.shape
    slope = float(given.get("negative_slope", 0.01))
    # 1e-12: what is exactly 0 in fractions may not be in floats
    ramps: dict[str, Any] = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": lambda z: torch.relu(z) * (z > 1e-12),
        "leaky-relu": lambda z: torch.where(z > 1e-12, z, slope * z),
        "linear": lambda z: z,
        "softmax": lambda z: torch.softmax(z, 1),
    }
    hidden = given.get("activation", "sigmoid")
    chosen = [hidden] if isinstance(hidden, str) else list(hidden)
    chosen = chosen * (len(layers) - 1) if len(chosen) == 1 else chosen
    logits: list[Any] = []
    for layer, before in zip(layers, ["linear", *chosen], strict=True):
        signal = layer(ramps[before](signal))
        signal.retain_grad()
        logits.append(signal)
    output = ramps[given.get("output_activation", "linear")](signal)
    kind = given.get("loss", "mse")
    loss: Any
    if kind == "bce":
        loss = functional.binary_cross_entropy_with_logits(signal, target, reduction="sum")
    elif kind == "ce":
        loss = functional.cross_entropy(signal, target, reduction="sum")
    else:
        shares = {"half": 0.5, "sum": 1.0, "mean": 1 / outputs}
        loss = functional.mse_loss(output, target, reduction="sum") * shares[given.get("mse", "half")]
    if given.get("batch", "mean") == "mean":
        loss = loss / examples
    loss.backward()

    def placed(value: Any, examples_in_rows: bool = True) -> Any:
        """As the convention has it: Torch keeps examples in rows and a unit's weights in a row."""
        return value if row == examples_in_rows else value.mT

    found = {"output": placed(output), "loss": loss}
    for k, (layer, z) in enumerate(zip(layers, logits, strict=True), 1):
        found |= {f"delta{k}": placed(z.grad), f"dL/dW{k}": placed(layer.weight.grad, False)}
        if layer.bias is not None:
            found[f"dL/db{k}"] = layer.bias.grad
    if given.get("lr") is not None:
        torch.optim.SGD([p for layer in layers for p in layer.parameters()], lr=float(given["lr"])).step()
        for k, layer in enumerate(layers, 1):
            found[f"W{k}-new"] = placed(layer.weight, False)
            if layer.bias is not None:
                found[f"b{k}-new"] = layer.bias
    return {word: value.detach().clone() for word, value in found.items()}
