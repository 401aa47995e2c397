"""An MDP as arrays, for the sweeps of revise.mdp.arrays; imported only where those run."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np  # noqa: TID253 (this module is imported lazily as a whole)

from revise.errors import InputError
from revise.mdp.process import MDP
from revise.mdp.world import MOVES, SIDES, World

Floats = np.ndarray[Any, np.dtype[np.float64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
Places = np.ndarray[Any, np.dtype[np.intp]]

_MOST_ENTRIES = 60_000_000


@dataclass(frozen=True, eq=False)
class Tables:
    """N states, A actions (1 in a reward process), at most K outcomes of an action in a state.

    after      (A, K, N): the next states
    share      (A, K, N), or (A, K, 1) where it is the same in every state: their probabilities; 0 pads
    reward     (A, N): the expected reward; 0 where the action is not available
    available  (A, N)
    worth      (N,): what a terminal state is worth; 0 elsewhere
    live       (N,): not terminal
    moves      (M, N), where all actions share M destinations, with odds (A, M), how likely each is: the same
               process, looked up fewer times
    """

    after: Places
    share: Floats
    reward: Floats
    available: Bools
    worth: Floats
    live: Bools
    moves: Places | None = None
    odds: Floats | None = None


def tables(mdp: MDP) -> Tables:
    """`mdp` as arrays; a drawn world goes there without its rows being listed.

    Raises InputError where padding to the state with the most outcomes would not fit into memory.
    """
    return _from_world(mdp) if isinstance(mdp, World) else _from_rows(mdp)


def _from_rows(mdp: MDP) -> Tables:
    states = {state: place for place, state in enumerate(mdp.states)}
    actions: dict[str | None, int] = {action: place for place, action in enumerate(mdp.actions or (None,))}
    used: dict[tuple[int, int], int] = {}
    rows = list(_numbered(mdp, states, actions, used))
    outcomes, size = max(used.values(), default=1), len(states)
    if len(actions) * outcomes * size > _MOST_ENTRIES:
        raise InputError(f"{len(actions)} actions with {outcomes:,} outcomes for {size:,} states are too many")
    shape = (len(actions), outcomes, size)
    after, share = np.zeros(shape, np.intp), np.zeros(shape)
    reward, available = np.zeros((shape[0], size)), np.zeros((shape[0], size), bool)
    for action, outcome, state, following, probability, earned in rows:
        after[action, outcome, state] = following
        share[action, outcome, state] = probability
        reward[action, state] += probability * earned
        available[action, state] = True
    worth, live = np.zeros(size), np.ones(size, bool)
    for state_name, value in mdp.terminal.items():
        worth[states[state_name]], live[states[state_name]] = float(value), False
    return Tables(after, share, reward, available, worth, live)


def _numbered(
    mdp: MDP, states: dict[str, int], actions: dict[str | None, int], used: dict[tuple[int, int], int]
) -> Iterator[tuple[int, int, int, int, float, float]]:
    """Action, number of the outcome, state, next state, probability, reward; `used` counts the outcomes."""
    for (state, action, following), (probability, reward) in mdp.transitions.items():
        pair = actions[action], states[state]
        outcome = used[pair] = used.get(pair, 0) + 1
        yield pair[0], outcome - 1, pair[1], states[following], float(probability), float(reward)


def _from_world(world: World) -> Tables:
    drawn = np.frombuffer("".join(world.rows).encode("utf-32-le"), np.uint32).reshape(len(world.rows), -1)
    ground = drawn != ord("#")
    size = int(np.count_nonzero(ground))
    number = np.zeros(ground.shape, np.intp)
    number[ground] = np.arange(size)
    moves = np.empty((len(MOVES), size), np.intp)
    for place, (right, up) in enumerate(MOVES.values()):
        reached = number.copy()
        here, there = _shifted(up, right), _shifted(-up, -right)
        reached[here] = np.where(ground[there], number[there], number[here])
        moves[place] = reached[ground]
    odds = np.zeros((len(MOVES), len(MOVES)))
    ahead, aside = 1 - world.slip, world.slip / 2
    names = list(MOVES)
    for place, action in enumerate(names):
        odds[place, place] = float(ahead)
        odds[place, [names.index(side) for side in SIDES[action]]] = float(aside)
    cells = drawn[ground]
    worth, live = np.zeros(size), np.ones(size, bool)
    for char, value in world.worth.items():
        here_too = cells == ord(char)
        worth[here_too], live[here_too] = float(value), False
    living = float(world.living)
    reward = np.where(live, living, 0.0)[None].repeat(len(names), 0)
    if world.entering:
        reward = np.where(live, odds @ np.where(live, living, worth)[moves], 0.0)
        worth = np.zeros(size)
    order = [[place, *(names.index(side) for side in SIDES[action])] for place, action in enumerate(names)]
    share = np.array([[ahead, aside, aside]] * len(names), float)[:, :, None]
    return Tables(moves[order], share, reward, live[None].repeat(len(names), 0), worth, live, moves, odds)


def _shifted(up: int, right: int) -> tuple[slice, slice]:
    """The cells of a drawing that have a neighbour `up` and `right` of them; with both negated, those neighbours."""
    return slice(max(up, 0), min(up, 0) or None), slice(max(-right, 0), -right if right > 0 else None)


# -- a process, looked at ---------------------------------------------------------------------------


def look_ahead(tables: Tables, gamma: float, values: Floats) -> Floats:
    """(A, N): what taking an action and then earning `values` is worth; -inf where it is not available."""
    if tables.moves is not None and tables.odds is not None:
        q = (gamma * tables.odds) @ values[tables.moves]
    else:
        q = (values[tables.after] * (gamma * tables.share)).sum(axis=1)
    found: Floats = np.where(tables.available, tables.reward + q, -np.inf)
    return found


def followed(tables: Tables, policy: Floats) -> Tables:
    """The reward process when `policy`, (A, N), is followed: the same tables with one action."""
    reward = np.where(tables.available, policy * tables.reward, 0.0).sum(axis=0)[None]
    if ((policy == 0) | (policy == 1)).all():
        taken = policy.argmax(axis=0)[None, None]
        after = np.take_along_axis(tables.after, taken, 0)
        share = np.take_along_axis(np.broadcast_to(tables.share, tables.after.shape), taken, 0)
    elif tables.moves is not None and tables.odds is not None:
        after, share = tables.moves[None], (tables.odds.T @ policy)[None]
    else:
        after = tables.after.reshape(1, -1, len(tables.live))
        share = (policy[:, None] * tables.share).reshape(after.shape)
    return replace(tables, after=after, share=share, reward=reward, available=tables.live[None], moves=None, odds=None)


def quiet(process: Tables) -> Bools:
    """The live states of a reward process in which nothing is ever earned again."""
    still: Bools = np.where(process.live, process.reward[0], process.worth) == 0
    while True:
        fewer = still & (~process.live | (still[process.after[0]] | (process.share[0] == 0)).all(axis=0))
        if (fewer == still).all():
            return still & process.live
        still = fewer


def endless(process: Tables) -> Bools:
    """The live states of a reward process that can reach neither an end nor a quiet state."""
    ends = ~process.live | quiet(process)
    while True:
        more: Bools = ends | (ends[process.after[0]] & (process.share[0] > 0)).any(axis=0)
        if (more == ends).all():
            return ~ends
        ends = more
