"""Sweeps over the states of an MDP as arrays: the order they go in, and how one renews the values."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np  # noqa: TID253 (this module is imported lazily as a whole)

from revise.errors import InputError
from revise.mdp.tables import Floats, Places, Tables

_BLOCK = 8192  # states renewed together; their part of the tables fits into the cache
_MOST_WAVES = 10_000


@dataclass(eq=False)
class _Block:
    """States renewed together: `where` they stand in the order of the sweep, and their part of the tables."""

    where: slice
    after: Places  # (A, K, n)
    share: Floats  # times γ; (A, K, n) or (A, K, 1)
    reward: Floats  # (A, n); -inf where the action is not available
    moves: Places | None  # (M, n) with
    odds: Floats | None  # times γ; (A, M)
    chosen: Places | None = None  # (n,): the actions of the policy, with
    policy: tuple[Places, Floats, Floats] | None = None  # (K, n), (K, n or 1), (n,): its part of after, share, reward

    def look_ahead(self, values: Floats) -> Floats:
        """(A, n)."""
        if self.moves is not None and self.odds is not None:
            q: Floats = self.odds @ values.take(self.moves)
        else:
            q = np.einsum("akn,akn->an", values.take(self.after), self.share)
        q += self.reward
        return q

    def choose(self, q: Floats, best: Floats) -> None:
        chosen = np.zeros(q.shape[1], np.intp)
        for action in range(len(q) - 1, -1, -1):  # several times as fast as argmax along so short an axis
            chosen[q[action] == best] = action
        if self.chosen is not None and np.array_equal(chosen, self.chosen):
            return
        self.chosen = chosen
        _, outcomes, size = self.after.shape
        each = np.arange(size)
        taken = chosen * (outcomes * size) + each + np.arange(0, outcomes * size, size)[:, None]
        if self.share.shape[2] == 1 and (self.share == self.share[0]).all():
            share = self.share[0]
        else:
            share = np.ascontiguousarray(np.broadcast_to(self.share, self.after.shape)).take(taken)
        self.policy = self.after.take(taken), share, self.reward.take(chosen * size + each)

    def follow(self, values: Floats) -> Floats:
        assert self.policy is not None
        after, share, reward = self.policy
        found: Floats = np.einsum("kn,kn->n", values.take(after), share)
        found += reward
        return found


class Sweep:
    """The live states in some order, cut into blocks; values go through it in that order, ends last.

    in_place  each block uses the values that blocks before it have renewed: the same as state by state
    """

    def __init__(self, tables: Tables, gamma: float, in_place: bool = False) -> None:
        live = np.flatnonzero(tables.live)
        order, cuts = _waves(tables, live) if in_place else (live, [*range(_BLOCK, len(live), _BLOCK), len(live)])
        self.in_place = in_place
        self.order = np.concatenate([order, np.flatnonzero(~tables.live)])
        place = np.empty_like(self.order)
        place[self.order] = np.arange(len(place))
        reward = np.where(tables.available, tables.reward, -np.inf)
        self._blocks: list[_Block] = []
        for begin, end in pairwise([0, *cuts] if len(live) else []):
            here = order[begin:end]
            share = tables.share if tables.share.shape[2] == 1 else tables.share[:, :, here]
            self._blocks.append(
                _Block(
                    slice(begin, end),
                    place[tables.after[:, :, here]],
                    gamma * share,
                    np.ascontiguousarray(reward[:, here]),
                    None if tables.moves is None else place[tables.moves[:, here]],
                    None if tables.odds is None else gamma * tables.odds,
                )
            )

    def renew(self, values: Floats, into: Floats, choose: bool = False) -> float:
        """V ← maxₐ Q in all states; the largest change. `choose` makes the best actions the policy."""
        change = 0.0
        for block in self._blocks:
            q = block.look_ahead(values)
            best = q.max(axis=0) if len(q) > 1 else q[0]
            if choose:
                block.choose(q, best)
            change = max(change, float(np.abs(best - values[block.where]).max()))
            into[block.where] = best
        return change

    def follow(self, values: Floats, into: Floats) -> None:
        """V ← what the chosen policy earns."""
        for block in self._blocks:
            into[block.where] = block.follow(values)


def _waves(tables: Tables, live: Places) -> tuple[Places, Sequence[int]]:
    """The live states in groups without a transition inside, and where each ends.

    Of two states with a transition between them the earlier one is in an earlier group. So to renew group by group
    is to renew state by state: each finds the same values renewed.
    """
    wave = [0] * len(tables.live)
    following = tables.moves
    if following is None:
        following = np.where(tables.share > 0, tables.after, np.arange(len(wave))).reshape(-1, len(wave))
    for state, reached in zip(live.tolist(), following[:, live].T.tolist(), strict=True):
        for other in reached:
            if other < state:
                wave[state] = max(wave[state], wave[other] + 1)
        for other in reached:
            if other > state:
                wave[other] = max(wave[other], wave[state] + 1)
    waves = np.array(wave)[live]
    if waves.max(initial=0) >= _MOST_WAVES:
        raise InputError(
            f"in_place: {len(live):,} states are too many where each waits for the one before; leave it out"
        )
    return live[waves.argsort(kind="stable")], np.unique(np.cumsum(np.bincount(waves))).tolist()
