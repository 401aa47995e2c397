"""A network's sizes and receptive fields, row by row."""

from revise.errors import InputError
from revise.network import Layer
from revise.solvers.cnn._stack import CONVOLUTIONS, KEEPING, Stack, are_numbers, check_joined, is_uneven, place
from revise.solvers.cnn._stack_checks import check_reshape, check_says

_ANY_FORM = {
    "conv": ("floor((n[m] + 2*p[l] - k[l]) ./ s[l]) + 1", "positions the kernel fits in"),
    "pool": ("floor((n[m] + 2*p[l] - k[l]) ./ s[l]) + 1", "positions the window fits in"),
    "ceil": ("ceil((n[m] + 2*p[l] - k[l]) ./ s[l]) + 1", "rounded up (ceil mode)"),
    "cut": ("ceil((n[m] + p[l]) ./ s[l])", "rounded up, but no window starts behind the input"),
    "same": ("ceil(n[m] ./ s[l])", "padding `same`: one output for each stride"),
    "zero-pad": ("n[m] + t[l]", "zeros added on both sides"),
    "adaptive": ("z[l]", "the size asked for"),
    "kept": ("n[m]", "the same positions"),
    "steps": ("n[m]", "an output for each step"),
    "indices": ("c[m]", "each number that comes in picks a row"),
}
_LINE = {
    "dilated": ("floor((n[m] + 2*p[l] - d[l]*(k[l] - 1) - 1)/s[l]) + 1", "the dilated kernel is d(k − 1) + 1 wide"),
    "uneven": ("floor((n[m] + t[l] - d[l]*(k[l] - 1) - 1)/s[l]) + 1", "t zeros in all, not the same at both ends"),
    "transposed": ("(n[m] - 1)*s[l] - 2*p[l] + k[l]", "each entry of the input lays down a kernel"),
    "general": ("(n[m] - 1)*s[l] - 2*p[l] + d[l]*(k[l] - 1) + q[l] + 1", "each entry lays down a dilated kernel"),
    "stretched": ("n[m]*s[l]", "padding `same`"),
    "upsample": ("n[m]*u[l]", "each entry repeated"),
    "field": ("r[m] + (k[l] - 1)*j[m]", "each further tap of the kernel is a jump away"),
    "dilated field": ("r[m] + d[l]*(k[l] - 1)*j[m]", "each further tap of the kernel is d jumps away"),
    "jump": ("s[l]*j[m]", "steps of the input between neighbours"),
    "flat 1": ("n[m]*c[m]", "every entry of the map"),
    "flat 2": ("n[m]^2*c[m]", "every entry of the map"),
}
_BOX = {
    "dilated": ("floor((n[m] + 2*p[l] - d[l] .* (k[l] - 1) - 1) ./ s[l]) + 1", _LINE["dilated"][1]),
    "uneven": ("floor((n[m] + t[l] - d[l] .* (k[l] - 1) - 1) ./ s[l]) + 1", _LINE["uneven"][1]),
    "transposed": ("(n[m] - 1) .* s[l] - 2*p[l] + k[l]", _LINE["transposed"][1]),
    "general": ("(n[m] - 1) .* s[l] - 2*p[l] + d[l] .* (k[l] - 1) + q[l] + 1", _LINE["general"][1]),
    "stretched": ("n[m] .* s[l]", _LINE["stretched"][1]),
    "upsample": ("n[m] .* u[l]", _LINE["upsample"][1]),
    "field": ("r[m] + (k[l] - 1) .* j[m]", _LINE["field"][1]),
    "dilated field": ("r[m] + d[l] .* (k[l] - 1) .* j[m]", _LINE["dilated field"][1]),
    "jump": ("s[l] .* j[m]", _LINE["jump"][1]),
    "flat 1": ("prod(n[m])*c[m]", "every entry of the map"),
    "flat 2": ("prod(n[m])*c[m]", "every entry of the map"),
}
_FORMS = {"line": {**_ANY_FORM, **_LINE}, "box": {**_ANY_FORM, **_BOX}}
_SIZES, _FIELDS = "sizes", "what one output sees"


def add_sizes(stack: Stack) -> None:
    """Side n, channels c and output shape o of each row. Raises InputError naming the layer that does not fit."""
    for row, layer in stack.layers.items():
        if layer.kind in ("add", "concat"):
            check_joined(stack, row, layer)
        check_says(stack, row, layer)
        if layer.kind not in KEEPING:
            if which := _side(stack, row, layer):
                stack.let("n[l]", *_FORMS[stack.form][which], _SIZES, row)
            stack.let("c[l]", *_channels(stack, row, layer), _SIZES, row)
        _shape(stack, row)


