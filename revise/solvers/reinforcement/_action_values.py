"""Q-learning and SARSA over episodes: target, error and update of every row, the table after it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.mdp import check_gamma
from revise.solution import Solution, Work
from revise.solvers.reinforcement._episode import Episodes, Row
from revise.solvers.reinforcement._greedy import level_actions
from revise.solvers.reinforcement._starting import check_rate, read_start, read_terminal, told_terminal
from revise.untrusted import harmless

Next = Callable[["Learner", int, Row, Row | None], str | None]
"""Works out m[t], what the next state counts for; gives why there is no update, or None."""

_IN_FULL = 8  # rows worked out line by line, the table after each
_MOST_SYMBOLIC = 12

# has every state every action?
BEST = {True: "max(Q[n,b] for b in A)", False: "max(Q[n,b] for b in A if has[n,b] > 0)"}
_GREEDY = {
    True: "ties[s,argmax(Q[s,b] for b in A)]",
    False: "ties[s,argmax(Q[s,b] for b in A if has[s,b] > 0)]",
}
MISTAKES = {
    "y[t]": {
        "the discount is forgotten": "r[t] + m[t]",
        "the reward is discounted as well": "gamma*(r[t] + m[t])",
        "the reward is forgotten": "gamma*m[t]",
    },
    "delta[t]": {"the old value minus the target": "Q[s,a] - y[t]"},
    "Q[s,a]": {
        "the step size is forgotten": "Q[s,a] + delta[t]",
        "the old value is forgotten": "alpha*y[t]",
        "α and 1 − α are exchanged": "alpha*Q[s,a] + (1 - alpha)*y[t]",
    },
}


@dataclass
class Learner:
    """The table being learnt."""

    work: Work
    episodes: Episodes
    available: dict[str, tuple[str, ...]]
    terminal: tuple[str, ...]
    full: bool

    def run(self, follow: Next, averaged: bool) -> Solution:
        t, in_full = 0, not self.table
        several = len(self.episodes.episodes) > 1
        visited: dict[tuple[str, str], None] = {}
        for number, episode in enumerate(self.episodes.episodes, 1):
            if several and in_full:
                self.work.note(f"Episode {number}")
            for position, row in enumerate(episode):
                if row.reward is None:
                    continue
                t += 1
                if in_full:
                    self.work.note(
                        f"Row {t}: in {row.state}, {row.action}, reward {_plain(row.reward)}, to {row.after}"
                    )
                missing = follow(self, t, row, next(iter(episode[position + 1 :]), None))
                if missing:
                    self.work.note(missing)
                    continue
                self.update(t, row, averaged)
                visited[row.state, str(row.action)] = None
                if in_full:
                    self.show(t)
        if not visited:
            raise InputError("episode: there is no row with an update")
        if not in_full:
            self.show(t)
        self.greedy(visited)
        words = {f"Q({s},{a})": f"Q[{s},{a}]" for s, a in visited}
        if not self.work.letters:
            words |= {f"pi({s})": f"pi[{s}]" for s in dict.fromkeys(s for s, _ in visited)}
        return self.work.answer(words)

    @property
    def table(self) -> str:
        """The table that the rows' steps stand in; none where they are worked out line by line."""
        return "" if len(self.episodes.rows) <= _IN_FULL else "the updates"

    def update(self, t: int, row: Row, averaged: bool) -> None:
        at = place(t, row)
        let, table = self.work.let, self.table
        let("y[t]", "r[t] + gamma*m[t]", "target: the reward, and what follows discounted", table=table, **at)
        let("delta[t]", "y[t] - Q[s,a]", "error: the target less the old value", table=table, **at)
        if averaged:
            let("N[s,a]", "N[s,a] + 1", "times the pair was updated", table=table, update=True, **at)
        formula = "Q[s,a] + delta[t]/N[s,a]" if averaged else "Q[s,a] + alpha*delta[t]"
        rest = "y[t] - Q[s,a] = (1 - 1/N[s,a])*delta[t]" if averaged else "y[t] - Q[s,a] = (1 - alpha)*delta[t]"
        why = "update: a share of the error is added" + ("; the other entries stay" if not table else "")
        let("Q[s,a]", formula, why, table=table, update=True, holds=rest, **at)

    def show(self, t: int) -> None:
        """The table as a matrix; as rows of values where states differ in their actions."""
        if len(self.available) * len(self.work.given["A"]) > 60:
            return
        states = ", ".join(self.available)
        if self.full:
            columns = ", ".join(self.work.given["A"])
            why = f"the table after row {t}: its rows {states}; its columns {columns}"
            self.work.let("T[t]", "[[Q[s,b] for b in A] for s in S]", why, t=t)
            return
        for state in self.available:
            self.work.let("T[t,s]", "[Q[s,b] for b in A if has[s,b] > 0]",
                          "values of the actions it has, in their order", table=f"the table after row {t}",
                          t=t, s=state)  # fmt: skip

    def greedy(self, visited: dict[tuple[str, str], None]) -> None:
        """The best actions of the states visited, with all that tie."""
        if self.work.letters:
            return
        q = self.work.env["Q"]
        ties: dict[tuple[str, str], str] = {}
        for state, actions in self.available.items():
            level = level_actions({action: q[state, action] for action in actions})
            ties |= {(state, action): tied for action, tied in level.items()}
        self.work.given["ties"] = self.work.env["ties"] = ties
        self.work.called(ties="")
        for state in dict.fromkeys(state for state, _ in visited):
            self.work.let("pi[s]", _GREEDY[self.full], "the best action; ties(s,a) is a with all actions level with it",
                          table="greedy action in the end", s=state)  # fmt: skip


