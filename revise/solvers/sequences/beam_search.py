"""Beam search over a table of next words, beside greedy search."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, whole
from revise.solution import Solution, Work
from revise.solvers.sequences._next_words import START, Candidate, Search, Table, label, read_table, search

SERVES: dict[str, dict[str, object]] = {"beam-search": {}}
SOURCE = (
    "Zhang et al., Dive into deep learning, section 10.8; Jurafsky & Martin, Speech and language processing, 3rd ed., "
    "figure 'beam search decoding' (a finished sequence narrows the beam); Wu et al. 2016, equation 14 (gnmt)"
)
_NICE = "The: nice 0.5, dog 0.4, car 0.1; nice: woman 0.4, house 0.3, guy 0.3; dog: has 0.9, runs 0.05, and 0.05"
_ABC = (
    "<s>: A 0.5; A: A 0.1, B 0.4, C 0.3, <eos> 0.2; A B: A 0.2, B 0.2, C 0.4, <eos> 0.2; "
    "A B C: A 0, B 0.2, C 0.2, <eos> 0.6; A C: A 0.1, B 0.6, C 0.2, <eos> 0.1; A C B: A 0.1, B 0.2, C 0.1, <eos> 0.6"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # von Platen 2020, How to generate text (huggingface.co/blog): the two trees drawn there, 0.2 and 0.36
    (
        {"table": _NICE, "beam_width": 2, "steps": 2},
        {"greedy": "nice woman", "greedy-probability": "0.20", "best": "dog has", "probability": "0.36"},
    ),
    # Dive into deep learning, figures 10.8.1 and 10.8.2: greedy A B C <eos> has 0.048, A C B <eos> 0.054 (of the first
    # column only A goes on there, so only A is given)
    (
        {"table": _ABC, "beam_width": 2},
        {"greedy": "A B C <eos>", "greedy-probability": "0.048", "best": "A C B <eos>", "probability": "0.054"},
    ),
    ({"table": _ABC, "beam_width": 1}, {"best": "A B C <eos>", "probability": "0.048"}),
]  # fmt: skip
MISTAKES = {
    "P[y]": {"the conditional probability alone": "p[y]", "added, not multiplied": "P[x] + p[y]"},
    "s[y]": {"logarithms multiplied": "s[x]*log(p[y])", "the last word's logarithm alone": "log(p[y])"},
    "r[y]": {"multiplied by the length": "s[y]*L[y]^alpha", "not normalised": "s[y]"},
}
_MOST_STEPS, _MOST_WIDTH, _MOST_LINES = 32, 64, 1000
_FINAL = {"power": "s[y]/L[y]^alpha", "gnmt": "s[y]/((5 + L[y])/6)^alpha"}


def solve(
    table: str,
    beam_width: Number = 2,
    steps: Number | None = None,
    alpha: Number = 0,
    penalty: Literal["power", "gnmt"] = "power",
    finished: Literal["aside", "compete"] = "aside",
    end: str | None = None,
) -> Solution:
    """Greedy search, then the k best sequences step by step, then the best of those that are left.

    table       rows "before: word 0.4, word 0.6" with semicolons or new lines between them (a file, - for standard
                input); numbers are probabilities or their natural logarithms. The first row is the start; a row
                counts for the whole sequence, else for its last words
    beam_width  k
    steps       at most so many words; without it until every sequence is finished
    alpha       α of the length normalisation: sums of logarithms are divided by L^α, the end counted in L; 0 for none
    penalty     power: L^α; gnmt: ((5 + L)/6)^α
    finished    aside: a sequence that ends leaves the beam, which gets one narrower; compete: it stays in the beam
                until k better ones drive it out
    end         the word that ends a sequence; without it <eos>, </s>, end … where the table has one. Without any a
                sequence ends where no row goes on

    Raises InputError naming the row that is no distribution, or the one that is missing.
    """
    width = whole(beam_width, "beam_width")
    most = _MOST_STEPS if steps is None else whole(steps, "steps")
    for value, name, limit in ((width, "beam-width", _MOST_WIDTH), (most, "steps", _MOST_STEPS)):
        if value > limit:
            raise InputError(f"{name}: at most {limit} are written out, not {value}")
    if isinstance(alpha, Node) or alpha < 0:
        raise InputError("alpha must be a number of at least 0")
    words = read_table(table, end)
    greedy, beam = search(words, 1, most, False), search(words, width, most, finished == "compete")
    for found, whose in ((greedy, "greedy"), (beam, "beam")):
        if not found.rounds:
            raise InputError(f"table: {whose} search finds no word of positive probability")
        if steps is None and any(words.next((*words.start, *each.words)) for each in found.open):
            raise InputError(f"steps: after {_MOST_STEPS} words a sequence has not ended; say how many are wanted")
    if sum(len(candidates) for candidates, _, _ in beam.rounds) > _MOST_LINES:
        raise InputError(f"beam-width: more than {_MOST_LINES} candidates; write fewer --steps or a smaller k")
    work = _begun(words, greedy, beam, alpha, penalty)
    before = f" after {label(words.start)!r}" if words.start else ""
    what = "l the logarithm of its last word's probability" if words.logs else "p the probability of its last word"
    work.note(f"y is a sequence{before}, x what it grew from, {what}.")
    if any(number == 0 for row in words.rows.values() for number in row.values()) and not words.logs:
        work.note("Words of probability 0 are left out: log 0 is −∞.")
    _greedy(work, words, greedy)
    _beam(work, words, beam, width, finished)
    return _chosen(work, words, beam, alpha, penalty)


def _begun(words: Table, greedy: Search, beam: Search, alpha: Any, penalty: str) -> Work:
    """Everything that is read from the table: the number of each candidate's last word, by sequence."""
    found = [each for one in (greedy, beam) for candidates, _, _ in one.rounds for each in candidates]
    numbers = {label(each.words): each.number for each in found}
    last = tuple(label(each.words) for each in greedy.rounds[-1][0])
    finals = tuple(label(each.words) for each in beam.finals)
    work = Work(
        p=None if words.logs else numbers, l=numbers if words.logs else None, P=None if words.logs else {START: 1},
        G={START: 0 if words.logs else 1}, s={START: 0}, C=last, F=finals,
        L={label(each.words): len(each.words) for each in beam.finals} if alpha != 0 else None,
        alpha=alpha if alpha != 0 else None,
    )  # fmt: skip
    work.called(p="", l="", P="", G="", s="", L="", C="", F="", alpha="length normalisation")
    return work


