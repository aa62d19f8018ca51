"""What a change did to a corpus, in plain words."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.lineage import Lineage, Ref
from artgraph.soundness import parts_of
from artgraph.stages.drift import agreement_with_fresh
from artgraph.stages.fitting import offered, strangers
from artgraph.stages.generations import age
from artgraph.stages.lead import lead_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from artgraph.stages.growing import Growth

__all__ = ["batch_lines", "changes_lines", "drift_lines", "growth_facts", "growth_lines"]

SHOWN = 10  # works that are listed by name
PARTS = {"added": "added", "removed": "removed", "redone": "with another picture"}


def growth_facts(growth: Growth, *, check: bool = False) -> dict[str, Any]:
    """Return what a change did, as JSON values.

    Parameters
    ----------
    growth
    check : Also compare with a fresh run.
    """
    found, corpus = growth.found, growth.corpus
    facts: dict[str, Any] = {
        "works": len(corpus),
        "added": found.added,
        "redone": found.redone,
        "removed": found.removed,
        "gone": found.gone,
        "corrected": found.corrected,
        "refused": found.refused,
        "again": growth.again,
        "seconds": growth.seconds,
    }
    if growth.facts and corpus.keys("partitions"):
        partition = lead_of(corpus)[0]
        facts["partition"] = partition
        facts["placed"] = _placed(growth, partition)
        facts["fits_nothing"] = strangers(corpus, partition, found.added)
        facts["offered"] = offered(corpus, partition, found.added)
        agreement = agreement_with_fresh(corpus, partition) if check else None
        facts["drift"] = age(corpus, partition, agreement=agreement)
    return facts


def growth_lines(growth: Growth, *, check: bool = False, dry_run: bool = False, following: bool = True) -> list[str]:
    """Return lines on what a change did, or would do.

    Parameters
    ----------
    growth, check
    dry_run : Nothing was done yet.
    following : Also say what to do next.
    """
    found, corpus, facts = growth.found, growth.corpus, growth_facts(growth, check=check)
    here, lines = shlex.quote(str(corpus.path)), []
    if found.nothing and not growth.again:
        lines.append(f"nothing has changed: {len(corpus):,} works in {corpus.path}")
    for count, what in (
        (len(found.added), "new"),
        (len(found.redone), "with another picture"),
        (len(found.removed), "removed"),
    ):
        if count:
            lines.append(f"{count:,} {'work' if count == 1 else 'works'} {what}")
    lines += [f"'{name}' corrected in {count:,} works" for name, count in found.corrected.items()]
    if found.refused:
        what = "pictures" if corpus.has_pictures else "rows"
        lines.append(f"{found.refused} new {what} were refused; {corpus.path / 'refused.csv'} says why")
    if found.gone:
        where = "picture in the folder" if corpus.has_pictures else "row in the table"
        lines.append(
            f"{len(found.gone)} works have no {where} any more, such as {found.gone[0]}; they stay. "
            "Take them out with --remove-gone"
        )
    lines += [f"note: {note}" for note in found.notes]
    if dry_run:
        return [*lines, *_plan(growth)]
    if "partition" not in facts:
        return lines
    lines += _placed_lines(facts)
    lines += changes_lines({ref: growth.facts[ref] for ref in growth.again if ref in growth.facts})
    lines += drift_lines(facts["drift"], str(corpus.path)) if facts["drift"] else []
    if following and (not found.nothing or growth.again):
        stale = [key for key in corpus.keys("reports") if Lineage(corpus).stale(Ref("reports", key))]
        if stale:
            lines.append(
                f"reports that do not know of it yet: {', '.join(stale)}; make them again: artgraph update {here}"
            )
        lines.append(f"next: artgraph atlas {here}; artgraph export {here} --to gexf")
    return lines


def changes_lines(facts: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return lines on clusters that are new, gone, split or joined, from the ``facts`` of things made again."""
    lines = []
    for ref, about in facts.items():
        if not ref.startswith("partitions/") or "n_clusters" not in about:
            continue
        change = about.get("changes") or {"born": [], "gone": [], "split": [], "merged": []}
        name = Ref.of(ref).key
        said = [f"cluster {one} is new" for one in change["born"]]
        said += [f"cluster {one} is gone" for one in change["gone"]]
        said += [f"cluster {one['from']} was split into {_and(one['into'])}" for one in change["split"]]
        said += [f"clusters {_and(one['from'])} were joined as {one['into']}" for one in change["merged"]]
        lines.append(f"{name}: " + ("; ".join(said) if said else "all clusters keep their numbers"))
    return lines


