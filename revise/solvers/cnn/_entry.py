"""What comes into a network: its sides and channels, or its features."""

from typing import Any

from revise.errors import InputError
from revise.expression import name
from revise.network import Network
from revise.solvers.cnn._axes import side


def entry(net: Network, input: Any, channels_first: bool) -> tuple[tuple[Any, ...], Any]:
    """The sides and the channels (or features) that come in. Raises InputError."""
    given = (net.input or assumed(net)) if input is None else input if isinstance(input, tuple) else (input,)
    if given is None:
        shape = "224x224x3 (H×W×C)" if net.dims == 2 else "100x8 (L×C)"
        raise InputError(f"input: the network does not say it; give --input {shape}, or --input 784 for features")
    if len(given) == 1:
        return (), side(given[0], "input")
    if len(given) != net.dims + 1:
        wanted = "HxWxC" if net.dims == 2 else "LxC"
        raise InputError(f"input: {len(given)} sides; give {wanted}, or one number of features")
    parts = [side(each, "input") for each in given]
    if channels_first and input is not None:
        parts = [*parts[1:], parts[0]]
    return tuple(parts[:-1]), parts[-1]


def assumed(net: Network) -> tuple[Any, ...] | None:
    """What comes in where the network says no input but its first layer says features; a sequence's length is T."""
    first = net.layers[0]
    if first.kind == "embedding":
        return (name("T"),)
    if first.says is None or first.kind not in ("rnn", "attention", "linear"):
        return None
    return (first.says,) if first.kind == "linear" else (name("T"), first.says)
