"""Exercises: what a quiz asks, how an answer is read and judged, and how a wrong one is named."""
