"""Networks beside each other: names with commas between, or any networks with | between."""

from dataclasses import dataclass
from typing import ClassVar

from revise.errors import InputError
from revise.network.known import canonical, unknown
from revise.network.layers import Network

_MOST = 12


@dataclass(frozen=True, eq=False)
class Networks:
    """Label → network, in the order given. A known network is labelled by its name, another by its place."""

    labelled: dict[str, Network]

    METAVAR: ClassVar[str] = '"NETWORK, NETWORK"'

    @classmethod
    def from_text(cls, text: str) -> "Networks":
        """`alexnet, vgg16`; `alexnet | conv 3 64 p1, relu | net.py`; one network of any notation.

        Raises InputError naming what is not known, or what is given twice.
        """
        parts = [part.strip() for part in text.split("|")]
        if len(parts) == 1:
            parts = _names(text) or parts
        if len(parts) > _MOST:
            raise InputError(f"{len(parts)} networks; up to {_MOST} are set beside each other")
        labelled: dict[str, Network] = {}
        for place, part in enumerate(parts, 1):
            if not part:
                raise InputError("a network is missing: names stand between commas, other networks between |")
            label = canonical(part) or f"net{place}"
            if label in labelled:
                raise InputError(f"{label} is given twice")
            labelled[label] = Network.from_text(part)
        return cls(labelled)


def _names(text: str) -> list[str]:
    """The names that the text lists; none where it is something else, such as the layers of one network."""
    parts = [part.strip() for part in text.replace(";", ",").replace("，", ",").strip(" ,").split(",")]
    found = [part for part in parts if canonical(part)]
    if len(parts) < 2 or not found:
        return []
    for part in parts:
        if part not in found:
            raise unknown(part)
    return parts
