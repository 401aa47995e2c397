"""State values from episodes: TD(0) and n steps, Monte Carlo, and what batch TD settles at."""

from dataclasses import dataclass
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.mdp import check_gamma
from revise.solution import Solution, Work
from revise.solvers.reinforcement._episode import Episodes, Row
from revise.solvers.reinforcement._starting import check_rate, read_start, read_terminal, told_terminal
from revise.untrusted import harmless

_IN_FULL = 6  # rows worked out line by line
_MOST_SYMBOLIC = 12


@dataclass
class Evaluation:
    """The values being learnt. `last[t]` is the last row of the episode that row t is in."""

    work: Work
    rows: list[Row]
    last: list[int]
    terminal: tuple[str, ...]
    table: str

    def temporal(self, n: int) -> Solution:
        """TD with a target of n rewards."""
        waiting: list[str] = []
        for t, row in enumerate(self.rows, 1):
            h = min(t + n - 1, self.last[t - 1])
            end = self.rows[h - 1].after
            if h < t + n - 1 and end not in self.terminal:
                waiting.append(str(t))
                continue
            if not self.table:
                self.tell(t)
            self.update(t, row.state, end, h, n)
        if waiting:
            more = f"row{'s' * (len(waiting) > 1)} {', '.join(waiting)}"
            self.work.note(f"Not updated yet, as fewer than {n} rows follow and the episode goes on: {more}.")
        if "V" not in {step.key[0] for step in self.work.steps if step.name}:
            raise InputError(f"n: no row is followed by enough others for a target of {n} rewards")
        return self.answer()

    def tell(self, t: int) -> None:
        """Which row it is that follows."""
        self.work.note(f"Row {t}: {_told(self.rows[t - 1])}")

    def update(self, t: int, state: str, end: str, h: int, n: int) -> None:
        """`end` is the state that row h leads to."""
        let, ends, at = self.work.let, end in self.terminal, _place(t, state, end)
        nothing = f"; {end} is terminal, worth 0" if ends and not self.table else ""
        if n == 1:
            why = "target: the reward, and the next state's value discounted" + nothing
            let("y[t]", "r[t] + gamma*V[n]", why, table=self.table, **at)
        elif n > 1:
            at["m"] = h + 1 - t
            why = f"target: {n} rewards, and then the value of the state reached"
            if not self.table and ends:
                why = "target: the rewards up to the end" + nothing
            let("y[t]", "sum(gamma^k*r[t+k] for k in 0..m-1) + gamma^m*V[n]", why, table=self.table, **at)
        let("delta[t]", "y[t] - V[s]", "error: the target less the old value", table=self.table, **at)
        let("V[s]", "V[s] + alpha*delta[t]", "update: a share of the error is added", table=self.table, update=True,
            holds="y[t] - V[s] = (1 - alpha)*delta[t]", **at)  # fmt: skip

    def monte_carlo(self, first: bool, averaged: bool) -> Solution:
        """Returns from the end of each episode, then the states' values from those that count."""
        for t in reversed(range(1, len(self.rows) + 1)):
            if t == self.last[t - 1]:
                self.work.let("G[t]", "r[t]", "the last reward of an episode", table="returns, from the end", t=t,
                              s=self.rows[t - 1].state)  # fmt: skip
            else:
                self.work.let("G[t]", "r[t] + gamma*G[t+1]", "this reward, and what follows discounted once",
                              table="returns, from the end", t=t, s=self.rows[t - 1].state)  # fmt: skip
        skipped = []
        for t, row in enumerate(self.rows, 1):
            begin = max((h for h in self.last if h < t), default=0)
            if first and row.state in (each.state for each in self.rows[begin : t - 1]):
                skipped.append(str(t))
                continue
            self._average(t, row.state, averaged)
        if skipped:
            rows = f"Row{'s' * (len(skipped) > 1)} {', '.join(skipped)}"
            self.work.note(f"{rows}: not the first visit of that state in the episode, so not counted.")
        return self.answer()

    def _average(self, t: int, state: str, averaged: bool) -> None:
        let, title = self.work.let, "values, return by return"
        if averaged:
            let("N[s]", "N[s] + 1", "returns counted for the state", table=title, update=True, t=t, s=state)
            let("V[s]", "V[s] + (G[t] - V[s])/N[s]", "the mean of its returns so far", table=title, update=True,
                t=t, s=state)  # fmt: skip
        else:
            let("V[s]", "V[s] + alpha*(G[t] - V[s])", "a share of the error, return less value, is added",
                table=title, update=True, t=t, s=state)  # fmt: skip

    def batch(self) -> Solution:
        """The values of the process that fits the episodes best."""
        states = self.work.given["S"]
        for s in states:
            self.work.let("N[s]", "sum(C[s,n] for n in E)", "times the state was left", table="visits", s=s)
        why = "share of the times it led to each state that is not terminal"
        for s in states:
            self.work.let("P[s]", "[C[s,n]/N[s] for n in S]", why, table="the process that fits best", s=s)
            self.work.let("R[s]", "u[s]/N[s]", "mean reward", table="the process that fits best", s=s)
        try:
            self.work.let("v", "solve(eye(K) - gamma*[P[s] for s in S], [R[s] for s in S])",
                          f"its values: V = R + γPV solved, in the order {', '.join(states)}",
                          holds="v = [R[s] for s in S] + gamma*([P[s] for s in S] @ v)")  # fmt: skip
        except InputError:
            raise InputError("gamma: with 1, and no end ever reached from some state, there are no values") from None
        for i, s in enumerate(states):
            self.work.let("V[s]", "v[i]", table="values", s=s, i=i)
        return self.answer()

    def answer(self) -> Solution:
        updated = dict.fromkeys(step.key[1] for step in self.work.steps if step.name and step.key[0] == "V")
        return self.work.answer({f"V({state})": f"V[{state}]" for state in updated})


