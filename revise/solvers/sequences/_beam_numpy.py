"""Greedy and beam search by NumPy: the second opinion on `beam-search`."""

from typing import Any

from revise.solvers.sequences._next_words import Table


def searched(read: Table, beam_width: int, steps: int, alpha: float, penalty: str, finished: str) -> dict[str, Any]:
    """Answers by word: whole sequences are keys, all scores of a step are ranked at once by a stable sort of floats."""
    import numpy

    rows = {" ".join(words): row for words, row in read.rows.items()}
    begin = " ".join(read.start)

    def following(said: str) -> dict[str, float]:
        whole_text = f"{begin} {said}".split()
        for at in range(len(whole_text) or 1):
            if (row := rows.get(" ".join(whole_text[at:]))) is not None:
                kept = {word: float(number) for word, number in row.items() if read.logs or number > 0}
                return kept if read.logs else {word: float(numpy.log(number)) for word, number in kept.items()}
        return {}

    def ended(said: str) -> bool:
        return said.split()[-1] == read.end if read.end else not following(said)

    def run(width: int, compete: bool) -> tuple[str, float]:
        live, over = {"": 0.0}, dict[str, float]()
        for _ in range(steps):
            grown = {
                f"{said} {w}".strip(): score + s for said, score in live.items() for w, s in following(said).items()
            }
            room = width if compete else width - len(over)
            if not grown or room <= 0:
                break
            pool = {**over, **grown} if compete else grown
            order = numpy.argsort(-numpy.round(list(pool.values()), 12), kind="stable")[:room]
            chosen = {list(pool)[at]: list(pool.values())[at] for at in order}
            live = {said: score for said, score in chosen.items() if not ended(said)}
            fresh = {said: score for said, score in chosen.items() if ended(said)}
            over = fresh if compete else over | fresh
        last = over | live
        power = alpha if width != 1 or beam_width == 1 else 0.0
        long = numpy.array([len(said.split()) for said in last], dtype=float)
        scale = (long if penalty == "power" else (5 + long) / 6) ** power
        at = int(numpy.argmax(numpy.round(numpy.array(list(last.values())) / scale, 12)))
        return list(last)[at], list(last.values())[at]

    (best, score), (greedy, plain) = run(beam_width, finished == "compete"), run(1, False)
    found = {"best": best, "probability": numpy.exp(score), "log-probability": score}
    return {**found, "greedy": greedy, "greedy-probability": numpy.exp(plain)}
