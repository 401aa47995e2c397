"""Networks known by name. Each is written down in a file of its own, imported when it is asked for."""

import re
from importlib import import_module

from revise.errors import InputError
from revise.network.arguments import did_you_mean
from revise.network.layers import Network
from revise.untrusted import harmless

# name → the file and the function, with its arguments
_KNOWN: dict[str, tuple[str, str, tuple[object, ...]]] = {
    "lenet5": ("classics", "lenet5", ()),
    "lenet5-1998": ("classics", "lenet5_1998", ()),
    "alexnet": ("classics", "alexnet", (True,)),
    "alexnet-ungrouped": ("classics", "alexnet", (False,)),
    "alexnet-torchvision": ("classics", "alexnet_torchvision", ()),
    **{f"vgg{depth}": ("classics", "vgg", (depth,)) for depth in (11, 13, 16, 19)},
    **{f"resnet{depth}": ("residual", "resnet", (depth,)) for depth in (18, 34, 50)},
    "resnet50-v1.5": ("residual", "resnet", (50, True)),
    "googlenet": ("inception", "googlenet", ()),
    "googlenet-torchvision": ("inception", "googlenet_torchvision", ()),
}
_ALSO = {"lenet": "lenet5", "inceptionv1": "googlenet", "alexnet2012": "alexnet"}
NAMES = tuple(_KNOWN)


def find(text: str) -> Network | None:
    """The network called `text`, case and punctuation ignored; None where there is none."""
    plain = _plain(text)
    for name in NAMES:
        if plain == _plain(name) or _ALSO.get(plain) == name:
            file, function, arguments = _KNOWN[name]
            made: Network = getattr(import_module(f"revise.network.{file}"), function)(*arguments)
            return made
    return None


def unknown(text: str) -> InputError:
    """What to say of a bare name that no network has."""
    return InputError(
        f"there is no network {harmless(text.strip())}{did_you_mean(_plain(text), NAMES)} "
        f"(known: {', '.join(NAMES)}; or give layers: conv 3 64 p1, relu, pool 2)"
    )


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
