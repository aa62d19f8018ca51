"""A graph and its features become latents."""

from artgraph.stages.base import adjacency_of, features_of, make

__all__ = ["train_vgae"]


def train_vgae(corpus, *, graph="style", name="vgae", latent_dim=64, epochs=200, seed=0, device="auto", progress=None):
    """Refine features by a variational graph autoencoder; the latents are features like any other.

    Parameters
    ----------
    corpus : Corpus
    graph : str
        The graph to learn; its features are the input.
    name : str
        Key of the model and of the latents.
    latent_dim, epochs, seed : int
    device : {"auto", "cpu", "cuda"}
    progress : callable(stage, done, total), optional

    Returns
    -------
    Made
    """
    from artgraph.vgae import Config, train_vgae

    params = {"latent_dim": latent_dim, "epochs": epochs, "seed": seed}
    trained = []

    def fit():
        report = None if progress is None else lambda done, total: progress("train-vgae", done, total)
        X = features_of(corpus, corpus.label("graphs", graph)["made_by"]["params"]["on"])
        trained.append(
            train_vgae(X, adjacency_of(corpus, graph), config=Config(**params), device=device, progress=report)
        )
        return {"": trained[0].state}, {**trained[0].facts, "history": trained[0].history}

    def latents():
        from artgraph.vgae import encode

        if trained:
            mu = trained[0].mu
        else:  # the model was up to date and its latents were not
            X = features_of(corpus, corpus.label("graphs", graph)["made_by"]["params"]["on"])
            mu, _ = encode(
                corpus.get("models", name), X, adjacency_of(corpus, graph), config=Config(**params), device=device
            )
        return {"": mu}, {"n": len(mu), "dimensions": mu.shape[1]}

    model = make(
        corpus,
        "models",
        name,
        function="artgraph.vgae.train_vgae",
        params=params,
        refs=[f"graphs/{graph}"],
        compute=fit,
    )
    make(
        corpus,
        "features",
        name,
        function="artgraph.vgae.encode",
        params={},
        refs=[f"models/{name}", f"graphs/{graph}"],
        compute=latents,
    )
    return model
