"""How a training went, drawn: of a VGAE, or of a network that was tuned."""

from __future__ import annotations

from pathlib import Path

from artgraph.plots.style import figure, save

__all__ = ["plot_training"]

TERMS = {
    "loss": "loss",
    "similarity": "edges",
    "features": "cosines of features",
    "artist": "works by one artist",
    "neighbor_artists": "neighbouring artists",
    "proxy": "artist's proxy",
    "pictures": "cut-outs of one picture",
    "kl": "KL",
}
HELD_OUT = {"auc": "AUC, edges", "ap": "AP, edges", "artist_precision": "precision, artists"}


def plot_training(out: str | Path, facts: dict) -> None:
    """Draw the terms of the loss, the figures on what was held out, and, if there is one, the KL of every dimension.

    ``out`` is PNG, SVG or PDF; ``facts`` are those, with ``history``, of ``artgraph.vgae.Trained`` or
    ``artgraph.descriptors.tuning.Tuning``.
    """
    history = facts["history"]
    time = "step" if history and "step" in history[0] else "epoch"
    kl = sorted(facts.get("kl_per_dimension", []), reverse=True)
    drawn, (loss, held, *more) = figure(3 if kl else 2)
    for term, label in TERMS.items():
        if rows := [row for row in history if term in row]:
            first = rows[0][term] or 1.0
            values = [row[term] / first for row in rows]
            loss.plot([row[time] for row in rows], values, label=f"{label} (first: {first:.3g})")
    loss.set(xlabel=time, title="terms of the loss, each one's first = 1")
    for score, label in HELD_OUT.items():
        if rows := [row for row in history if score in row]:
            error = [row.get(f"{score}_error", 0) for row in rows]
            held.errorbar([row[time] for row in rows], [row[score] for row in rows], yerr=error, label=label)
    held.set(xlabel=time, title="on what was held out")
    if history:
        held.axvline(facts[time], color="0.6", linestyle=":", label="kept")
        held.legend(frameon=False)
    if loss.lines:
        loss.legend(frameon=False)
    for divergence in more:
        divergence.bar(range(len(kl)), kl, width=1.0)
        divergence.set(xlabel="latent dimension, sorted", ylabel="nats", title="KL from the prior")
    save(drawn, out)