def evaluation(
    episode: Episodes,
    gamma: Any,
    alpha: Any,
    start: str | None,
    terminal: str | None,
    kind: str,
    averaged: bool,
    decay: Any = None,
) -> Evaluation:
    """What the episodes say, and the values to begin with. Raises InputError naming the argument."""
    check_gamma(gamma)
    if alpha is not None:
        check_rate(alpha)
    every, own = read_start(start)
    rows, states = episode.rows, episode.states()
    if incomplete := [row.text for row in rows if row.reward is None]:
        raise InputError(f"episode: {incomplete[0]!r} has no reward and no next state")
    ends = read_terminal(terminal, episode, own)
    for state in own:
        if state not in states or state in ends:
            raise InputError(f"start: {harmless(state)} is no state that is learnt")
    last: list[int] = []
    for each in episode.episodes:
        last += [len(last) + len(each)] * len(each)
        if kind == "monte-carlo" and each[-1].after not in ends:
            raise InputError(
                f"episode: Monte Carlo needs whole episodes, and one breaks off in {each[-1].after}; "
                f"--terminal {each[-1].after} says that it ends there"
            )
    inner = tuple(state for state in states if state not in ends)
    values = {state: 0 if state in ends else own.get(state, every) for state in states}
    given: dict[str, Any] = {"r": {t: row.reward for t, row in enumerate(rows, 1)}, "gamma": gamma, "alpha": alpha}
    if kind == "batch":
        left = tuple(state for state in inner if state in episode.begun())
        if missing := [state for state in inner if state not in left]:
            raise InputError(f"terminal: nothing is known of {missing[0]}, in which no row begins; is it terminal?")
        given = {"gamma": gamma, "S": left, "E": states, "K": len(left)}
        given["C"] = {(s, n): sum(row.state == s and row.after == n for row in rows) for s in left for n in states}
        given["u"] = {s: _total(row.reward for row in rows if row.state == s) for s in left}
    else:
        given |= {"V": values, "N": dict.fromkeys(inner, 0) if averaged else None, "lambda": decay}
    work = Work(**given)
    if work.letters and len(rows) > _MOST_SYMBOLIC:
        raise InputError(f"episode: with letters at most {_MOST_SYMBOLIC} rows, not {len(rows)}")
    alike = {repr(values[state]) for state in inner}
    work.called(
        r="rewards", alpha="step size", gamma="discount", N="", S="", E="", K="", C="transitions seen",
        u="sums of rewards", V="" if len(alike) == 1 else "start",
    )  # fmt: skip
    work.called(**{"lambda": "trace decay"})
    if kind != "batch" and len(alike) == 1 and not averaged:
        work.note(f"Every V starts at {_shown(values[inner[0]])}.")
    work.note(told_terminal(ends, terminal is not None))
    return Evaluation(work, rows, last, ends, "" if len(rows) <= _IN_FULL else "the updates")


def _place(t: int, state: str, end: str) -> dict[str, Any]:
    """The index letters of a row: t, the state s it begins in, the state n its target ends in."""
    return {"t": t, "s": state, "n": end}


def _total(rewards: Any) -> Any:
    total: Any = 0
    for reward in rewards:
        if isinstance(reward, Node):
            raise InputError("episode: a batch needs rewards that are numbers")
        total += reward
    return total


def _told(row: Row) -> str:
    action = f", {row.action}" if row.action else ""
    return f"in {row.state}{action}, reward {_shown(row.reward)}, to {row.after}"


def _shown(value: Any) -> str:
    from revise.engines.text import text
    from revise.numerals import Numerals

    return text(value if isinstance(value, Node) else Node("number", (value,)), Numerals())
