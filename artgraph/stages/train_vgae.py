"""A graph and its features become latents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.formats import content_sha256
from artgraph.lineage import Lineage, Ref
from artgraph.stages.answers import answered_pairs
from artgraph.stages.base import Made, Progress, catalogue_of, columns, drawing, features_of, make, progress_of

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp

    from artgraph.corpus import Corpus

__all__ = ["diagnose_training", "train_vgae"]


def train_vgae(
    corpus: Corpus,
    *,
    graph: str = "style",
    name: str = "vgae",
    decisions: bool = False,
    device: str = "auto",
    progress: Progress = None,
    **settings: Any,
) -> Made:
    """Refine features by a variational graph autoencoder; the latents are features like any other.

    Where the graph was built with artist edges, the artists' names teach: latents, those of paintings without a name
    too, come to tell artists apart. Killed and started again, it resumes from its last checkpoint. Of several processes
    that torchrun starts, each on a GPU, all train, and the first writes.

    Parameters
    ----------
    corpus
    graph : The graph to learn; its features are the input.
    name : Key of the model and of the latents.
    decisions : Whether latents follow what people answered of pairs of works, where held-out answers say that it helps.
        By default they do not: measured, it helped no work that was not asked about (``experiments/answers.py``).
    device : {"auto", "cpu", "cuda"}
    progress : callable(stage, done, total)
    **settings : Fields of ``artgraph.vgae.Config``.

    Returns
    -------
    Made
        ``models/<name>``; ``features/<name>`` holds the latents, (n, latent_dim) float32. The facts hold figures on
        held-out edges and artists, active units, KL per dimension, neighbour overlap, a warning where the latents
        collapsed, and the history of every epoch; ``answers``: how many there were, how well latents rank those that
        were held out, and whether they are used, see ``artgraph.learning.answers``.
    """
    from artgraph.learning.checkpoint import Checkpoint
    from artgraph.learning.ranks import started_as
    from artgraph.vgae import Config, encode, train_vgae

    config = Config.of(settings)
    built = Lineage(corpus).params(Ref("graphs", graph))
    inputs = [Ref("graphs", graph), *(columns("artist") if built["artist_edges"] else [])]
    latents, params = [], config.params() | ({"decisions": True} if decisions else {})
    told = answered_pairs(corpus) if decisions and config.learns else {}
    told = {pair: answer for pair, answer in told.items() if answer != "unsure"}
    if told:
        params["answers_sha256"] = content_sha256(sorted(told.items()))

    def given() -> tuple[np.ndarray, sp.csr_matrix, list[str | None] | None]:
        names = catalogue_of(corpus).artists if built["artist_edges"] else None
        return features_of(corpus, built["on"], regress_out=built["regress_out"]), corpus.get("graphs", graph), names

    def fit() -> tuple[dict, dict]:
        X, adjacency, artists = given()
        checkpoint = Checkpoint(
            corpus.path / "models" / f".training-{name}.safetensors",
            made_from=[params, Lineage(corpus).inputs(inputs)],
        )
        trained = train_vgae(
            X,
            adjacency,
            artists=artists,
            answers=_answers(corpus, told),
            config=config,
            device=device,
            progress=progress_of(progress, "train-vgae"),
            resume=checkpoint.read(),
            checkpoint=None if started_as() else checkpoint.write_later,
        )
        if not started_as():
            checkpoint.remove()
        latents.append(trained.mu)
        return {"": trained.state} if trained.state else {}, {**trained.facts, "history": trained.history}

    def encoded() -> tuple[dict, dict]:
        if not latents:  # the model is up to date, and its latents are not
            X, adjacency, artists = given()
            state = corpus.get("models", name) if config.learns else {}
            latents.append(encode(state, X, adjacency, artists=artists, config=config, device=device)[0])
        return {"": latents[0]}, {"n": len(latents[0]), "dimensions": latents[0].shape[1]}

    model = Ref("models", name)
    if started_as():
        lineage = Lineage(corpus)
        if not lineage.up_to_date(model, "train_vgae", params, lineage.inputs(inputs)):
            fit()
        return Made(*model, False, {})
    made = make(corpus, "train_vgae", model, params=params, inputs=inputs, compute=fit)
    make(corpus, "train_vgae", Ref("features", name), params=params, inputs=[model, *inputs], compute=encoded)
    return made


def _answers(corpus: Corpus, told: dict[tuple[str, str], str]) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the rows of each pair, (m, 2), and whether they are of one manner; None without answers."""
    import numpy as np

    rows = {key: row for row, key in enumerate(corpus.paintings["id"])}
    pairs = np.array([(rows[a], rows[b]) for a, b in told])
    return (pairs, np.array([answer == "same" for answer in told.values()])) if told else None


def diagnose_training(corpus: Corpus, *, name: str = "vgae", out: str | Path | None = None) -> Made:
    """Draw how a VGAE, or a descriptor, was trained: terms of the loss, what was held out, KL per dimension.

    Parameters
    ----------
    corpus
    name : Key of the model.
    out : Default: ``plots/<name>.png`` in the corpus.

    Returns
    -------
    Made
        ``key`` is the path of the plot; the facts are those of the model.
    """
    from artgraph.plots.training import plot_training

    facts = Lineage(corpus).label(Ref("models", name))["facts"]
    out = drawing(corpus, out, name)
    plot_training(out, facts)
    return Made("plot", str(out), True, facts)
