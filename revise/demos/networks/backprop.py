"""Back-propagation, node by node: values go forwards, gradients come back."""

import math
from collections.abc import Callable, Iterator, Mapping

from revise.demos._device import begin
from revise.frame import Bars, Frame, Text

LOOK_AT = (
    "Look at each node's value on the way forwards, and at its gradient (dL/dnode) on the way back; "
    "the key s goes on by one node."
)
SEEN = (
    "In each round every node was visited once forwards and once backwards, and sent back its gradient times its local "
    "gradients; at h two of them add. The check by centred differences agrees, and the steps against the gradient "
    "shrink the loss."
)
QUESTION = (
    "Draw the computational graph of L = (v h + h - t)^2 / 2 with h = tanh(w x + b), and compute the gradient "
    "at every node: what do the add, the multiply and the branching node do with the gradient that reaches them?"
)
STEPS = 195
SPEED = 10
KNOBS = {"lr": (0.2, 0.0, 2.0), "relu": (0, 0, 1), "forget": (0, 0, 1)}
WHAT_IF = {
    "lr": "learning rate",
    "relu": "1: h = max(0, z) in place of tanh z; with lr=2 too z falls below 0, and every gradient is 0",
    "forget": "1: a faulty backward pass, in which y sends nothing straight to h; the check shows it",
}
EXPECT = {"loss": (0, 0.01), "check_error": (0, 1e-7), "error_without_shortcut": (0.1, None)}

WEIGHTS = "w", "b", "v"
ORDER = "p", "z", "h", "q", "y", "L"  # every node after those that it needs
BACK = tuple(reversed(ORDER))
ROUND = 2 * len(ORDER) + 1  # forwards, backwards, and the step of gradient descent
H = 1e-6  # double precision: the error of the difference (h^2) and that of rounding (1e-16/h) are both small
LEAST = 1e-4  # of a smaller gradient the difference itself is not exact to seven digits
BARS = "y", "h", "v", "z", "b", "w"  # in the order in which they are reached; q and p have the gradients of y and z
Values = dict[str, float]


def run(seed: int, steps: int, device: str, *, lr: float, relu: int, forget: int) -> Iterator[Frame]:
    """Yield a frame before the first step and after every step: a step visits one node, or moves the weights.

    A round is 6 nodes forwards, 6 backwards and one update. The graph's eleven numbers are Python's own, in double
    precision, whatever the device. The metrics: the loss at the weights as they now are, and t; the largest relative
    error so far between a weight's gradient and its centred difference (the kink of ReLU aside, it is rounding); and
    the largest that there would be if the branch from h straight to y were forgotten.
    """
    import torch

    _, dice = begin(device, seed)
    u = torch.rand(5, generator=dice, dtype=torch.float64).tolist()
    values: Values = {
        "x": 0.5 + u[0],
        "w": 0.3 + 0.4 * u[1],
        "b": 0.2 * u[2],
        "v": -0.2 - 0.4 * u[3],
        "t": 1 + u[4] / 2,
    }
    graph = _Graph(bool(relu))
    gradients: Values = {}
    watch = _Watch(graph, bool(forget))
    yield watch.frame(0, "start", "", values, gradients)
    for step in range(1, steps + 1):
        count, place = divmod(step - 1, ROUND)
        if place < len(ORDER):
            if place == 0:
                gradients.clear()
                for node in ORDER:
                    values.pop(node, None)
            node = ORDER[place]
            values[node] = graph.gates[node](values)
            doing, told = "forwards", f"{node} = {graph.formulas[node]} = {values[node]:.3f}"
        elif place < ROUND - 1:
            node = BACK[place - len(ORDER)]
            told = graph.back(node, values, gradients, bool(forget))
            doing = "backwards"
            if node == BACK[-1]:
                watch.check(values, gradients)
        else:
            node = ""
            for weight in WEIGHTS:
                values[weight] -= lr * gradients[weight]
            watch.losses.append(graph.loss(values))
            doing, told = "step", f"w, b, v minus {lr:g} times their gradients"
        yield watch.frame(step, f"round {count + 1}, {doing}", node, values, gradients, told)


