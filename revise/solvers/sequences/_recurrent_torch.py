"""Recurrent layers as Torch builds them, counted."""

from collections.abc import Mapping
from typing import Any


def counted(given: Mapping[str, Any]) -> dict[str, int]:
    """Parameters of each part: word → count."""
    import torch

    cell, m, n = given["cell"], int(given["input_size"]), int(given["hidden_size"])
    layers, two = int(given.get("num_layers", 1)), bool(given.get("bidirectional"))
    kind = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell]
    projected = {"proj_size": int(given["proj_size"])} if given.get("proj_size") else {}
    module = kind(m, n, layers, bias=given.get("biases", 1) > 0, bidirectional=two, device="meta", **projected)
    counts = dict.fromkeys(range(layers), 0)
    for name, tensor in module.named_parameters():
        if name.startswith("bias_hh") and given.get("biases", 1) == 1:
            continue
        counts[int(name.split("_l")[1].split("_")[0])] += tensor.numel()
    extra = torch.empty(3, n, 2 if two else 1, device="meta").numel() if given.get("peephole") else 0
    counts = {place: count + extra for place, count in counts.items()}
    found = {f"layer{place + 1}": count for place, count in counts.items()} | {"recurrent": sum(counts.values())}
    if given.get("num_embeddings") is not None:
        found["embedding"] = torch.nn.Embedding(int(given["num_embeddings"]), m, device="meta").weight.numel()
    if given.get("out_features") is not None:
        wide = (int(given.get("proj_size") or n)) * (2 if two else 1)
        dense = torch.nn.Linear(wide, int(given["out_features"]), device="meta")
        found["output"] = sum(each.numel() for each in dense.parameters())
    found["parameters"] = found["recurrent"] + found.get("embedding", 0) + found.get("output", 0)
    return found
