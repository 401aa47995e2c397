"""What a question says beside what is given: the meaning of a short answer word, and what makes no question.

A solver is named by its module, a word by a pattern for the whole of it; the first that fits counts.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from revise.catalogue import Solver
from revise.exercise.meanings_models import MODELS
from revise.exercise.meanings_training import NOT_ASKED as NOT_ASKED
from revise.exercise.meanings_training import TRAINING
from revise.exercise.unsaid import UNSAID
from revise.solution import Step

MEANINGS: Mapping[str, Mapping[str, str]] = {**TRAINING, **MODELS}
NO_NEXT_LINE: Mapping[str, str] = {
    "architecture": ".*",
    "boolean_network": "a.*",
    "conv_backward": "L",
    "discounted_return": "S",
    "gradient_check": ".*",
    "linearly_separable": ".*",
    "matrix_backprop": "L",
    "pool": "[gtb].*",
    "pool_backward": "L|[te].*",
    "reparameterise": "L",
    "unpool": "(?![HW]$).*",
}
"""Steps whose next line can't be told from those before: counters, and losses only there to be differentiated."""


NOT_GIVEN: Mapping[str, Mapping[str, str]] = {
    "transformer_params": {"net": ".+"},
    "unpool": {"pooled_from": ".+"},
    "boolean_network": {"function": ".+"},
    "activation": {"function": "gelu|swish|silu|mish"},
    "mlp_forward": {"activation": "gelu", "output_activation": "gelu"},
}
"""Parameters and values with which there is no question: sizes known by heart, nothing to work out, no calculator."""


def meaning(solver: Solver, word: str) -> str | None:
    """A few words more about an answer; NOT_ASKED where it makes no question, None where its word says all."""
    for pattern, words in MEANINGS.get(module_name(solver), {}).items():
        if found := re.fullmatch(pattern, word):
            return found.expand(words) if words else words
    return None


def unsaid(solver: Solver, given: Mapping[str, Any], ask: Sequence[str]) -> list[str]:
    """What holds because nothing else was given."""
    return [
        each.words
        for each in UNSAID.get(module_name(solver), ())
        if given.get(each.missing) is None
        and any(re.fullmatch(each.asked or ".*", word) for word in ask)
        and all(re.fullmatch(pattern, str(given.get(name) or ""), re.DOTALL) for name, pattern in each.where.items())
    ]


def module_name(solver: Solver) -> str:
    return solver.module.__name__.rpartition(".")[2]


def can_be_next(solver: Solver, step: Step) -> bool:
    """Whether the step can be worked out from those shown before it."""
    pattern = NO_NEXT_LINE.get(module_name(solver))
    return pattern is None or not re.fullmatch(pattern, step.shown)


def can_be_asked(solver: Solver, given: Mapping[str, Any]) -> bool:
    """Whether what is given makes a question for paper."""
    return not any(
        re.fullmatch(pattern, str(given.get(name) or ""), re.DOTALL)
        for name, pattern in NOT_GIVEN.get(module_name(solver), {}).items()
    )
