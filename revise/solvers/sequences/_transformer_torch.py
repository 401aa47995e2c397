"""A Transformer laid out by Torch without memory, and what its parts hold: the second opinion on its parameters."""

from typing import Any


def counts(size: dict[str, Any]) -> dict[str, Any]:
    """Answers by word; `size` as `transformer-params` takes it, complete."""
    import torch

    d, bias, norms = size["d_model"], size.get("bias", True), size.get("norms", True)
    wide = size.get("dim_feedforward") or 4 * d
    layout = {"dim_feedforward": wide, "bias": bias, "device": "meta"}
    layers, deeper = size["num_layers"], size["num_decoder_layers"]
    block = torch.nn.TransformerEncoderLayer(d, 1, **layout)
    decoder = torch.nn.TransformerDecoderLayer(d, 1, **layout)

    def held(module: torch.nn.Module) -> int:
        inside = {
            id(each) for part in module.modules() if isinstance(part, torch.nn.LayerNorm) for each in part.parameters()
        }
        return sum(each.numel() for each in module.parameters() if norms or id(each) not in inside)

    parts = {"encoder" if deeper else "layers": layers * held(block), "decoder": deeper * held(decoder)}
    tables = {"tokens": "vocab_size", "positions": "max_positions", "segments": "type_vocab_size"}
    for part, name in tables.items():
        parts[part] = held(torch.nn.Embedding(size[name], d, device="meta"))
    if not size.get("tied", True):
        parts["output"] = held(torch.nn.Linear(d, size["vocab_size"], bias=False, device="meta"))
    for part, name in {"embedding-norm": "embedding_norm", "final-norm": "final_norm"}.items():
        parts[part] = held(torch.nn.LayerNorm(d, bias=bias, device="meta")) if size[name] else 0
    parts["pooler"] = held(torch.nn.Linear(d, d, bias=bias, device="meta")) if size["pooler"] else 0
    total = sum(parts.values())
    found = {
        **parts,
        "parameters": total,
        "millions": total / 1e6,
        "layer": held(block),
        "decoder-layer": held(decoder),
    }
    found |= {"attention": held(block.self_attn), "feed-forward": held(block.linear1) + held(block.linear2)}
    kinds = {"float32": torch.float32, "float16": torch.float16, "int8": torch.int8}
    found |= {name: total * kind.itemsize for name, kind in kinds.items()} | {"int4": total / 2}
    if size.get("lora_rank"):
        low = torch.nn.Linear(d, size["lora_rank"], bias=False, device="meta").weight.numel()
        found["lora"] = (layers + 2 * deeper) * size.get("lora_matrices", 2) * 2 * low
    if size.get("context"):
        kept = torch.empty(deeper or layers, 2, size["context"], d, dtype=torch.float16, device="meta")
        found["kv-cache"] = kept.nbytes
    return found