class _Graph:
    """How each node follows from others, and what it sends back to them."""

    def __init__(self, relu: bool) -> None:
        self.relu = relu
        self.formulas = {
            "p": "w·x",
            "z": "p + b",
            "h": "max(0,z)" if relu else "tanh z",
            "q": "v·h",
            "y": "q + h",
            "L": "(y-t)²/2",
        }
        self.gates: Mapping[str, Callable[[Values], float]] = {
            "p": lambda n: n["w"] * n["x"],
            "z": lambda n: n["p"] + n["b"],
            "h": lambda n: max(0.0, n["z"]) if relu else math.tanh(n["z"]),
            "q": lambda n: n["v"] * n["h"],
            "y": lambda n: n["q"] + n["h"],
            "L": lambda n: (n["y"] - n["t"]) * (n["y"] - n["t"]) / 2,
        }

    def loss(self, leaves: Values) -> float:
        """L at other leaves: a forward pass of its own."""
        values = dict(leaves)
        for node in ORDER:
            values[node] = self.gates[node](values)
        return values["L"]

    def back(self, node: str, n: Values, gradients: Values, forget: bool) -> str:
        """Add what `node` sends back to the gradients of its inputs; returns the rule that it follows."""
        upstream = gradients.setdefault("L", 1.0) if node == "L" else gradients[node]
        slope = float(n["z"] > 0) if self.relu else 1 - n["h"] * n["h"]
        local: Mapping[str, dict[str, float]] = {
            "L": {"y": n["y"] - n["t"]},
            "y": {"q": 1.0} if forget else {"q": 1.0, "h": 1.0},
            "q": {"v": n["h"], "h": n["v"]},
            "h": {"z": slope},
            "z": {"p": 1.0, "b": 1.0},
            "p": {"w": n["x"]},
        }
        for name, factor in local[node].items():
            gradients[name] = gradients.get(name, 0.0) + upstream * factor
        if node == "h" and self.relu:
            return "z gets dL/dh if z > 0, else 0"
        return "faulty: only q gets y's gradient" if node == "y" and forget else _RULES[node]


_RULES = {
    "L": "y gets dL/dL = 1 times the slope y - t",
    "y": "sum: q and h each get y's gradient",
    "q": "swaps: v gets h·dL/dq; h adds v·dL/dq",
    "h": "z gets dL/dh times the slope 1 - h²",
    "z": "sum: p and b each get z's gradient",
    "p": "swaps: w gets x·dL/dp (x is data)",
}


class _Watch:
    """The check of the gradients, and what is drawn."""

    def __init__(self, graph: _Graph, forget: bool) -> None:
        self.graph, self.forget = graph, forget
        self.error = self.without = 0.0
        self.numeric: Values = {}
        self.checked: Values = {}
        self.scale = 0.0
        self.losses: list[float] = []

    def check(self, values: Values, gradients: Values) -> None:
        """Back-propagation against centred differences; and against itself without the shortcut."""
        leaves = {name: values[name] for name in ("x", "t", *WEIGHTS)}
        self.checked = {weight: gradients[weight] for weight in WEIGHTS}
        for weight in WEIGHTS:
            above, below = ({**leaves, weight: leaves[weight] + move} for move in (H, -H))
            self.numeric[weight] = (self.graph.loss(above) - self.graph.loss(below)) / (2 * H)
        partial: Values = {}
        for node in BACK:
            self.graph.back(node, values, partial, forget=True)
        errors = [_relative(gradients[weight], self.numeric[weight]) for weight in WEIGHTS]
        self.error = max(self.error, *errors)
        without = [_relative(partial.get(weight, 0.0), self.numeric[weight]) for weight in WEIGHTS]
        self.without = max(self.without, *without)

    def frame(
        self, step: int, title: str, at: str, values: Values, gradients: Values, told: str = "from w, b and v at random"
    ) -> Frame:
        leaves = {name: values[name] for name in ("x", "t", *WEIGHTS)}
        metrics = {
            "loss": self.graph.loss(leaves),
            "target": values["t"],
            "check_error": self.error,
            "error_without_shortcut": self.without,
        }
        lines = ["  node           value  dL/d.   weight  dL/d."]
        beside = dict(zip(("p", "z", "q"), WEIGHTS, strict=True))
        for node in ORDER:
            arrow = ("<" if "back" in title else ">") if node == at else " "
            line = f"{arrow} {node} = {self.graph.formulas[node]:10}{_cell(values, node)}{_cell(gradients, node)}"
            if node in beside:
                weight = beside[node]
                line += f" {weight}{_cell(values, weight)}{_cell(gradients, weight)}"
            lines.append(line)
        lines += [told, f"x = {values['x']:.3f} and t = {values['t']:.3f} are the data"]
        if self.numeric:
            lines += ["", "last check     back-prop.  differences"]
            lines += [f"  dL/d{w}     {self.checked[w]:13.8f}{self.numeric[w]:13.8f}" for w in WEIGHTS]
        if self.losses:
            lines += ["", "loss after each round"]
            latest = [f"{loss:7.3f}" for loss in self.losses[-18:]]
            lines += ["".join(latest[first : first + 6]) for first in range(0, len(latest), 6)]
        known = [name for name in BARS if name in gradients]
        bars = [round(gradients[name], 3) for name in known]
        self.scale = max(self.scale, 1.0, *(abs(bar) for bar in bars if math.isfinite(bar)))
        names = [f"dL/d{name}" for name in known]
        return Frame(step, metrics, (Text(title, lines), Bars("gradients", names, bars, -self.scale, self.scale)))


def _cell(numbers: Values, name: str) -> str:
    """A number in 7 places, a dot where there is none yet."""
    return f"{numbers[name]:7.3f}" if name in numbers else f"{'·':>7}"


def _relative(one: float, other: float) -> float:
    largest = max(abs(one), abs(other))
    return abs(one - other) / largest if largest > LEAST else 0.0
