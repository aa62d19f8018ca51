"""Random decisions are consistent, and a broken one is counted."""

import numpy as np

from artgraph.decisions import constraints, in_force
from experiments.decisions import CHAIN, KINDS, MADE, broken, made


def test_decisions_by_chance_do_not_contradict_each_other_and_a_broken_one_is_seen():
    rng = np.random.default_rng(0)
    ids, labels = [f"w{row}" for row in range(300)], rng.integers(8, size=300)
    decisions = made(ids, labels, rng)
    assert len(decisions) == MADE
    assert {one.kind for one in decisions} == set(KINDS)
    assert not {one.work for one in decisions} & set(ids[: CHAIN + 1])
    found = in_force(decisions, ids=set(ids), clusters={"leiden": set(range(8))})
    ready, closed = constraints(found, "leiden", ids)
    assert found.problems == closed == []
    of = dict(zip(ids, labels.tolist(), strict=True))
    assert broken(decisions, of) > 0  # a tenth of the works is known otherwise
    belongs = [one for one in decisions if one.kind == "belongs"]
    assert broken(belongs, of | {one.work: int(one.cluster) for one in belongs}) == 0
    assert (ready.fixed >= 0).sum() == len({one.work for one in belongs})
