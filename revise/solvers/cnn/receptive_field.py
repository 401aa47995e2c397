"""Receptive field of stacked convolutions and poolings."""

import math
import re
from random import Random
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import read_number, spell, whole
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"receptive-field": {}}
SOURCE = "Araujo, Norris & Sim 2019, Computing receptive fields of convolutional neural networks, Distill"
_ALEXNET = "conv 11 4, pool 3 2, conv 5, pool 3 2, 3*conv 3, pool 3 2"
_VGG = "2*conv 3, pool 2, 2*conv 3, pool 2, 3*conv 3, pool 2, 3*conv 3, pool 2, 3*conv 3, pool 2"
_RESNET = (
    "conv 7 2, pool 3 2, conv 1, conv 3, conv 1, conv 1, conv 3, conv 1, conv 1, conv 3, conv 1, "
    "conv 1 2, conv 3, conv 1, conv 1, conv 3, conv 1, conv 1, conv 3, conv 1, conv 1, conv 3, conv 1, "
    "conv 1 2, conv 3, conv 1, conv 1, conv 3, conv 1, conv 1, conv 3, conv 1, conv 1, conv 3, conv 1, "
    "conv 1, conv 3, conv 1, conv 1, conv 3, conv 1, "
    "conv 1 2, conv 3, conv 1, conv 1, conv 3, conv 1, conv 1, conv 3, conv 1"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Araujo et al. 2019 and RECEPTIVE_FIELD_TABLE.md at github.com/google-research/receptive_field: AlexNet's conv2
    # and pool5, VGG-16's pool5, ResNet-50 (v1: the stride in the first 1×1 of a stage)
    ({"layers": "conv 11 4, pool 3 2, conv 5"}, {"receptive-field": 51, "stride": 8}),
    ({"layers": _ALEXNET}, {"receptive-field": 195, "stride": 32}),
    ({"layers": _VGG}, {"receptive-field": 212, "stride": 32}),
    ({"layers": _RESNET}, {"receptive-field": 483, "stride": 32}),
    # Simonyan & Zisserman 2015, section 2.3: three 3×3 see as much as one 7×7, with 27 against 49 weights
    ({"layers": "3*conv 3"}, {"receptive-field": 7, "stride": 1, "stack-weights": 27, "single-weights": 49}),
    # Yu & Koltun 2016, section 2: dilations 1, 2, 4 see 3, 7 and 15
    ({"layers": "conv 3, conv 3 1 2"}, {"receptive-field": 7}),
    ({"layers": "conv 3, conv 3 1 2, conv 3 1 4"}, {"receptive-field": 15}),
]
MISTAKES = {
    "r[l]": {
        "the strides before are forgotten": "r[l-1] + k[l] - 1",
        "the layer's own stride is counted already": "r[l-1] + (k[l] - 1)*j[l-1]*s[l]",
        "k instead of k - 1": "r[l-1] + k[l]*j[l-1]",
    },
    "j[l]": {"the strides are added": "s[l] + j[l-1]", "only this layer's stride": "s[l]"},
}

_MOST = 400
_LONGEST = 2**20  # entries of an input on which the reference tries a stack
_CHANGE_NOTHING = frozenset("relu bn batchnorm norm dropout activation sigmoid tanh lrn softmax".split())
_LAYER = re.compile(r"(?:(\d+)\s*[x×*]\s*)?([a-zA-Z]+(?:[123]d)?)((?:\s|\d+\s*[x×]\s*\d).*)?")


def solve(layers: str) -> Solution:
    """How many entries of the input one output sees along an axis, layer by layer.

    layers   "conv 3 1, pool 2 2, conv 3 1 2": kernel, stride and dilation of each, input first. Left out, a
             conv's stride is 1, a pool's its kernel, the dilation 1. 3*conv 3 is three of them; letters may stand

    Padding changes no receptive field. Raises InputError naming the layer that can't be read.
    """
    stack = _read(layers)
    places = range(1, len(stack) + 1)
    k, s, d = ({place: stack[place - 1][part] for place in places} for part in (1, 2, 3))
    dilated = any(dilation != 1 for dilation in d.values())
    work = Work(k=k, s=s, d=d if dilated else None, r={0: 1}, j={0: 1})
    work.whole = True
    work.called(k="kernel", s="stride", d="dilation", r="field", j="jump")
    work.note(
        "One output of layer l sees r entries of the input, its neighbour the same j further on; the input itself "
        "has r = j = 1. A layer 3/2 has kernel 3 and stride 2."
    )
    for place, (name, *_) in zip(places, stack, strict=True):
        formula = "r[l-1] + d[l]*(k[l] - 1)*j[l-1]" if dilated else "r[l-1] + (k[l] - 1)*j[l-1]"
        why = "each further tap of the kernel is a jump away"
        work.let("r[l]", formula, why, table="layer by layer", l=place, layer=name)
        work.let(
            "j[l]", "s[l]*j[l-1]", "steps of the input between neighbours", table="layer by layer", l=place, layer=name
        )
    last = len(stack)
    answers = {"receptive-field": f"r[{last}]", "stride": f"j[{last}]"}
    plain = not dilated and not work.letters and all(stride == 1 for stride in s.values())
    if last > 1 and plain and all(name.startswith("conv") for name, *_ in stack):
        work.note(f"So the {last} layers see as much as one convolution with a kernel of side {work.env['r'][last]}.")
        why = "weights of the stack, to be multiplied by C² where every layer has C channels in and out"
        work.let("stack", "sum(k[l]^2 for l in 1..n)", why, n=last)
        work.let("single", "r[n]^2", "weights of the one kernel, to be multiplied by C² as well", n=last)
        answers |= {"stack-weights": "stack", "single-weights": "single"}
    return work.answer(answers)


