"""The words of the short notation, and the layers an item of it makes."""

import re
from dataclasses import dataclass, replace
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.network.assembly import per_axis
from revise.network.layers import Layer
from revise.network.source.arguments import did_you_mean
from revise.parameters import read_number, read_shape
from revise.untrusted import harmless

_GLUED = re.compile(r"(op|[spdgm])=?(\d.*)|(\w+)=(.+)")
_KEYS = {
    "s": "stride", "stride": "stride", "strides": "stride", "p": "padding", "pad": "padding", "padding": "padding",
    "d": "dilation", "dilation": "dilation", "g": "groups", "groups": "groups", "m": "multiplier",
    "op": "output_padding",
}  # fmt: skip
_FLAGS = frozenset(["same", "valid", "nobias", "ceil"])


@dataclass(frozen=True)
class Word:
    """What an item's first word makes: positional numbers that it must have, may have, and further options."""

    kind: str
    shown: str
    must: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    more: frozenset[str] = frozenset()


_STEPS = ("stride", "padding")
_CONV = Word(
    "conv", "Conv", ("kernel", "filters"), _STEPS, frozenset(["dilation", "groups", "same", "valid", "nobias"])
)
_POOL = frozenset(["same", "valid", "ceil", "dilation"])
_SHOWN = {
    "relu": "ReLU", "relu6": "ReLU6", "leakyrelu": "LeakyReLU", "lrelu": "LeakyReLU", "elu": "ELU", "gelu": "GELU",
    "selu": "SELU", "silu": "SiLU", "swish": "SiLU", "mish": "Mish", "sigmoid": "Sigmoid", "tanh": "Tanh",
    "softmax": "Softmax", "softplus": "Softplus", "logsoftmax": "LogSoftmax", "softsign": "Softsign",
}  # fmt: skip
_ALIKE = {
    "conv": _CONV,
    "deconv tconv convtranspose transposedconv": replace(
        _CONV, kind="transposed-conv", shown="ConvTranspose", more=_CONV.more | {"output_padding"}
    ),
    "dwconv depthwise depthwiseconv": Word(
        "dwconv", "DepthwiseConv", ("kernel",), _STEPS, _CONV.more - {"groups"} | {"multiplier"}
    ),
    "sepconv separableconv": replace(_CONV, kind="sepconv", more=_CONV.more - {"groups"} | {"multiplier"}),
    "pool maxpool maxpooling": Word("max-pool", "MaxPool", ("kernel",), _STEPS, _POOL),
    "avgpool meanpool averagepool avgpooling": Word("avg-pool", "AvgPool", ("kernel",), _STEPS, _POOL - {"dilation"}),
    "gap globalavgpool globalaveragepool": Word("global-avg-pool", "GlobalAvgPool"),
    "gmp globalmaxpool": Word("global-max-pool", "GlobalMaxPool"),
    "adaptive adaptiveavgpool": Word("adaptive-avg-pool", "AdaptiveAvgPool", ("size",)),
    "adaptivemaxpool": Word("adaptive-max-pool", "AdaptiveMaxPool", ("size",)),
    "fc linear dense": Word("linear", "Linear", ("units",), (), frozenset(["nobias"])),
    "flatten": Word("flatten", "Flatten"),
    "reshape": Word("reshape", "Reshape", ("shape",)),
    "dropout drop": Word("dropout", "Dropout", (), ("rate",)),
    "bn batchnorm": Word("batch-norm", "BatchNorm"),
    "ln layernorm": Word("layer-norm", "LayerNorm"),
    "in instancenorm": Word("instance-norm", "InstanceNorm"),
    "gn groupnorm": Word("group-norm", "GroupNorm", ("groups",)),
    "lrn": Word("lrn", "LRN", (), ("window",)),
    "zeropad": Word("zero-pad", "ZeroPad", ("padding",)),
    "upsample": Word("upsample", "Upsample", ("size",)),
    "identity": Word("identity", "Identity"),
    "prelu": Word("prelu", "PReLU", (), ("slopes",)),
}
_ANYWHERE = {name: word for names, word in _ALIKE.items() for name in names.split()}
_PLACED = frozenset("conv transposed-conv dwconv sepconv max-pool avg-pool zero-pad upsample "
                    "adaptive-avg-pool adaptive-max-pool".split())  # fmt: skip
WORDS: dict[str, tuple[Word, int | None]] = {
    **{name: (word, None) for name, word in _ANYWHERE.items()},
    **{f"{name}{d}d": (word, d) for name, word in _ANYWHERE.items() if word.kind in _PLACED for d in (1, 2)},
    **{name: (Word("activation", shown), None) for name, shown in _SHOWN.items()},
}


@dataclass(frozen=True)
class Token:
    text: str
    line: int
    column: int

    def fault(self, message: str) -> InputError:
        return InputError(f"line {self.line}, column {self.column}: {harmless(message[:300])}")


def check_word(token: Token) -> None:
    if plain(token.text) not in WORDS:
        raise token.fault(f"{token.text[:40]} is no layer known here{did_you_mean(plain(token.text), WORDS)}")


def plain(word: str) -> str:
    return re.sub(r"[-_]", "", word.lower())


def base_name(word: str) -> str:
    """How the layer is named: conv, pool, fc."""
    bare = re.sub(r"[12]d$", "", plain(word))
    return next((names for names in _ALIKE if bare in names.split()), bare).split()[0]


