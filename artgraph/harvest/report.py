"""What a harvest ends by saying."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artgraph.harvest.harvesting import Harvest

__all__ = ["harvest_lines"]


def harvest_lines(made: Harvest) -> list[str]:
    """Return lines on what a harvest (``made``) took, what it did not and why, the rights, and what to do next."""
    earlier = made.taken - made.new
    lines = [
        f"harvest: {made.taken:,} pictures in {made.folder}"
        + (f", {earlier:,} of them from earlier runs" if earlier else "")
        + f"; {made.requests:,} requests."
    ]
    lines += [f"  {note}" for note in made.notes]
    reasons = Counter(one.reason for one in made.lost)
    if reasons:
        shown = ", ".join(f"{times:,} {reason}" for reason, times in reasons.most_common())
        lines.append(f"  Not taken: {shown}. {made.folder / 'failed.csv'} says which.")
    if made.rights:
        lines.append("  Rights: " + ", ".join(f"{times:,} {code}" for code, times in made.rights.most_common(8)) + ".")
    if made.taken:
        lines.append(f"  Next: artgraph run {made.folder} --metadata {made.folder / 'metadata.csv'} -o mycorpus")
    return lines
