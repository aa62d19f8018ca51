"""How a tuning went, drawn."""

from artgraph.plots import figure, save

__all__ = ["plot_tuning"]

TERMS = {"artist": "works of one hand", "proxy": "artist's proxy", "pictures": "cut-outs of one picture"}


def plot_tuning(out, facts):
    """Draw the terms of the loss, and how well the hands of held-out artists are told apart.

    Parameters
    ----------
    out : str or Path
        The picture: PNG, SVG or PDF.
    facts : dict
        Of ``Tuning``, with ``history``.

    Raises
    ------
    ArtgraphError
        matplotlib is not installed.
    """
    history = facts["history"]
    drawn, (loss, held) = figure(2)
    for term, label in TERMS.items():
        rows = [row for row in history if term in row]
        if rows:
            loss.plot([row["step"] for row in rows], [row[term] for row in rows], label=label)
    loss.set(xlabel="step", ylabel="nats", title="terms of the loss")
    loss.legend(frameon=False)
    asked = [row for row in history if "hands" in row]
    if asked:
        held.errorbar(
            [row["step"] for row in asked],
            [row["hands"] for row in asked],
            yerr=[row["hands_error"] for row in asked],
            capsize=2,
        )
        held.axvline(facts["step"], color="0.6", linestyle=":", label="kept")
        held.legend(frameon=False)
    held.set(xlabel="step", title="precision, hands of held-out artists")
    save(drawn, out)