def _greedy(work: Work, words: Table, greedy: Search) -> None:
    path = [kept[0] for _, kept, _ in greedy.rounds]
    for at, (candidates, kept, _) in enumerate(greedy.rounds, 1):
        best, other = kept[0], max((each.number for each in candidates if each is not kept[0]), default=None)
        rival = next((each for each in candidates if each is not best and each.number == other), best)
        tie = "; another is as large, the one listed first is taken" if other == best.number else ""
        law = "l[y] >= l[x]" if words.logs else "p[y] >= p[x]"
        work.note(
            f"Greedy, step {at}: the largest number is that of {best.words[-1]!r}{tie}.",
            holds=law,
            y=label(best.words),
            x=label(rival.words),
        )
    for each in path:
        formula, why = ("G[x] + l[y]", "sum of logarithms") if words.logs else ("G[x]*p[y]", "product of probabilities")
        work.let("G[y]", formula, why, table="greedy search", y=label(each.words), x=label(each.parent))
    formula = "argmax(l[y] for y in C)" if words.logs else "argmax(p[y] for y in C)"
    work.let("greedy", formula, "the last choice, and with it the sequence")


def _beam(work: Work, words: Table, beam: Search, width: int, finished: str) -> None:
    room = width
    for at, (candidates, kept, dropped) in enumerate(beam.rounds, 1):
        for each in candidates:
            here, before, step = label(each.words), label(each.parent), f"beam search, step {at}"
            if words.logs:
                work.let("s[y]", "s[x] + l[y]", "logarithms added", table=step, y=here, x=before)
            else:
                work.let("P[y]", "P[x]*p[y]", "probabilities multiplied", table=step, y=here, x=before)
                work.let("s[y]", "s[x] + log(p[y])", "their logarithms added", table=step, y=here, x=before)
        _kept(work, words, at, room, kept, dropped)
        ended = [
            label(each.words) for each in kept if each not in beam.open and each in beam.finals and each in candidates
        ]
        if ended and finished == "aside" and room > len(ended) and at < len(beam.rounds):
            work.note(f"Finished and put aside: {_listed(ended)}; the beam is {room - len(ended)} wide from here on.")
        room -= len(ended) if finished == "aside" else 0


