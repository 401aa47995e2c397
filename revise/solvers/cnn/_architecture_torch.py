"""A network's facts by Torch, laid out without memory."""

from typing import Any

from revise.network import Network
from revise.solvers.cnn._entry import entry
from revise.solvers.cnn._stack_torch import lay_out


def facts(net: Network, given: dict[str, Any]) -> dict[str, Any]:
    """The same words as the solver's, from modules and tensors."""
    from torch import nn

    made, modules, operations = lay_out(net, *entry(net, given.get("input"), given.get("channels_first", False)))
    learnt = {place: sum(each.numel() for each in module.parameters()) for place, module in modules.items()}
    linear = {
        place for place, module in modules.items() if any(isinstance(part, nn.Linear) for part in module.modules())
    }
    total, size = sum(learnt.values()), given.get("bytes", 4)
    kept = [-1, *(place for place in range(len(net.layers)) if _keeps(net, place, given))]
    values = [made[place].numel() for place in kept]
    found = {
        "parameters": total,
        "fc-parameters": sum(learnt[place] for place in linear),
        "multiply-adds": operations // 2,
        "activations": sum(values),
        "memory": size * sum(values),
        "early-share": sum(values[: len(values) // 2]) / sum(values),
        "depth": _depth(net, len(net.layers) - 1),
    }
    if total:
        found |= {"fc-share": found["fc-parameters"] / total, "parameter-memory": size * total}
    return found


def _keeps(net: Network, place: int, given: dict[str, Any]) -> bool:
    kind = net.layers[place].kind
    if given.get("count_activations") == "all":
        return kind not in ("flatten", "reshape", "identity", "select")
    return kind in "conv transposed-conv linear upsample embedding rnn attention".split() or "pool" in kind


def _depth(net: Network, end: int) -> int:
    """The most layers with weights on a road from `end` back to the input."""
    longest = {-1: 0}
    for place in range(end + 1):
        layer = net.layers[place]
        before = max(longest[each] for each in layer.inputs)
        longest[place] = before + (layer.kind in ("conv", "transposed-conv", "linear"))
    return longest[end]
