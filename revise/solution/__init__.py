"""A worked answer: `Work` makes it, `Solution` holds its `Step`s."""

from revise.solution.names import store
from revise.solution.result import Map, Overview, Solution
from revise.solution.step import At, Claim, Step, Style, formula_tree, letters_of, style
from revise.solution.values import neutral, neutral_symbolic
from revise.solution.work import Work

__all__ = [
    "At", "Claim", "Map", "Overview", "Solution", "Step", "Style", "Work", "formula_tree", "letters_of", "neutral",
    "neutral_symbolic", "store", "style",
]  # fmt: skip
