"""A graph and its features become latents."""

from artgraph.stages.base import draw_facts, features_of, make
from artgraph.stages.checkpoint import Checkpoint
from artgraph.stages.judging import hands_of

__all__ = ["diagnose_training", "train_vgae"]


def train_vgae(
    corpus,
    *,
    graph="style",
    name="vgae",
    model="vgae",
    encoder="sign",
    hops=2,
    latent_dim=256,
    epochs=None,
    kl_weight=0.0001,
    kindred_weight=1.0,
    artist_strength=0.1,
    gated=True,
    seed=0,
    device="auto",
    progress=None,
):
    """Refine features by a variational graph autoencoder; the latents are features like any other.

    Where the graph was built with artist edges, the artists' names teach: the latents of all paintings, those without
    a name too, come to tell hands apart. Killed and started again, it goes on where it was.

    Parameters
    ----------
    corpus : Corpus
    graph : str
        The graph to learn; its features are the input.
    name : str
        Key of the model and of the latents.
    model : {"none", "smooth", "contrastive", "gae", "vgae"}
        The baselines beside it, to see what it adds: see ``artgraph.vgae.Config``.
    encoder : {"gcn", "sage", "gat", "linear", "sign"}
    hops : int
        Propagation steps of 'sign'.
    latent_dim : int
    epochs : int, optional
        At most; default 25; 200 for 'gcn', 'sage' and 'gat'.
    kl_weight : float
    kindred_weight : float
        How much it counts to draw artists together whose works have come to lie near each other: see
        ``artgraph.vgae.kindred``. It takes 30 artists with two works each.
    artist_strength : float
        How far a known artist moves the latents of a work: see ``artgraph.vgae.refine``.
    gated : bool
        Works of one hand that the features find far from each other are no witnesses: see ``artgraph.graph.Gate``.
    seed : int
    device : {"auto", "cpu", "cuda"}
    progress : callable(stage, done, total), optional

    Returns
    -------
    Made
        Its facts hold figures on what was held out, active units, KL per dimension, neighbour overlap, a warning where
        the latents collapsed, and the history of every epoch.
    """
    from artgraph.vgae import Config, encode, train_vgae

    params = {"model": model, "encoder": encoder, "hops": hops, "latent_dim": latent_dim, "epochs": epochs}
    params |= {"kl_weight": kl_weight, "kindred_weight": kindred_weight, "artist_strength": artist_strength}
    params |= {"gated": gated, "seed": seed}
    config = Config(**params)
    built = corpus.label("graphs", graph)["made_by"]["params"] if corpus.has("graphs", graph) else {}
    refs, latents = [f"graphs/{graph}"], []
    if built.get("artist_edges"):
        refs.append("paintings/artist")

    def given():
        names = hands_of(corpus) if built.get("artist_edges") else None
        return features_of(corpus, built["on"]), corpus.get("graphs", graph), names

    def fit():
        X, adjacency, artists = given()
        checkpoint = Checkpoint(corpus, name, params, refs)
        trained = train_vgae(
            X,
            adjacency,
            artists=artists,
            config=config,
            device=device,
            progress=None if progress is None else lambda done, total: progress("train-vgae", done, total),
            resume=checkpoint.read(),
            checkpoint=lambda tensors: checkpoint.write_later(lambda: tensors),
        )
        checkpoint.file.unlink(missing_ok=True)
        latents.append(trained.mu)
        return {"": trained.state} if trained.state else {}, {**trained.facts, "history": trained.history}

    def encoded():
        if not latents:  # the model was up to date and its latents were not
            X, adjacency, artists = given()
            state = corpus.get("models", name) if config.learns else {}
            latents.append(encode(state, X, adjacency, artists=artists, config=config, device=device)[0])
        return {"": latents[0]}, {"n": len(latents[0]), "dimensions": latents[0].shape[1]}

    made = make(corpus, "models", name, function="artgraph.vgae.train_vgae", params=params, refs=refs, compute=fit)
    refs = [f"models/{name}", *refs]
    make(corpus, "features", name, function="artgraph.vgae.encode", params={}, refs=refs, compute=encoded)
    return made


def diagnose_training(corpus, *, name="vgae", out=None):
    """Draw how a training went: terms of the loss, figures on what was held out, KL per dimension.

    Parameters
    ----------
    corpus : Corpus
    name : str
        Key of the model.
    out : str or Path, optional
        Default: ``plots/<name>.png`` in the corpus.

    Returns
    -------
    Made
        ``key`` is the path of the plot; the facts are those of the model.
    """
    from artgraph.vgae.curves import plot_training

    return draw_facts(corpus, "models", name, plot=plot_training, out=out)
