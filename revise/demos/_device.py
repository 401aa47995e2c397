"""Where a demo runs: through `torch.accelerator`, so that no vendor is named here."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from revise.errors import InputError, NothingFound

if TYPE_CHECKING:
    import torch

WANTED = "pip install 'torch>=2.6,<2.14'"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A device by Torch's name for it, and why it was chosen (empty where the user chose)."""

    name: str
    why: str = ""


def look_for_torch() -> None:
    """NothingFound where there is no torch to import; quick, since it imports nothing."""
    if "torch" not in sys.modules and find_spec("torch") is None:
        raise NothingFound(f"demos need PyTorch: {WANTED}")


def load_torch() -> Any:
    """The module torch. NothingFound, with the way to get it, where it is missing, broken or too old."""
    try:
        with _interrupts_held():
            import torch
    except ImportError as fault:
        absent = isinstance(fault, ModuleNotFoundError) and fault.name == "torch"
        trouble = "demos need PyTorch" if absent else f"PyTorch does not load here ({fault})"
        raise NothingFound(f"{trouble}: {WANTED}") from None
    if not hasattr(torch, "accelerator"):
        raise NothingFound(f"demos need a newer PyTorch than {torch.__version__}: {WANTED}")
    return torch


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits for the end of the block: in the middle of Torch's import it would be lost or break the import."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = []
    before = signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def choose(wanted: str, tiny: bool = True) -> Chosen:
    """The device for `wanted`: "auto" or a name Torch knows. InputError names the devices there are.

    With "auto" a `tiny` net stays on the CPU, where its steps are faster than the launches of an
    accelerator's kernels.
    """
    torch, wanted = load_torch(), wanted.lower()
    here = _accelerators(torch)
    if wanted == "auto":
        if not here:
            return Chosen("cpu", "no accelerator here")
        if tiny:
            return Chosen("cpu", f"a net this small is faster on it than on {here[0]}")
        return Chosen(here[0], "the accelerator here")
    if wanted in ("cpu", "cpu:0"):
        return Chosen("cpu")
    name = f"{wanted}:0" if ":" not in wanted else wanted
    if name not in here:
        raise InputError(f"--device {wanted}: there is no such device here; there is {_either(['cpu', *here])}")
    return Chosen(name)


def begin(device: str, seed: int) -> "tuple[torch.device, torch.Generator]":
    """The first line of a demo's `run`: its device, and its source of random numbers.

    The generator lives on the CPU, so that a seed draws the same numbers whatever the device; move
    what was drawn with `.to(device)`. On the CPU Torch is held to one thread: with tiny nets a
    second one waits more than it works.
    """
    torch = load_torch()
    place = torch.device(device)
    if place.type == "cpu":
        torch.set_num_threads(1)
    return place, torch.Generator().manual_seed(seed)


def _accelerators(torch: Any) -> list[str]:
    if not torch.accelerator.is_available():
        return []
    kind = torch.accelerator.current_accelerator().type
    return [f"{kind}:{index}" for index in range(torch.accelerator.device_count())]


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
