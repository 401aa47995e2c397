"""Value iteration: worth spreads from the goal, and the arrows turn to it."""

import math
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.frame import Curve, Curves, Frame, Heatmap

if TYPE_CHECKING:
    from torch import Tensor, device

LOOK_AT = "Look at the value spreading from the end +, a cell further each sweep, and at the arrows turning to it."
SEEN = (
    "The arrows are right long before the values are. A sweep leaves at most gamma times the largest error there "
    "was, and gamma/(1 - gamma) times the last change bounds what is left, without knowing the solution."
)
QUESTION = "Write down a sweep of value iteration. Why does it converge for gamma < 1, how fast, and when may one stop?"
STEPS = 130
KNOBS = {"gamma": (0.9, 0.0, 0.99), "slip": (0.2, 0.0, 1.0), "living": (-0.04, -2.0, 0.5)}
WHAT_IF = {
    "gamma": "discount factor",
    "slip": "probability that a move goes sideways, half to each side",
    "living": "what every move earns",
}
EXPECT = {
    "error": (0, 1e-6),  # 0.9^130 = 1.1e-6, and the first error is below 0.9
    "best_moves": (1, 1),
    "moves_right_since": (3, 40),
    "error_then": (1e-4, None),
    "worst_factor": (0, 0.9),
}

ROWS, COLUMNS = 7, 11
ENDS = {"+": 1, "-": -1}
PITS, WALLS, LEAST = 3, 0.2, 45  # ends worth -1; share of walls drawn; cells that must be left
DIRECTIONS = ((-1, 0), (0, 1), (1, 0), (0, -1))  # up, right, down, left, as in `revise.mdp`; rows, columns
ARROWS = "↑→↓←"
TIE = 1e-9  # moves whose worth differs by less are as good
GOAL = 1e-6  # error until which the sweeps' factors are measured
ROUNDING = 8  # machine epsilons of the largest value: an error up to this counts as none


def run(seed: int, steps: int, device: str, *, gamma: float, slip: float, living: float) -> Iterator[Frame]:
    """Yield a frame before the first sweep and after each; the seed draws the walls and where the ends - lie.

    Values begin with 0; an end is worth 1 or -1 and a move earns `living` (reward on the state left). The metrics:
    the largest error, against the exact solution by policy iteration (`revise.mdp`); the share of cells whose greedy
    moves are all optimal, the sweep since which they all are, and the error it left; gamma/(1 - gamma) times the
    largest change in this sweep; the largest factor by which a sweep has multiplied the error, until that is 1e-6.
    """
    import torch

    place, _ = begin(device, seed)
    rows = _drawn(random.Random(seed))
    world = _World(rows, gamma, slip, living, place)
    watch = _Watch(rows, world, gamma)
    values = world.start
    yield watch.frame(0, values, values)
    for step in range(1, steps + 1):
        # V(s) <- max over a of living + gamma * sum of P(s'|s,a) V(s'); an end keeps its worth
        renewed = torch.where(world.ends, world.start, world.look_ahead(values).amax(0))
        yield watch.frame(step, renewed, values)
        values = renewed


def _drawn(dice: random.Random) -> list[str]:
    """A world as `revise.mdp` reads one: + in the upper right corner, and a way to it from every cell."""
    while True:
        cells = [["#" if dice.random() < WALLS else "." for _ in range(COLUMNS)] for _ in range(ROWS)]
        cells[0][-1] = "+"
        for _ in range(PITS):
            cells[dice.randrange(1, ROWS)][dice.randrange(COLUMNS)] = "-"
        reached, new = {(0, COLUMNS - 1)}, [(0, COLUMNS - 1)]
        while new:
            row, column = new.pop()
            for down, right in DIRECTIONS:
                there = row + down, column + right
                inside = 0 <= there[0] < ROWS and 0 <= there[1] < COLUMNS
                if inside and there not in reached and cells[there[0]][there[1]] != "#":
                    reached.add(there)
                    new += [there] if cells[there[0]][there[1]] == "." else []
        if len(reached) >= LEAST:
            return [
                "".join(cell if (i, j) in reached else "#" for j, cell in enumerate(row)) for i, row in enumerate(cells)
            ]


