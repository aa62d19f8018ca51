"""How a training went, drawn."""

from artgraph.plots import figure, save

__all__ = ["plot_training"]

TERMS = ("loss", "similarity", "artist", "kindred", "kl")
HELD = {"auc": "AUC, edges", "ap": "AP, edges", "hands": "precision, hands"}


def plot_training(out, facts):
    """Draw the terms of the loss, the figures on what was held out, and the KL of every dimension.

    Parameters
    ----------
    out : str or Path
        The picture: PNG, SVG or PDF.
    facts : dict
        Of ``Trained``, with ``history``.

    Raises
    ------
    ArtgraphError
        matplotlib is not installed.
    """
    history = facts["history"]
    drawn, (loss, held, divergence) = figure(3)
    epochs = [row["epoch"] for row in history]
    for term in TERMS:
        rows = [row for row in history if term in row]
        if rows:
            first = rows[0][term] or 1.0
            values = [row[term] / first for row in rows]
            loss.plot([row["epoch"] for row in rows], values, label=f"{term} (first: {first:.3g})")
    loss.set(xlabel="epoch", title="terms of the loss, each one's first = 1")
    for figure_, label in HELD.items():
        if history and figure_ in history[0]:
            held.plot(epochs, [row[figure_] for row in history], label=label)
    if history:
        held.axvline(facts["epoch"], color="0.6", linestyle=":", label="kept")
        loss.legend(frameon=False)
        held.legend(frameon=False)
    held.set(xlabel="epoch", title="on what was held out")
    kl = sorted(facts.get("kl_per_dimension", []), reverse=True)
    divergence.bar(range(len(kl)), kl, width=1.0)
    divergence.set(xlabel="latent dimension, sorted", ylabel="nats", title="KL from the prior")
    save(drawn, out)
