"""Attack on a linear classifier: ε‖w‖₁, its growth, the smallest ε."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector, whole
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"linear-attack": {}}
SOURCE = "Goodfellow, Shlens & Szegedy 2015, Explaining and harnessing adversarial examples, section 3"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Karpathy 2015, Breaking linear classifiers on ImageNet (CS231n 2016, lecture 9): score −3, 5 %; with ±0.5 in
    # each of ten entries +2, 88 %
    (
        {"x": "2, -1, 3, -2, 2, 2, 1, -4, 5, 1", "w": "-1, -1, 1, -1, 1, -1, 1, 1, -1, 1", "epsilon": "0.5"},
        {
            "score": -3, "new-score": 2, "prediction": "0.05", "new-prediction": "0.88", "change": 5,
            "adversarial": ["1.5", "-1.5", "3.5", "-2.5", "2.5", "1.5", "1.5", "-3.5", "4.5", "1.5"],
        },
    ),
]  # fmt: skip
MISTAKES = {
    "Delta": {"one entry's change only": "epsilon*m", "the length instead of the sum": "epsilon*norm(w)"},
    "s": {"the length instead of the sum": "norm(w)", "signs not left out": "sum(w)"},
    "x_adv": {"away from the boundary": "x + epsilon*sign(z)*sign(w)", "along w itself": "x - epsilon*sign(z)*w"},
}


def solve(
    x: Vector | None = None,
    w: Vector | None = None,
    b: Number = 0,
    epsilon: Number | None = None,
    norm: Literal["inf", "2"] = "inf",
    m: Number | None = None,
    n: Number | None = None,
) -> Solution:
    """How far the best attack of size ε moves the score w·x + b, and the smallest ε that flips its sign.

    x        the input
    w, b     the classifier: class 1 where z = w·x + b > 0; as a logistic one p = σ(z)
    epsilon  the size of the attack; without it only the smallest one that flips the class
    norm     inf: each entry moves by ε at most, η = ∓ε sign(w); 2: η has the length ε, along w
    m, n     instead of w and x: the weights' average magnitude and their number: the change is ε m n

    Raises InputError naming the argument that is missing or does not fit.
    """
    if epsilon is not None and not isinstance(epsilon, Node) and not 0 <= epsilon < float("inf"):
        raise InputError(f"epsilon: a size is not negative, and {epsilon} is")
    if w is None:
        return _growth(m, n, epsilon)
    if m is not None or n is not None:
        raise InputError("m: it follows from w; leave m and n out")
    if x is None:
        raise InputError('x: the input is missing, --x "1, 2"')
    if len(w.flat) != len(x.flat):
        raise InputError(f"w: {len(w.flat)} weights for {len(x.flat)} entries of x")
    if all(not isinstance(each, Node) and each == 0 for each in w.flat):
        raise InputError("w: with all weights 0 nothing moves the score")
    work = Work(x=x, w=w, b=b, epsilon=epsilon, n=len(w.flat))
    work.called(x="input", w="weights", b="bias", epsilon="size", n="entries")
    score = work.let("z", "dot(w, x) + b", "score: its sign is the class")
    work.let("p", "sigmoid(z)", "as a logistic classifier: probability of class 1")
    words = {"score": "z", "prediction": "p"}
    if norm == "inf":
        work.let("s", "sum(abs(w))", "‖w‖₁, the sum of the magnitudes")
        work.let("m", "s/n", "average magnitude, so ‖w‖₁ = m n")
    else:
        work.let("s", "norm(w)", "‖w‖₂, the length of w")
    if epsilon is not None:
        words |= _moved(work, norm, score)
    work.let("e_min", "abs(z)/s", "smallest ε that brings the score to 0: beyond it the class flips")
    if not (not isinstance(score, Node) and score == 0):
        formula = "x - e_min*sign(z)*sign(w)" if norm == "inf" else "x - z*w/s^2"
        work.let("x_0", formula, "there the attack meets the boundary", holds="dot(w, x_0) + b = 0")
        words["boundary-point"] = "x_0"
    else:
        work.note("The input lies on the boundary already: any step flips it, and sign(0) = 0 gives no direction.")
    return work.answer({**words, "smallest-epsilon": "e_min"})


def _moved(work: Work, norm: str, score: Any) -> dict[str, str]:
    if norm == "inf":
        work.let("eta", "-sign(z)*epsilon*sign(w)", "the attack: each entry against the class, by ε")
        work.let("Delta", "epsilon*s", "the score changes by ε‖w‖₁ = ε m n", holds="Delta = epsilon*m*n")
    else:
        work.let("eta", "-sign(z)*epsilon*w/s", "the attack: along w, of length ε")
        work.let("Delta", "epsilon*s", "the score changes by ε‖w‖₂")
    work.let("x_adv", "x + eta", "the adversarial example")
    away = not isinstance(score, Node) and score == 0
    work.let("z_adv", "dot(w, x_adv) + b", "its score", holds=None if away else "z_adv = z - sign(z)*Delta")
    work.let("p_adv", "sigmoid(z_adv)", "its prediction")
    if not work.letters and not away:
        flipped = float(score) * float(work.env["z_adv"]) < 0
        work.note("The sign of the score has changed: the class flips." if flipped else "The class stays.")
    return {"adversarial": "x_adv", "change": "Delta", "new-score": "z_adv", "new-prediction": "p_adv"}


def _growth(m: Any, n: Any, epsilon: Any) -> Solution:
    for name, value in (("m", m), ("n", n), ("epsilon", epsilon)):
        if value is None:
            raise InputError(f"{name}: give --w and --x, or all of --m, --n and --epsilon")
    if not isinstance(m, Node) and not 0 < m < float("inf"):
        raise InputError(f"m: an average magnitude is above 0, not {m}")
    if not isinstance(n, Node):
        whole(n, "n")
    work = Work(m=m, n=n, epsilon=epsilon)
    work.called(m="average magnitude of a weight", n="entries", epsilon="size")
    work.let("s", "m*n", "‖w‖₁: n weights of magnitude m on average")
    work.let("Delta", "epsilon*s", "the score changes by ε‖w‖₁ = ε m n: it grows with the dimension")
    work.let("q", "epsilon", "and no entry changes by more than ε, whatever n")
    work.let(
        "D_10",
        "epsilon*m*(10*n)",
        "ten times the entries: ten times the change, at the same ε",
        holds="D_10 = 10*Delta",
    )
    return work.answer({"change": "Delta", "largest-entry": "q", "change-at-10n": "D_10"})


def sample(rng: Random) -> dict[str, Any]:
    """Two to four entries, either norm; sometimes only the dimension."""
    epsilon = rng.choice(["0.1", "0.5", "1/4"])
    if rng.random() < 0.2:
        return {"m": rng.choice(["0.1", "0.5"]), "n": rng.choice([10, 100]), "epsilon": epsilon}
    size = rng.randint(2, 4)
    given: dict[str, Any] = {
        "x": ", ".join(str(rng.randint(-3, 4)) for _ in range(size)),
        "w": ", ".join(str(rng.choice([-2, -1, 1, 2, 3])) for _ in range(size)),
        "b": rng.randint(-1, 1),
        "norm": rng.choice(["inf", "inf", "2"]),
    }
    return given | ({"epsilon": epsilon} if rng.random() < 0.8 else {})


def reference(
    x: Any = None, w: Any = None, b: Any = 0, epsilon: Any = None, norm: str = "inf", m: Any = None, n: Any = None
) -> dict[str, Any]:
    """NumPy; with ε the worst corner of the cube around x, all of them tried up to 12 entries; in L2 along w."""
    import itertools

    import numpy

    if w is None:
        weights = numpy.full(int(n), float(m))
        return {"change": float(weights @ numpy.full(int(n), float(epsilon)))}
    v, u, bias = numpy.array([float(each) for each in w.flat]), numpy.array([float(each) for each in x.flat]), float(b)
    score = float(v @ u + bias)
    found: dict[str, Any] = {"score": score, "prediction": 1 / (1 + numpy.exp(-score))}
    found["smallest-epsilon"] = abs(score) / numpy.linalg.norm(v, 1 if norm == "inf" else 2)
    if epsilon is not None and score:
        side = -numpy.sign(score)
        if norm == "inf":
            corners = itertools.product((-1.0, 1.0), repeat=len(v)) if len(v) <= 12 else [side * numpy.sign(v)]
            worst = max((numpy.array(corner) for corner in corners), key=lambda each: side * (v @ each))
            move = float(epsilon) * worst * (v != 0)
        else:
            move = side * float(epsilon) * v / numpy.sqrt((v * v).sum())
        found |= {"adversarial": u + move, "new-score": float(v @ (u + move) + bias)}
        found["change"] = abs(float(v @ move))
    return found
