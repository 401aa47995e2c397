"""Markov decision processes: what one is, read from TOML or a drawn world, and swept in arrays."""

from revise.mdp.process import MDP, Number, Row, check_count, check_gamma, check_known, row_text

__all__ = ["MDP", "Number", "Row", "check_count", "check_gamma", "check_known", "row_text"]