def place(t: int, row: Row) -> dict[str, Any]:
    """The index letters of a row: t, its state s, its action a, the next state n."""
    return {"t": t, "s": row.state, "a": str(row.action), "n": row.after}


def learner(
    episode: Episodes, alpha: Any, gamma: Any, start: str | None, terminal: str | None, actions: str | None, **more: Any
) -> Learner:
    """The table to begin with. Raises InputError naming the argument that does not fit."""
    for row in episode.rows:
        if row.action is None:
            raise InputError(f"episode: {row.text!r} has no action; write state, action, reward, next state")
    check_gamma(gamma)
    averaged = alpha == "1/n"
    if not averaged:
        check_rate(alpha)
    every, own = read_start(start)
    pairs = {_pair(key): value for key, value in own.items()}
    ends = read_terminal(terminal, episode, (state for state, _ in pairs))
    states = [state for state in dict.fromkeys([*episode.states(), *(s for s, _ in pairs)]) if state not in ends]
    seen = dict.fromkeys([*(str(row.action) for row in episode.rows), *(a for _, a in pairs)])
    available = available_actions(actions, states, tuple(seen))
    for row in episode.rows:
        if row.action not in available[row.state]:
            raise InputError(f"actions: {row.text!r} takes {row.action}, which {row.state} has not")
    for state, action in pairs:
        if state in ends or action not in available.get(state, ()):
            raise InputError(f"start: {state} has no action {action}")
    names = tuple(dict.fromkeys(action for each in available.values() for action in each))
    available = {state: tuple(name for name in names if name in each) for state, each in available.items()}
    full = all(set(each) == set(names) for each in available.values())
    q = {(s, a): pairs.get((s, a), every) for s in states for a in available[s]}
    q |= {(s, a): 0 for s in ends for a in names}
    has = {(s, a): int(s in ends or a in available[s]) for s in (*states, *ends) for a in names}
    rewards = [row.reward for row in episode.rows if row.reward is not None]
    work = Work(
        r=dict(enumerate(rewards, 1)), alpha=None if averaged else alpha, gamma=gamma, A=names, S=tuple(states), Q=q,
        N=dict.fromkeys(q, 0) if averaged else None, has=None if full else has, **more,
    )  # fmt: skip
    if work.letters and len(rewards) > _MOST_SYMBOLIC:
        raise InputError(f"episode: with letters at most {_MOST_SYMBOLIC} rows, not {len(rewards)}")
    alike = all(value == 0 for value in q.values() if not isinstance(value, Node)) and not own and every == 0
    work.called(r="rewards", alpha="step size", gamma="discount", A="", S="", Q="" if alike else "start", has="", N="",
                epsilon="exploration")  # fmt: skip
    if alike:
        work.note("Every Q starts at 0.")
    work.note(told_terminal(ends, terminal is not None))
    if full and actions is None and len(names) > 1:
        work.note(f"Every state has the actions {', '.join(names)} (--actions says otherwise).")
    elif not full:
        work.note("The actions: " + "; ".join(f"{s}: {', '.join(each)}" for s, each in available.items()) + ".")
    return Learner(work, episode, available, ends, full)


def _pair(key: str) -> tuple[str, str]:
    words = key.split(" ")
    if len(words) != 2:
        raise InputError(f'start: {harmless(key)!r} is no pair; write "A right=1, B left=2": state, action')
    return words[0], words[1]


def available_actions(text: str | None, states: list[str], seen: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The actions of every state: those of `A: left; B: stay`, the same list for all, or all that were seen."""
    if text is None:
        return dict.fromkeys(states, seen)
    if ":" not in text:
        return dict.fromkeys(states, tuple(dict.fromkeys(re.findall(r"[^\s,;]+", text))))
    found: dict[str, tuple[str, ...]] = {}
    for part in text.split(";"):
        state, colon, listed = part.partition(":")
        if part.strip() and (not colon or state.strip() not in states):
            raise InputError(f"actions: {harmless(part.strip()[:60])!r}: write A: left, right; B: stay")
        if part.strip():
            found[state.strip()] = tuple(dict.fromkeys(re.findall(r"[^\s,]+", listed)))
    return {state: found.get(state) or seen for state in states}


def _plain(value: Any) -> str:
    from revise.engines.text import text
    from revise.numerals import Numerals

    return text(value if isinstance(value, Node) else Node("number", (value,)), Numerals())
