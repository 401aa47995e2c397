"""PyTorch and Keras source → network. Python's parser reads it; nothing of it runs."""

import re

from revise.errors import InputError
from revise.network.layers import Network
from revise.network.source.keras_layers import LAYERS as KERAS
from revise.network.source.keras_library import KerasLibrary
from revise.network.source.statements import Statements
from revise.network.source.text import Source, words
from revise.network.source.torch_layers import LAYERS as TORCH
from revise.network.source.torch_library import TorchLibrary

_KERAS = re.compile(r"\b(keras|tensorflow|return_sequences|return_state|use_bias)\b|\bSequential\(\s*\[")


def read_python(text: str) -> Network:
    """Raises InputError naming line and column."""
    source = Source(text)
    try:
        used = words(source.tree)
        is_keras = bool(used & (KERAS.keys() - TORCH.keys())) or _KERAS.search(text) is not None
        is_torch = bool(used & (TORCH.keys() - KERAS.keys())) or re.search(r"(?<!tf\.)\bnn\.[A-Z]", text) is not None
        return Statements(source, KerasLibrary() if is_keras and not is_torch else TorchLibrary()).network()
    except RecursionError:
        raise InputError("the source is nested too deeply, or calls itself") from None