def _side(stack: Stack, row: int, layer: Layer) -> str:
    """Which formula gives the layer's side; "" where it gives features."""
    kind, mapped = layer.kind, bool(stack.sides(stack.read(row)))
    if kind == "reshape":
        check_reshape(stack, row, layer)
        return "adaptive" if layer.size[1:] else ""
    if kind in ("linear", "concat", "flatten", "select"):
        return "kept" if mapped and kind != "flatten" else ""
    if kind == "embedding":
        if mapped:
            raise InputError(f"{place(layer)} takes a row of indices, but gets {stack.told(stack.read(row))}")
        return "indices"
    if kind == "last" and layer.out is not None:  # a state, of a layer that may give one step only
        return ""
    if not mapped:
        what = "a sequence (length x features)" if kind in ("rnn", "last") else "a map"
        raise InputError(f"{place(layer)} needs {what}, but gets {stack.told(stack.read(row))}")
    if kind.startswith("global") or kind == "last" or (kind == "rnn" and layer.steps == "last"):
        return ""
    if kind == "rnn":
        return "steps"
    if kind.startswith("adaptive"):
        return "adaptive"
    return kind if kind in ("zero-pad", "upsample") else _window(stack, row, layer)


def _window(stack: Stack, row: int, layer: Layer) -> str:
    dilated = any(entry != 1 for entry in layer.dilation)
    if layer.padding == "same":
        return "stretched" if layer.kind == "transposed-conv" else "same"
    if layer.kind == "transposed-conv":
        return "general" if dilated or any(layer.output_padding) else "transposed"
    if is_uneven(layer):
        return "uneven"
    cut = False
    spans = layer.dilation or (1,) * stack.dims
    for n, k, s, p, d in zip(
        stack.sides(stack.read(row)), layer.kernel, layer.stride, layer.padding, spans, strict=True
    ):
        if not are_numbers(n, k, s, p, d):
            continue
        span = d * (k - 1) + 1
        if span > n + 2 * p:
            raise InputError(f"{place(layer)}: the kernel is {span} wide, the padded input only {n + 2 * p}")
        cut = cut or -(-(n + 2 * p - span) // s) * s >= n + p
    if layer.ceil and not dilated:
        return "cut" if cut else "ceil"
    if layer.ceil:
        raise InputError(f"{place(layer)}: ceil mode with a dilation is not worked out here")
    return "dilated" if dilated else "conv" if layer.kind == "conv" else "pool"


def _channels(stack: Stack, row: int, layer: Layer) -> tuple[str, str]:
    if layer.kind in CONVOLUTIONS and layer.groups == "depthwise":
        return "K[l]*c[m]", "filters for each channel"
    if layer.kind == "rnn" and layer.directions == 2:
        return "2*K[l]", "both directions side by side"
    takes = layer.kind in (*CONVOLUTIONS, "linear", "reshape", "select", "embedding", "rnn")
    if takes or (layer.kind == "last" and layer.out is not None):
        return "K[l]", ""
    if layer.kind == "concat":
        return "sum(c[i] for i in I[l])", "side by side"
    if layer.kind == "flatten" and stack.sides(stack.read(row)):
        return _FORMS[stack.form][f"flat {stack.dims}"]
    return "c[m]", ""


def _shape(stack: Stack, row: int) -> None:
    """o[l], from the row's own n and c, or from those of the row whose size it keeps."""
    source = stack.source[row]
    sides = stack.sides(source)
    if not sides:
        stack.let("o[l]", "[c[l]]" if source == row else "[c[m]]", "", _SIZES, row, None if source == row else source)
    elif source == row:
        square = "[n[l], c[l]]" if stack.dims == 1 else "[n[l], n[l], c[l]]"
        stack.let("o[l]", "concat(n[l], c[l])" if stack.form == "box" else square, "", _SIZES, row)
    else:
        square = "[n[m], c[m]]" if stack.dims == 1 else "[n[m], n[m], c[m]]"
        stack.let("o[l]", "concat(n[m], c[m])" if stack.form == "box" else square, "", _SIZES, row)


def add_fields(stack: Stack) -> None:
    """Receptive field r and jump j of each row that has them along every road to it."""
    for row, layer in stack.layers.items():
        if stack.field[row] != row:
            continue
        reads = stack.field[layer.inputs[0] + 1]
        if layer.kind in ("add", "concat"):
            jumps = {stack.known("j", each) for each in stack.known("F", row).flat}
            if len(jumps) > 1:
                raise InputError(f"{place(layer)} joins layers with different strides")
            stack.let("r[l]", "max(r[i] for i in F[l])", "the road that sees most", _FIELDS, row, reads)
            stack.let("j[l]", "j[m]", "", _FIELDS, row, reads)
            continue
        dilated = any(entry != 1 for entry in layer.dilation)
        stack.let("r[l]", *_FORMS[stack.form]["dilated field" if dilated else "field"], _FIELDS, row, reads)
        stack.let("j[l]", *_FORMS[stack.form]["jump"], _FIELDS, row, reads)