def batch_lines(batches: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a line on when works were added, from ``batches`` as of ``info``; none where there is one alone."""
    if len(batches) < 2:
        return []
    said = [f"{one['works']:,} {_on(one['added'])}" for one in batches]
    return [f"works: {said[0]}; added later: {', '.join(said[1:])}"]


def _on(day: str | None) -> str:
    return f"on {day}" if day else "on a day that the journal does not say"


def drift_lines(aged: Mapping[str, Any], path: str) -> list[str]:
    """Return lines on how far a partition has moved from what a fresh run would find.

    Parameters
    ----------
    aged : As from ``artgraph.stages.generations.age``.
    path : Of the corpus, for the command.
    """
    parts = [f"{aged[name]:,} {word}" for name, word in PARTS.items() if aged[name]]
    lines = [f"since the last fresh run, of {aged['works']:,} works: {', '.join(parts)}"] if parts else []
    if aged["new"]:
        new = f"{_works(aged['new'])} new since {aged['since']}" if aged["since"] else f"{_works(aged['new'])} new"
        if "confidence" in aged:
            new += f", confidence {aged['confidence_added']:.2f} (earlier works {aged['confidence']:.2f})"
        if aged["fits_nothing"]:
            new += f"; {aged['fits_nothing']:,} of them fit nothing yet"
        lines.append(new)
        lines.append(f"{aged['mended']:.0%} of the earlier works have a new one among their neighbours")
    if aged["agreement"] is not None:
        lines.append(f"agreement of the clusters with those of a fresh run: AMI {aged['agreement']:.2f} (1: the same)")
    if aged["fresh_run"]:
        lines.append(f"a fresh run is recommended ({aged['why']}): artgraph update {shlex.quote(path)} --fresh")
    return lines


def _works(count: int) -> str:
    return f"{count:,} work is" if count == 1 else f"{count:,} works are"


def _and(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}" if len(numbers) > 1 else str(numbers[0])


def _plan(growth: Growth) -> list[str]:
    lines = []
    for ref, why in growth.again.items():
        seconds = growth.seconds.get(ref)
        lines.append(f"would be made again: {ref} ({why}){'' if seconds is None else f', about {seconds:.0f} s'}")
    if growth.seconds:
        lines.append(f"about {sum(growth.seconds.values()):.0f} s in all, as long as it took the last time")
    return lines


def _placed(growth: Growth, partition: str) -> list[dict[str, Any]]:
    """Return cluster, confidence, second cluster and role of the works that were placed."""
    from artgraph.communities.membership import ROLES

    corpus, ids = growth.corpus, [*growth.found.added, *growth.found.redone]
    rows = np.flatnonzero(corpus.paintings["id"].isin(ids))
    labels = corpus.get("partitions", partition)
    soft = None
    if "membership" in parts_of(corpus.label("partitions", partition)):
        soft = corpus.get("partitions", partition, "membership")
    found = []
    for row in rows:
        entry: dict[str, Any] = {"id": corpus.paintings["id"].iloc[row], "cluster": int(labels[row])}
        if soft is not None:
            entry |= {"confidence": round(float(soft["confidence"][row]), 3), "second": int(soft["second"][row])}
            entry["role"] = ROLES[soft["role"][row]]
        found.append(entry)
    return found


def _placed_lines(facts: Mapping[str, Any]) -> list[str]:
    lines, strange = [], set(facts["fits_nothing"])
    shown = [entry for entry in facts["placed"] if entry["id"] not in strange]
    for entry in shown[:SHOWN]:
        cluster = "no cluster" if entry["cluster"] < 0 else f"cluster {entry['cluster']}"
        second = f", second {entry['second']}" if entry.get("second", -1) >= 0 else ""
        sure = f" ({entry['confidence']:.0%} sure{second}, {entry['role']})" if "confidence" in entry else ""
        lines.append(f"  {entry['id']}: {cluster}{sure}")
    if len(shown) > SHOWN:
        lines.append(f"  … and {len(shown) - SHOWN} more; all: artgraph export --to csv")
    if strange:
        lines.append(f"{len(strange)} works fit nothing yet, and have no cluster: {_listed(facts['fits_nothing'])}")
    for group in facts["offered"]:
        lines.append(f"{len(group)} of them are near each other, and may be a cluster of their own: {_listed(group)}")
    return lines


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(ids[:SHOWN]) + (", …" if len(ids) > SHOWN else "")
