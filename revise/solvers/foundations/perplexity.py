"""Perplexity of a language model from probabilities or cross-entropy."""

import math
from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector
from revise.solution import Solution, Work
from revise.solvers.foundations._distributions import UNITS
from revise.solvers.foundations._loss_rows import slips
from revise.solvers.foundations._perplexity_input import check

SERVES: dict[str, dict[str, object]] = {"perplexity": {}}
SOURCE = "Jurafsky & Martin, Speech and Language Processing, 3rd ed. draft, sections 3.3 and 3.7"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Jurafsky & Martin, section 3.3: ten digits, each with probability 1/10, have the perplexity 10
    ({"probabilities": "1/10, 1/10, 1/10, 1/10, 1/10"}, {"perplexity": "10.0000"}),
    # the same section: the text red red red red blue, by a model with P(red) = 0.8 and P(blue) = 0.1:
    # 0.04096^(−1/5) = 1.89; by one that gives each of its three words 1/3: 3
    (
        {"probabilities": "0.8, 0.8, 0.8, 0.8, 0.1"},
        {"perplexity": "1.89", "joint": "0.04096", "by-geometric-mean": "1.89"},
    ),
    ({"probabilities": "1/3, 1/3, 1/3, 1/3, 1/3", "log_base": 2}, {"perplexity": "3.000", "cross-entropy": "1.5850"}),
    # Zhang et al., Dive into Deep Learning, section 9.3: a perfect model has perplexity 1
    ({"probabilities": "1, 1, 1"}, {"perplexity": 1, "cross-entropy": 0}),
]
DOMAIN = dict.fromkeys("abcdpquvxyz", (0, 1))
MISTAKES = {
    "H": {"not divided by the number of tokens": "T", "the minus is forgotten": "-T/n"},
    "PP_word": {"per token, not per word": "PP"},
}
# a right formula → what is written instead
_SLIPS = {
    "exp(H)": {"base 2, though the loss is in nats": "2^H"},
    "2^H": {"base e, though the loss is in bits": "exp(H)"},
    "10^H": {"base e, though the logarithms are to base 10": "exp(H)"},
    "P_text^(-1/n)": {"the root is forgotten": "1/P_text"},
}
# base → minus the logarithm
_LOG: dict[str | int, str] = {"e": "-log(P[i])", 2: "-log2(P[i])", 10: "-log10(P[i])"}
_POWER: dict[str | int, str] = {"e": "exp(H)", 2: "2^H", 10: "10^H"}
_PER_WORD: dict[str | int, str] = {"e": "exp(T/w)", 2: "2^(T/w)", 10: "10^(T/w)"}
_BITS: dict[str | int, str] = {"e": "H/log(2)", 10: "H*log2(10)"}
_BACK: dict[str | int, str] = {"e": "log(PP)", 2: "log2(PP)", 10: "log10(PP)"}
_LONGEST = 600  # nats of a text whose probability is still a number


def solve(
    probabilities: Vector | None = None,
    log_probs: Vector | None = None,
    cross_entropy: Number | None = None,
    perplexity: Number | None = None,
    tokens: Number | None = None,
    words: Number | None = None,
    log_base: Literal["e", 2, 10] = "e",
) -> Solution:
    """PP = b^H with H the mean of −log p over the tokens; the same as 1 over the geometric mean of p.

    probabilities  the model's probability of each token, given those before: "0.8, 0.8, 0.1"
    log_probs      instead, their logarithms (none is positive)
    cross_entropy  instead, the mean loss a token, as training prints it
    perplexity     instead, backwards: the cross-entropy that belongs to it
    tokens         how many tokens, where only a mean is given
    words          how many words the tokens make up: the perplexity per word
    log_base       of the logarithms and of the cross-entropy: e (nats), 2 (bits) or 10

    Raises InputError naming the argument: a probability above 1, or 0 (the perplexity is then infinite).
    """
    sources = {"probabilities": probabilities, "log-probs": log_probs, "cross-entropy": cross_entropy,
               "perplexity": perplexity}  # fmt: skip
    chosen = [name for name, value in sources.items() if value is not None]
    if len(chosen) != 1:
        raise InputError(f"{(chosen or ['probabilities'])[-1]}: give one of --{', --'.join(sources)}")
    check(sources, tokens, words)
    listed = probabilities if probabilities is not None else log_probs
    if listed is not None and tokens is not None:
        raise InputError("tokens: the list says already how many there are")
    work = Work(
        P=None if probabilities is None else dict(enumerate(probabilities.flat, 1)),
        ell=None if log_probs is None else dict(enumerate(log_probs.flat, 1)),
        H=cross_entropy, PP=perplexity, n=len(listed.flat) if listed is not None else tokens, w=words,
    )  # fmt: skip
    work.called(P="probabilities", ell="log-probabilities", H="cross-entropy a token", PP="perplexity", n="tokens")
    work.called(w="words")
    unit = UNITS[log_base]
    work.note(f"Logarithms to base {log_base}: the cross-entropy is in {unit}s a token.")
    found: dict[str, str] = {}
    if listed is not None:
        _surprisals(work, len(listed.flat), log_base, probabilities is not None)
        found = {"log-likelihood": "ll", "cross-entropy": "H"}
    if perplexity is not None:
        work.let("H", _BACK[log_base], "the logarithm undoes the power: the cross-entropy a token", unit=unit)
        found = {"cross-entropy": "H"}
    else:
        work.let("PP", _POWER[log_base], "perplexity: the base to the power of the cross-entropy", holds="PP >= 1")
        found = {"perplexity": "PP"} | found
    if log_base != 2:
        work.let("H_2", _BITS[log_base], "the same in bits; 2 to this power is the perplexity too", holds="2^H_2 = PP")
        found["bits"] = "H_2"
    if probabilities is not None:
        _geometric(work, found)
    _whole_text(work, log_base, listed is not None, found)
    work.note("The perplexity is the number of equally likely tokens among which the model would be as unsure.")
    return work.answer(found)