class _World:
    """The free cells numbered row by row from the top: where a move leads from each, and what they are worth."""

    def __init__(self, rows: list[str], gamma: float, slip: float, living: float, place: "device") -> None:
        import torch

        from revise.mdp.arrays import policy_iteration, tables
        from revise.mdp.world import World

        self.gamma, self.living = gamma, living
        number = {(i, j): 0 for i, row in enumerate(rows) for j, cell in enumerate(row) if cell != "#"}
        number = {cell: index for index, cell in enumerate(number)}
        reached = [
            [number.get((i + down, j + right), here) for (i, j), here in number.items()] for down, right in DIRECTIONS
        ]
        drawn = [rows[i][j] for i, j in number]
        exact = policy_iteration(tables(World(rows, ENDS, Fraction(slip), Fraction(living))), gamma)
        odds = [[{0: 1 - slip, 2: 0.0}.get((a - b) % 4, slip / 2) for b in range(4)] for a in range(4)]
        # Not every accelerator has float64.
        precision = torch.float64 if place.type == "cpu" else torch.float32
        self.reached = torch.tensor(reached).to(place)
        self.odds = torch.tensor(odds, dtype=precision).to(place)
        self.ends = torch.tensor([cell in ENDS for cell in drawn]).to(place)
        self.start = torch.tensor([float(ENDS.get(cell, 0)) for cell in drawn], dtype=precision).to(place)
        self.exact = torch.tensor(exact.values.tolist(), dtype=precision).to(place)
        self.rounding = ROUNDING * torch.finfo(precision).eps * max(1.0, float(self.exact.abs().max()))
        self.best = self.as_good(torch.tensor(exact.q.tolist(), dtype=precision).to(place))

    def look_ahead(self, values: "Tensor") -> "Tensor":
        """Q(s, a), actions × cells."""
        q: Tensor = self.living + self.gamma * (self.odds @ values[self.reached])
        return q

    def greedy(self, values: "Tensor") -> "Tensor":
        """Which actions are the best, or as good, actions × cells."""
        return self.as_good(self.look_ahead(values))

    def as_good(self, q: "Tensor") -> "Tensor":
        return q >= q.amax(0) - max(TIE, self.rounding)


class _Watch:
    """What is measured and drawn."""

    def __init__(self, rows: list[str], world: _World, gamma: float) -> None:
        self.rows, self.world = rows, world
        self.factor = gamma / (1 - gamma)
        self.scale = min(-1.0, float(world.exact.min())), max(1.0, float(world.exact.max()))
        self.since, self.then, self.error, self.worst = 0, 0.0, 0.0, 0.0
        self.history: list[tuple[float, float, float]] = []

    def frame(self, step: int, values: "Tensor", before: "Tensor") -> Frame:
        greedy = self.world.greedy(values)
        right = (self.world.best | ~greedy).all(0)[~self.world.ends].cpu()
        error = float((values - self.world.exact).abs().max())
        error = error if error > self.world.rounding else 0.0
        if not right.all():
            self.since = step + 1
        if step <= self.since:
            self.then = error
        metrics = {
            "error": error,
            "best_moves": float(right.double().mean()),
            "moves_right_since": self.since,
            "error_then": self.then,
        }
        if step:
            metrics["error_bound"] = self.factor * float((values - before).abs().max())
            if self.error > GOAL:
                self.worst = max(self.worst, round(error / self.error, 6))
            metrics["worst_factor"] = self.worst
            self.history.append((step, _log(error), _log(metrics["error_bound"])))
        self.error = error
        steps, errors, bounds = zip(*self.history, strict=True) if self.history else ((), (), ())
        curves = Curve("error", steps, errors), Curve("bound", steps, bounds)
        return Frame(step, metrics, (self._map(values, greedy), Curves("log10", curves, None, (-16, 2))))

    def _map(self, values: "Tensor", greedy: "Tensor") -> Heatmap:
        worth, moves = iter(values.tolist()), iter(greedy.T.tolist())
        field, marks = [], []
        for row in self.rows:
            field.append([math.nan if cell == "#" else next(worth) for cell in row])
            marks.append("".join(cell if cell == "#" else _mark(cell, next(moves)) for cell in row))
        return Heatmap("value", field, *self.scale, marks)


def _mark(cell: str, best: list[bool]) -> str:
    """The end, an arrow for the first of the best moves, or a dot where all are as good."""
    return cell if cell in ENDS else "·" if all(best) else ARROWS[best.index(True)]


def _log(value: float) -> float:
    return math.log10(max(value, 1e-300))