def layers_of(item: list[Token], dims: int) -> dict[str, Layer]:
    """The layers of one item by the suffix of their names."""
    first, word = item[0], WORDS[plain(item[0].text)][0]
    given = _arguments(item, word)
    if missing := [name for name in word.must if name not in given]:
        order = " ".join([first.text, *(name.upper() for name in map(_called, word.must))])
        raise first.fault(f"{first.text}: {' and '.join(map(_called, missing))} missing; write it as {order}")

    def axes(name: str, default: int, least: int = 1) -> tuple[Any, ...]:
        if name not in given:
            return (default,) * dims
        value, token = given[name]
        entries = per_axis(_shape(value, token, name), dims)
        if entries is None:
            raise token.fault(f"{name} is one number or {dims}, as in {'x'.join('35'[:dims])}")
        return tuple(_whole(entry, token, name, least) for entry in entries)

    def count(name: str, default: Any) -> Any:
        if name not in given:
            return default
        value, token = given[name]
        return _whole(_number(value, token, name), token, name, 1)

    layer = Layer(word.kind, "", (), word=word.shown, line=first.line, column=first.column)
    if word.kind in ("conv", "transposed-conv", "dwconv", "sepconv", "max-pool", "avg-pool"):
        kernel = axes("kernel", 1)
        is_pool = word.kind.endswith("pool")
        layer = replace(
            layer, kernel=kernel, dilation=axes("dilation", 1),
            padding="same" if "same" in given else axes("padding", 0, 0),
            stride=kernel if is_pool and "stride" not in given else axes("stride", 1), ceil="ceil" in given,
        )  # fmt: skip
        if is_pool:
            return {"": layer}
        layer = replace(layer, out=count("filters", 1), groups=count("groups", 1), bias="nobias" not in given)
        if word.kind == "transposed-conv":
            return {"": replace(layer, output_padding=axes("output_padding", 0, 0))}
        if word.kind == "dwconv":
            return {"": replace(layer, kind="conv", out=count("multiplier", 1), groups="depthwise")}
        if word.kind == "sepconv":
            deep = replace(layer, kind="conv", out=count("multiplier", 1), groups="depthwise", bias=False)
            one = replace(
                layer, kind="conv", kernel=(1,) * dims, stride=(1,) * dims, dilation=(1,) * dims, padding=(0,) * dims
            )
            return {".depthwise": replace(deep, word="DepthwiseConv"), ".pointwise": one}
        return {"": layer}
    if word.kind == "reshape":
        value, token = given["shape"]
        sides = _shape(value, token, "shape")
        sides = sides if isinstance(sides, tuple) else (sides,)
        return {"": replace(layer, size=tuple(_whole(side, token, "shape", 1) for side in sides))}
    if "size" in word.must:
        return {"": replace(layer, size=axes("size", 1))}
    if word.kind == "zero-pad":
        return {"": replace(layer, padding=axes("padding", 0, 0))}
    out = count("slopes", 1) if word.kind == "prelu" else count("units", None)
    return {"": replace(layer, out=out, groups=count("groups", 1), bias="nobias" not in given)}


def _arguments(item: list[Token], word: Word) -> dict[str, tuple[str, Token]]:
    """Numbers by their name, each with its token; flags are there or not."""
    given: dict[str, tuple[str, Token]] = {}
    places = list(word.must + word.may)
    known = {*places, *word.more}
    rest = iter(item[1:])
    for token in rest:
        text = token.text.lower()
        match = _GLUED.fullmatch(token.text)
        key = _KEYS.get((match[1] or match[3] or "").lower()) if match else None
        if key is None and match and match[3]:
            raise token.fault(f"{item[0].text}: there is no option {match[3]}")
        if text in _FLAGS:
            name, value = text, ""
        elif match and key:
            name, value = key, match[2] or match[4]
        elif text in _KEYS:
            follows = next(rest, None)
            if follows is None:
                raise token.fault(f"{item[0].text}: {text} needs a value")
            name, value, token = _KEYS[text], follows.text, follows
        else:
            open_places = [place for place in places if place not in given]
            if not open_places:
                raise token.fault(f"{item[0].text}: {token.text} is one too many, or unknown")
            name, value = open_places[0], token.text
        if name == "padding" and value.lower() in ("same", "valid"):
            name = value.lower()
        if name not in known:
            raise token.fault(f"{item[0].text} has no {_called(name)}")
        if name in given or (name in ("same", "valid", "padding") and {"same", "valid", "padding"} & given.keys()):
            raise token.fault(f"{item[0].text}: {_called(name)} is given twice")
        given[name] = value, token
    return given


def _called(name: str) -> str:
    return name.replace("_", " ")


def _number(text: str, token: Token, name: str) -> Any:
    try:
        return read_number(text)
    except InputError as fault:
        reason = str(fault).splitlines()[0]
        raise token.fault(f"{_called(name)}: {reason}") from None


def _shape(text: str, token: Token, name: str) -> Any:
    try:
        return read_shape(text)
    except InputError as fault:
        reason = str(fault).splitlines()[0]
        raise token.fault(f"{_called(name)}: {reason}") from None


def _whole(value: Any, token: Token, name: str, least: int) -> Any:
    if isinstance(value, Node):
        return value
    if value != value or isinstance(value, float) or value != int(value) or value < least or value > 10**12:
        raise token.fault(f"{_called(name)} is a whole number of at least {least}, not {token.text}")
    return int(value)
