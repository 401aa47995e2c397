"""Networks known by name. Each is written down in a file of its own, imported when it is asked for."""

import re
from importlib import import_module

from revise.errors import InputError
from revise.network.layers import Network
from revise.network.source.arguments import did_you_mean
from revise.untrusted import harmless

# name → the file and the function, with its arguments
_KNOWN: dict[str, tuple[str, str, tuple[object, ...]]] = {
    "lenet5": ("classics", "lenet5", ()),
    "lenet5-1998": ("classics", "lenet5_1998", ()),
    "alexnet": ("classics", "alexnet", (True,)),
    "alexnet-ungrouped": ("classics", "alexnet", (False,)),
    "alexnet-torchvision": ("classics", "alexnet_torchvision", ()),
    **{f"vgg{depth}": ("classics", "vgg", (depth,)) for depth in (11, 13, 16, 19)},
    "zfnet": ("classics", "zfnet", ((384, 384, 256),)),
    "zfnet-wide": ("classics", "zfnet", ((512, 1024, 512),)),
    **{f"resnet{depth}": ("residual", "resnet", (depth,)) for depth in (18, 34, 50, 101, 152)},
    **{f"resnet{depth}-v1.5": ("residual", "resnet", (depth, True)) for depth in (50, 101, 152)},
    "wrn-28-10": ("wide", "wide_resnet", (28, 10)),
    **{f"wide-resnet{depth}-2": ("residual", "wide_resnet", (depth,)) for depth in (50, 101)},
    "resnext50-32x4d": ("residual", "resnext", (50, 32, 4)),
    "resnext101-32x8d": ("residual", "resnext", (101, 32, 8)),
    "googlenet": ("inception", "googlenet", ()),
    "googlenet-torchvision": ("inception", "googlenet_torchvision", ()),
    **{f"densenet{depth}": ("dense", "densenet", (depth,)) for depth in (121, 169, 201)},
    "mobilenet-v1": ("mobile", "mobilenet_v1", ()),
    "mobilenet-v2": ("mobile", "mobilenet_v2", ()),
    "squeezenet1.0": ("mobile", "squeezenet", (False,)),
    "squeezenet1.1": ("mobile", "squeezenet", (True,)),
}
_ALSO = {
    "lenet": "lenet5", "inceptionv1": "googlenet", "alexnet2012": "alexnet", "wideresnet": "wrn-28-10",
    "wideresnet2810": "wrn-28-10", "wideresnet50": "wide-resnet50-2", "wrn502": "wide-resnet50-2",
    "resnext": "resnext50-32x4d", "resnext50": "resnext50-32x4d", "densenet": "densenet121",
    "mobilenet": "mobilenet-v1", "squeezenet": "squeezenet1.0",
}  # fmt: skip
NAMES = tuple(_KNOWN)


def find(text: str) -> Network | None:
    """The network called `text`, case and punctuation ignored; None where there is none."""
    name = canonical(text)
    if not name:
        return None
    file, function, arguments = _KNOWN[name]
    made: Network = getattr(import_module(f"revise.network.known.{file}"), function)(*arguments)
    return made


def canonical(text: str) -> str:
    """How the network called `text` is listed; empty where there is none."""
    plain = _plain(text)
    return next((name for name in NAMES if plain == _plain(name) or _ALSO.get(plain) == name), "")


def unknown(text: str) -> InputError:
    """What to say of a bare name that no network has."""
    return InputError(
        f"there is no network {harmless(text.strip())}{did_you_mean(_plain(text), NAMES)} "
        f"(known: {', '.join(NAMES)}; or give layers: conv 3 64 p1, relu, pool 2)"
    )


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
