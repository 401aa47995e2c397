"""What a layer of a network asks of what comes in."""

from math import prod

from revise.errors import InputError
from revise.network import Layer
from revise.network.steps import is_sequence
from revise.solvers.cnn._stack import CONVOLUTIONS, Stack, are_numbers, place


def check_says(stack: Stack, row: int, layer: Layer) -> None:
    """What the text itself says comes in is compared with what does."""
    reads = stack.read(row)
    channels = stack.known("c", reads)
    if layer.kind in CONVOLUTIONS and layer.groups != "depthwise" and are_numbers(channels, layer.groups, layer.out):
        for value, what in ((channels, "channels that come in"), (layer.out, "filters")):
            if value % layer.groups:
                raise InputError(f"{place(layer)}: groups={layer.groups} does not divide the {value} {what}")
    if layer.kind == "attention":
        _check_attention(stack, layer)
    if layer.says is None or not are_numbers(channels):
        return
    on_map = layer.kind == "linear" and not is_sequence(list(stack.layers.values()), layer.inputs[0])
    if on_map and stack.sides(reads) and are_numbers(*stack.sides(reads)):
        entries = prod(stack.sides(reads)) * channels
        remedy = "a Flatten is missing before it" if entries == layer.says else "it reads features, not a map"
        raise InputError(f"{place(layer)} takes {layer.says:,} features, but gets {stack.told(reads)}: {remedy}")
    given = channels
    if layer.kind == "flatten" and stack.sides(reads) and are_numbers(*stack.sides(reads)):
        given = prod(stack.sides(reads)) * channels
    if given != layer.says:
        verb = "gives" if layer.kind == "flatten" else "takes"
        raise InputError(f"{place(layer)} {verb} {layer.says:,}, but {given:,} come in ({stack.told(reads)})")


def _check_attention(stack: Stack, layer: Layer) -> None:
    shapes = [stack.source[each + 1] for each in layer.inputs]
    for row in shapes:
        if not stack.sides(row):
            raise InputError(f"{place(layer)} needs a sequence (length x features), but gets {stack.told(row)}")
    features = [stack.known("c", row) for row in shapes]
    if are_numbers(*features) and len(set(features)) > 1:
        raise InputError(f"{place(layer)}: queries have {features[0]} features, keys and values {features[1]}")


def check_reshape(stack: Stack, row: int, layer: Layer) -> None:
    if len(layer.size) not in (1, stack.dims + 1):
        raise InputError(f"{place(layer)}: a map has {stack.dims} side{'s' * (stack.dims > 1)} and channels")
    parts = (*stack.sides(stack.read(row)), stack.known("c", stack.read(row)))
    if are_numbers(*parts, *layer.size) and prod(parts) != prod(layer.size):
        raise InputError(f"{place(layer)} asks for {prod(layer.size):,} entries, but {prod(parts):,} come in")