def _kept(work: Work, words: Table, at: int, room: int, kept: list[Candidate], dropped: list[Candidate]) -> None:
    text = f"Step {at}: the best {room} stay: " if len(kept) == room and room > 1 else f"Step {at}: what stays: "
    text += _listed([label(each.words) for each in kept])
    if not dropped:
        work.note(f"{text}; nothing is dropped.")
        return
    tie = kept[-1].total == dropped[0].total
    rest = f"; {label(dropped[0].words)!r} is as good, but comes later in the table." if tie else "."
    work.note(
        text + rest,
        holds="s[y] >= s[x]" if words.logs else "P[y] >= P[x]",
        y=label(kept[-1].words),
        x=label(dropped[0].words),
    )


def _listed(labels: list[str]) -> str:
    return ", ".join(map(repr, labels))


def _chosen(work: Work, words: Table, beam: Search, alpha: Any, penalty: str) -> Solution:
    if beam.open:
        work.note(
            f"Not finished when the steps end, but compared too: {_listed([label(each.words) for each in beam.open])}."
        )
    if alpha != 0:
        for each in beam.finals:
            why = "the sum over a power of the length" if penalty == "power" else "the sum over Wu et al.'s penalty"
            work.let("r[y]", _FINAL[penalty], why, table="normalised by length", y=label(each.words))
        work.let("best", "argmax(r[y] for y in F)", "the best of the final sequences")
    else:
        formula = "argmax(s[y] for y in F)" if words.logs else "argmax(P[y] for y in F)"
        work.let("best", formula, "the best of the final sequences; no length normalisation")
    best, greedy = work.env["best"], work.env["greedy"]
    if words.logs:
        work.let("P[y]", "exp(s[y])", "back from the natural logarithm", y=best)
        work.let("Q", "exp(G[y])", "the greedy one's", y=greedy)
    law, text = _compared(work, words, best, greedy)
    if law:
        work.note(text, holds=law, y=best, x=greedy)
    else:
        work.note(text)
    work.note("Perplexity of a sequence of L words is exp(−s/L): revise solve perplexity.")
    answers = {"greedy": "greedy", "greedy-probability": "Q" if words.logs else f"G[{greedy}]", "best": "best"}
    answers |= {"probability": f"P[{best}]", "log-probability": f"s[{best}]"}
    return work.answer(answers | ({"score": f"r[{best}]"} if alpha != 0 else {}))


def _compared(work: Work, words: Table, best: str, greedy: str) -> tuple[str, str]:
    """A law and its sentence: whether beam search did better."""
    if best == greedy:
        return "", "Beam search ends where greedy search does."
    mine, theirs = (work.env["s"] if words.logs else work.env["P"])[best], work.env["G"][greedy]
    if mine > theirs:
        law = "s[y] > G[x]" if words.logs else "P[y] > G[x]"
        return law, f"{best!r} is more probable than the greedy {greedy!r}: the word that looks best first need not be."
    law = "s[y] <= G[x]" if words.logs else "P[y] <= G[x]"
    return law, f"{best!r} is no more probable than the greedy {greedy!r}: a matter of length, or of a narrow beam."


def sample(rng: Random) -> dict[str, Any]:
    """Two or three words, a row for each last word, tenths; some end, some stop after two or three words."""
    names = ["a", "b", "c"][: rng.randint(2, 3)]
    ending = rng.random() < 0.6
    listed = [*names, "</s>"] if ending else names

    def row() -> str:
        cuts = sorted(rng.sample(range(1, 10), len(listed) - 1))
        tenths = [high - low for low, high in zip([0, *cuts], [*cuts, 10], strict=True)]
        return ", ".join(f"{word} {tenth / 10}" for word, tenth in zip(listed, tenths, strict=True))

    given: dict[str, Any] = {
        "table": "; ".join(f"{before}: {row()}" for before in ["<s>", *names]),
        "beam_width": rng.randint(1, 3),
        "steps": rng.randint(2, 3),
        "finished": rng.choice(["aside", "compete"]),
    }
    if rng.random() < 0.4:
        given |= {"alpha": rng.choice(["0.5", "0.75", "1"]), "penalty": rng.choice(["power", "gnmt"])}
    return given


def reference(
    table: str, beam_width: Any = 2, steps: Any = None, alpha: Any = 0, penalty: str = "power",
    finished: str = "aside", end: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """NumPy: whole sequences as keys, all scores of a step ranked at once by a stable sort of floats."""
    from revise.solvers.sequences._beam_numpy import searched

    return searched(
        read_table(table, end), int(beam_width), 32 if steps is None else int(steps), float(alpha), penalty, finished
    )
