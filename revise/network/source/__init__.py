"""Pasted PyTorch and Keras source, and printed models: read as text, never run."""