def _read(text: str) -> list[tuple[str, Any, Any, Any]]:
    """Name, kernel, stride and dilation of each layer."""
    stack: list[tuple[str, Any, Any, Any]] = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;，；\n]|->|→", text))):
        match = _LAYER.fullmatch(part)
        times, word, rest = match.groups() if match else ("", "", "")
        word, numbers = word.lower(), re.sub(r"(?<=\d)\s*[x×]\s*(?=\d)", "x", rest or "").split()
        if word in _CHANGE_NOTHING and not numbers:
            continue
        if not ("conv" in word or "pool" in word) or not 1 <= len(numbers) <= 3:
            raise InputError(
                f"layers: {part!r} is no layer; write it as conv 3 1 or pool 2 2 (kernel, stride, dilation)"
            )
        kernel = _value(numbers[0], part)
        stride = _value(numbers[1], part) if len(numbers) > 1 else kernel if "pool" in word else 1
        dilation = _value(numbers[2], part) if len(numbers) > 2 else 1
        shown = f"{'pool' if 'pool' in word else 'conv'} {spell(kernel)}/{spell(stride)}"
        shown += f", d {spell(dilation)}" if dilation != 1 else ""
        stack += [(shown, kernel, stride, dilation)] * min(int(times or 1), _MOST + 1)
        if len(stack) > _MOST:
            raise InputError(f"layers: more than {_MOST} of them")
    if not stack:
        raise InputError("layers: there is none; write them as conv 3 1, pool 2 2")
    return stack


def _value(text: str, part: str) -> Any:
    """A whole number or a letter; `3x3` is 3."""
    sides = set(text.split("x")) if re.fullmatch(r"\d+x[\dx]+", text) else {text}
    if len(sides) > 1 or text.count("x") > 1:
        raise InputError(f"layers: {part!r} has several sides: work out each axis by itself")
    try:
        value = read_number(sides.pop())
    except InputError:
        raise InputError(f"layers: {text!r} in {part!r} is no number") from None
    return value if isinstance(value, Node) else whole(value, f"layers: a number of {part!r}")


def sample(rng: Random) -> dict[str, Any]:
    """Two to five small layers."""
    layers = []
    for _ in range(rng.randint(2, 5)):
        if rng.random() < 0.3:
            layers.append(rng.choice(["pool 2", "pool 3 2"]))
        else:
            dilation = rng.choice(["", "", "", " 2"])
            layers.append(f"conv {rng.choice([1, 3, 3, 5])} {rng.choice([1, 1, 2])}{dilation}")
    return {"layers": ", ".join(layers)}


def reference(layers: str) -> dict[str, Any]:
    """Which inputs the first two outputs' gradients reach in a Torch stack; nothing where that is too big."""
    import torch

    stack = []
    for _, kernel, stride, dilation in _read(layers):
        if any(isinstance(value, Node) for value in (kernel, stride, dilation)):
            raise InputError("layers: the gradients need numbers")
        convolution = torch.nn.Conv1d(1, 1, kernel, stride, dilation=dilation, bias=False, dtype=torch.float64)
        torch.nn.init.constant_(convolution.weight, 1 / kernel)
        stack.append(convolution)
    if math.prod(layer.kernel_size[0] for layer in stack) > 10**290:
        return {}
    length = 64
    while True:
        if length > _LONGEST:
            return {}
        signal = torch.zeros(1, 1, length, dtype=torch.float64, requires_grad=True)
        try:
            out = torch.nn.Sequential(*stack)(signal)
        except RuntimeError:
            out = signal[:, :, :0]
        if out.shape[2] > 1:
            break
        length *= 2
    first, second = (torch.autograd.grad(out[0, 0, at], signal, retain_graph=True)[0].flatten() for at in (0, 1))
    reached = first.nonzero().flatten()
    return {
        "receptive-field": int(reached[-1] - reached[0]) + 1,
        "stride": int(second.nonzero()[0] - reached[0]),
    }
