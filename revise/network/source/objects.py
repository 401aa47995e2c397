"""What names of the source stand for, beside numbers, text and lists."""

import ast
from dataclasses import dataclass, field
from typing import Any

from revise.errors import InputError
from revise.network.assembly import Piece


@dataclass(eq=False)
class Chain:
    """Sequential, or a list of modules: parts by their names, one after another."""

    parts: dict[str, Any] = field(default_factory=dict)
    called: str = "Sequential"

    def append(self, part: Any, name: str = "") -> None:
        self.parts[name or str(len(self.parts))] = part


@dataclass(eq=False)
class Block:
    """An instance of a class of the source."""

    definition: ast.ClassDef | None
    attributes: dict[str, Any] = field(default_factory=dict)

    def method(self, *names: str) -> ast.FunctionDef | None:
        body = self.definition.body if self.definition else []
        found = [each for each in body if isinstance(each, ast.FunctionDef) and each.name in names]
        return found[-1] if found else None

    def modules(self) -> dict[str, Any]:
        return {name: value for name, value in self.attributes.items() if isinstance(value, Piece | Chain | Block)}


@dataclass(frozen=True)
class Tensor:
    """What the layer at `place` gives; -1 is the network's input."""

    place: int


@dataclass(frozen=True)
class State:
    """What a recurrent layer ends with; `place` is the layer's, `out` the features of one direction."""

    place: int
    out: Any


@dataclass(frozen=True)
class Numbers:
    """torch.zeros(…), torch.arange(…): a state to start from, or positions."""


@dataclass(frozen=True)
class Shape:
    """x.shape or x.size(): only its first entry, the batch, is known."""


@dataclass(frozen=True)
class Model:
    """Keras's Model(inputs, outputs)."""

    end: Tensor


@dataclass(frozen=True, eq=False)
class Unread:
    """A value that is none of ours (a loss, a device, data): a fault only where it is used."""

    fault: InputError


@dataclass(eq=False)
class Frame:
    """Names while a body is read; `path` goes before the names of self's layers."""

    names: dict[str, Any]
    path: str = ""


Module = Piece | Chain | Block
