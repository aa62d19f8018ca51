"""What a stage made, in one line."""

from __future__ import annotations

from typing import Any

from artgraph.stages.base import Made

__all__ = ["line"]


def line(made: Made) -> str:
    """Return one line on what a stage made."""
    about = ABOUT.get(made.kind, lambda facts: "")(made.facts)
    return f"{made.kind} {made.key}: {about}".rstrip(": ") + ("" if made.fresh else " (up to date)")


def _graph(facts: dict[str, Any]) -> str:
    links = f", {facts['artist_links']} artist links" if "artist_links" in facts else ""
    return f"{facts['edges']} edges, hubness {facts['hubness']:g}{links}"


def _model(facts: dict[str, Any]) -> str:
    if "auc" in facts:
        return f"AUC {facts['auc']:.3f} on held-out edges, {facts['active_units']} active units"
    if facts["artist_precision"] is None:
        return f"{facts['steps']} steps; too few artists to hold any out, so whether it helps is unknown"
    before, after, artists = facts["artist_precision_before"], facts["artist_precision"], facts["held_out"]["artists"]
    return f"step {facts['step']} kept; precision among {artists} held-out artists: {before:.3f}, now {after:.3f}"


def _report(facts: dict[str, Any]) -> str:
    if "scores" in facts:
        chance = facts["chance"]["ami"]["mean"]
        return f"AMI {facts['scores']['ami']:.3f} against '{facts['against']}', by chance {chance:.3f}"
    if "against" in facts:
        return f"no painting has a {facts['against']}; measured without"
    return facts.get("summary", "")


ABOUT = {
    "features": lambda facts: f"{facts['n']} × {facts['dimensions']}",
    "graphs": _graph,
    "models": _model,
    "partitions": lambda facts: f"{facts['n_clusters']} clusters, modularity {facts['modularity']:.3f}",
    "reports": _report,
    "atlas": lambda facts: facts["summary"],
}