def _surprisals(work: Work, n: int, base: str | int, from_p: bool) -> None:
    for i in range(1, n + 1):
        formula, why = (_LOG[base], "surprisal of the token") if from_p else ("-ell[i]", "the sign turned: surprisal")
        work.let("u[i]", formula, why, table="surprisals", i=i)
    work.let("T", "sum(u[i] for i in 1..n)", "their sum: minus the logarithm of the whole text's probability")
    work.let("ll", "-T", "log-likelihood of the text")
    work.let("H", "T/n", "cross-entropy: the mean over the tokens", unit=UNITS[base])


def _geometric(work: Work, found: dict[str, str]) -> None:
    """The perplexity without a logarithm, where the text's probability is not too small for a number."""
    numbers = [float(each) for each in work.given["P"].values() if not isinstance(each, Node)]
    if -sum(map(math.log, numbers)) > _LONGEST:
        work.note("The product of the probabilities is too small for a number: only logarithms can tell.")
        return
    work.let("P_text", "prod(P[i] for i in 1..n)", "the probability of the whole text")
    why = "1 over the geometric mean of the probabilities: the same perplexity without logarithms"
    work.let("PP_geo", "P_text^(-1/n)", why, holds="PP_geo = PP")
    found |= {"joint": "P_text", "by-geometric-mean": "PP_geo"}


def _whole_text(work: Work, base: str | int, listed: bool, found: dict[str, str]) -> None:
    """From a mean to the whole text, and per word."""
    if not listed and "n" in work.given:
        work.let("T", "n*H", "minus the logarithm of the whole text's probability", unit=UNITS[base])
        found["total"] = "T"
    if "w" in work.given:
        work.let("H_word", "T/w", "the same sum shared out over the words", unit=UNITS[base])
        if _too_large(work, base):
            raise InputError("words: so few that the perplexity per word is too large for a number")
        why = "per word: so models that cut words into other tokens can be compared"
        work.let("PP_word", _PER_WORD[base], why)
        found |= {"cross-entropy-per-word": "H_word", "per-word": "PP_word"}


def _too_large(work: Work, base: str | int) -> bool:
    level = work.env["H_word"]
    return not isinstance(level, Node) and level * (1 if isinstance(base, str) else math.log(base)) > 700


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """A power of the wrong base, a root left out."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Three to five tokens with easy probabilities, or a mean loss of so many tokens."""
    base = rng.choice(["e", "e", 2, 10])
    kind = rng.random()
    if kind < 0.6:
        drawn = [rng.choice(["1/2", "1/4", "1/8", "0.1", "0.2", "0.8", "1"]) for _ in range(rng.randint(3, 5))]
        given: dict[str, Any] = {"probabilities": ", ".join(drawn), "log_base": base}
        return given | ({"words": len(drawn) - 1} if rng.random() < 0.4 else {})
    if kind < 0.75:
        return {"log_probs": ", ".join(f"-{rng.randint(0, 4)}.{rng.randint(1, 9)}" for _ in range(3)), "log_base": base}
    if kind < 0.9:
        given = {"cross_entropy": f"{rng.randint(1, 4)}.{rng.randint(0, 9)}", "log_base": base}
        return given | ({"tokens": 12, "words": 10} if rng.random() < 0.5 else {})
    return {"perplexity": rng.choice(["8", "10", "64", "20.5"]), "log_base": base, "tokens": rng.randint(4, 20)}


def reference(
    probabilities: Any = None, log_probs: Any = None, cross_entropy: Any = None, perplexity: Any = None,
    tokens: Any = None, words: Any = None, log_base: Any = "e",
) -> dict[str, Any]:  # fmt: skip
    """Torch: cross_entropy of two-way logits whose softmax has the token's probability, its exponential."""
    import torch
    from torch.nn.functional import nll_loss

    unit = torch.log(torch.tensor(math.e if log_base == "e" else float(log_base), dtype=torch.float64))
    found: dict[str, Any] = {}
    if probabilities is not None or log_probs is not None:
        given = probabilities if probabilities is not None else log_probs
        values = torch.tensor([float(each) for each in given.flat], dtype=torch.float64)
        logs = values.log() if probabilities is not None else values * unit
        rows = torch.stack([logs, torch.zeros_like(logs)], dim=1)
        nats, count = nll_loss(rows, torch.zeros(len(logs), dtype=torch.long)), len(logs)
        found["log-likelihood"] = logs.sum() / unit
        if probabilities is not None:
            found |= {"joint": values.prod(), "by-geometric-mean": 1 / logs.mean().exp()}
    else:
        count = tokens
        level = torch.tensor(float(cross_entropy if perplexity is None else perplexity), dtype=torch.float64)
        nats = level * unit if perplexity is None else level.log()
        if tokens is not None:
            found["total"] = int(tokens) * nats / unit
    found |= {"cross-entropy": nats / unit, "bits": nats / torch.log(torch.tensor(2.0, dtype=torch.float64))}
    found["perplexity"] = torch.exp(nats)
    if words is not None:
        per_word = nats * int(count) / int(words)
        found |= {"cross-entropy-per-word": per_word / unit, "per-word": per_word.exp()}
    return found
