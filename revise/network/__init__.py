"""Layer lists: read from text that is never executed, or known by name."""

from revise.network.layers import KINDS, MOST_LAYERS, Layer, Network

__all__ = ["KINDS", "MOST_LAYERS", "Layer", "Network"]
