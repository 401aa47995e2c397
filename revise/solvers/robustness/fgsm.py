"""FGSM: x + ε sign(∇J), the adversarial example step by step."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Expression, Number, Values, Vector
from revise.solution import Solution, Work
from revise.solvers.optimisation._problem import Point
from revise.solvers.robustness._typed_loss import attacked

SERVES: dict[str, dict[str, object]] = {"fgsm": {}}
SOURCE = "Goodfellow, Shlens & Szegedy 2015, Explaining and harnessing adversarial examples, section 4"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Karpathy 2015, Breaking linear classifiers on ImageNet (CS231n 2016, lecture 9): 5 % for class 1 become 88 %
    (
        {
            "x": "2, -1, 3, -2, 2, 2, 1, -4, 5, 1", "w": "-1, -1, 1, -1, 1, -1, 1, 1, -1, 1", "y": 0, "epsilon": "0.5",
        },
        {
            "adversarial": ["1.5", "-1.5", "3.5", "-2.5", "2.5", "1.5", "1.5", "-3.5", "4.5", "1.5"],
            "prediction": "0.05", "new-prediction": "0.88", "class": 0, "new-class": 1,
        },
    ),
]  # fmt: skip
MISTAKES = {
    "x_adv": {
        "down the loss instead of up": "x - epsilon*sign(g)",
        "the gradient itself, not its sign": "x + epsilon*g",
        "ε is left out": "x + sign(g)",
    },
    "x_far": {"the gradient itself, not its sign": "x + epsilon*g"},
    "g": {"the gradient by the weights": "(p - y)*x", "label minus prediction": "(y - p)*w"},
}
# loss → (the loss, its gradient by x, what it is, its derivative by z)
_LOSSES = {
    "01": ("-(y*log(p) + (1 - y)*log(1 - p))", "(p - y)*w", "cross-entropy, log the natural one", "p − y"),
    "far": ("softplus(z) - y*z", "(p - y)*w", "cross-entropy as log(1 + eᶻ) − yz, which keeps its digits", "p − y"),
    "±1": ("log(1 + exp(-y*z))", "-y*sigmoid(-y*z)*w", "logistic loss with labels ±1", "−yσ(−yz)"),
    "squared": ("(z - y)^2", "2*(z - y)*w", "squared error", "2(z − y)"),
}
_AGAIN = {
    "01": "-(y*log(p_adv) + (1 - y)*log(1 - p_adv))",
    "far": "softplus(z_adv) - y*z_adv",
    "±1": "log(1 + exp(-y*z_adv))",
    "squared": "(z_adv - y)^2",
}
_STEP = {False: "x + epsilon*sign(g)", True: "x - epsilon*sign(g)"}
_FARTHEST = 30  # beyond such a score 1 − p has no digits left


def solve(
    x: Point,
    epsilon: Number,
    w: Vector | None = None,
    b: Number = 0,
    y: Number | None = None,
    loss: Literal["logistic", "squared"] | Expression = "logistic",
    targeted: bool = False,
    clip: Vector | None = None,
    values: Values | None = None,
) -> Solution:
    """Gradient of the loss by the input, its sign, x + ε sign(∇J), then loss and prediction there.

    x         the input, "1, -2"; for a typed loss also "x1=1, x2=-2"
    epsilon   how far each entry may move; a letter stays
    w, b      a linear model z = w·x + b; logistic: p = σ(z)
    y         the true label, 0 or 1 (or −1 and 1); squared: the number to be hit. With --targeted the target's
    loss      logistic, squared (z − y)², or a formula of the input's letters, "(w1*x1 + w2*x2 - y)^2"
    targeted  x − ε sign(∇J) of the target's loss: down that loss instead of up the true label's
    clip      "0, 1": entries are kept between these two
    values    of the formula's other letters, "w1=2, y=1"; those left out stay letters

    sign(0) = 0. Raises InputError naming the argument that is missing or does not fit.
    """
    if not isinstance(epsilon, Node) and not 0 <= epsilon < float("inf"):
        raise InputError(f"epsilon: a size is not negative, and {epsilon} is")
    limits = _limits(clip)
    if isinstance(loss, Node):
        for name, given in (("w", w), ("y", y)):
            if given is not None:
                raise InputError(f"{name}: with a typed loss it is one of --values")
        return attacked(loss, x, epsilon, values or {}, targeted, limits)
    if values:
        raise InputError("values: they go with a typed loss")
    if w is None or y is None:
        raise InputError(
            'w: a model needs --w "1, 2" and the label --y 1; or type a --loss'
            if w is None
            else "y: the label is missing"
        )
    if len(w.flat) != len(x):
        raise InputError(f"w: {len(w.flat)} weights for {len(x)} entries of x")
    return _linear(Array((len(x),), tuple(x.values())), epsilon, w, b, y, loss, targeted, limits)


def _limits(clip: Array | None) -> tuple[Any, Any] | None:
    if clip is None:
        return None
    if len(clip.flat) != 2 or any(isinstance(each, Node) for each in clip.flat) or not clip.flat[0] < clip.flat[1]:
        raise InputError('clip: two numbers, the smaller one first: "0, 1"')
    return clip.flat[0], clip.flat[1]


def _linear(
    x: Array, epsilon: Any, w: Array, b: Any, y: Any, loss: str, targeted: bool, limits: tuple[Any, Any] | None
) -> Solution:
    logistic = loss == "logistic"
    if logistic and not isinstance(y, Node) and y not in (-1, 0, 1):
        raise InputError(f"y: a label is 0 or 1 (or −1 and 1), not {y}")
    kind = "squared" if not logistic else "±1" if y == -1 else "01"
    low, high = limits or (None, None)
    work = Work(x=x, w=w, b=b, y=y, epsilon=epsilon, n=len(x.flat), low=low, high=high)
    work.called(x="input", w="weights", b="bias", epsilon="size", n="", low="least", high="most")
    work.called(y="target" if targeted else "label")
    score = work.let("z", "dot(w, x) + b", "score")
    if logistic:
        work.let("p", "sigmoid(z)", "prediction: the probability of class 1")
        if not work.letters:
            work.let("k", "step(z)", "class 1 where z ≥ 0, that is p ≥ 1/2")
            reach = abs(float(score)) + float(epsilon) * sum(abs(float(each)) for each in w.flat)
            kind = "far" if kind == "01" and reach > _FARTHEST else kind
    formula, slope, what, by_score = _LOSSES[kind]
    work.let("J", formula, what + (", of the target" if targeted else ""))
    work.let("g", slope, f"gradient by the input: ∂J/∂z = {by_score}, and ∂z/∂x = w", gradient_of=("J", "x"))
    if not work.letters and all(entry == 0 for entry in work.env["g"].flat):
        work.note("The gradient is 0: the sign has no direction to give, and nothing moves.")
    why = (
        "a step of ε against the signs: down the target's loss"
        if targeted
        else "a step of ε along the signs; sign(0) = 0"
    )
    if limits is None:
        work.let("x_adv", _STEP[targeted], why)
    else:
        work.let("x_far", _STEP[targeted], why)
        work.let("x_adv", "[min(max(x_far[i], low), high) for i in 0..n-1]", "kept in the range")
    work.let("z_adv", "dot(w, x_adv) + b", "score there")
    words = {"gradient": "g", "adversarial": "x_adv", "loss": "J", "new-loss": "J_adv"}
    if logistic:
        work.let("p_adv", "sigmoid(z_adv)", "prediction there")
        words |= {"prediction": "p", "new-prediction": "p_adv"}
        if not work.letters:
            work.let("k_adv", "step(z_adv)", "its class")
            words |= {"class": "k", "new-class": "k_adv"}
    else:
        words |= {"prediction": "z", "new-prediction": "z_adv"}
    work.let("J_adv", _AGAIN[kind], "the loss there")
    return work.answer(words)


def sample(rng: Random) -> dict[str, Any]:
    """Two or three entries; a linear model or a typed loss."""
    size = rng.randint(2, 3)
    x = [rng.randint(-2, 3) for _ in range(size)]
    given: dict[str, Any] = {"epsilon": rng.choice(["0.1", "0.5", "1/4"]), "targeted": rng.random() < 0.3}
    if rng.random() < 0.3:
        given["clip"] = "0, 1"
    if rng.random() < 0.35:
        loss = rng.choice(["(2*x1 - x2 - t)^2", "x1^2*x2 + t*x1", "log(1 + exp(-t*(x1 - 3*x2)))"])
        return given | {"loss": loss, "x": f"x1={x[0]}, x2={x[1]}", "values": f"t={rng.choice([1, 2])}"}
    given |= {"x": ", ".join(map(str, x)), "w": ", ".join(str(rng.randint(-2, 2)) for _ in x), "b": rng.randint(-1, 1)}
    if rng.random() < 0.3:
        return given | {"loss": "squared", "y": rng.randint(-2, 3)}
    return given | {"y": rng.choice([0, 1, 1, -1])}


def reference(
    x: Any, epsilon: Any, w: Any = None, b: Any = 0, y: Any = None, loss: Any = "logistic", targeted: bool = False,
    clip: Any = None, values: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Torch: the loss of its own library, the gradient by autograd."""
    import torch

    from revise.engines import native

    point = torch.tensor([float(each) for each in x.values()], dtype=torch.float64, requires_grad=True)

    def measured(at: Any) -> tuple[Any, Any]:
        if isinstance(loss, Node):
            named = dict(zip(x, at, strict=True)) | {
                k: torch.tensor(float(v)).double() for k, v in (values or {}).items()
            }
            root = loss.args[1] if loss.head == "=" else loss
            return native.evaluate(root, named, "torch"), None
        score = torch.dot(torch.tensor([float(each) for each in w.flat]).double(), at) + float(b)
        if loss == "squared":
            return torch.nn.functional.mse_loss(score, torch.tensor(float(y)).double()), score
        label = torch.tensor(float(y > 0)).double()
        return torch.nn.functional.binary_cross_entropy_with_logits(score, label), score.sigmoid()

    before, predicted = measured(point)
    (slope,) = torch.autograd.grad(before, point)
    moved = point.detach() + (-1 if targeted else 1) * float(epsilon) * slope.sign()
    if clip is not None:
        moved = moved.clamp(float(clip.flat[0]), float(clip.flat[1]))
    after, there = measured(moved)
    found: dict[str, Any] = {"loss": before, "new-loss": after}
    if predicted is None:
        for i, name in enumerate(x):
            found |= {f"dJ/d{name}": slope[i], f"{name}_adv": moved[i]}
        return found
    return found | {"gradient": slope, "adversarial": moved, "prediction": predicted, "new-prediction": there}
