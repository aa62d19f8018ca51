import numpy as np
import pytest
import torch

from artgraph.graph import jaccard_weights, knn
from artgraph.testing import toy_features


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def toy():
    """Features, graph, groups: three groups in 8 dimensions."""
    X, groups = toy_features(90)
    return X, jaccard_weights(knn(X, n_neighbors=8).indices), groups


@pytest.fixture(scope="session")
def thirty_artists():
    """Features in which the artist is a faint direction among strong ones: 30 artists with 8 works each."""
    rng = np.random.default_rng(0)
    n_artists, works = 30, 8
    artist = np.repeat(np.arange(n_artists), works)
    manner = rng.standard_normal((n_artists, 4))[artist]
    X = np.hstack(
        [1.5 * manner + 0.6 * rng.standard_normal((len(artist), 4)), 2 * rng.standard_normal((len(artist), 12))]
    )
    X = X.astype(np.float32)
    X.flags.writeable = False
    return (
        X,
        jaccard_weights(knn(X, n_neighbors=8).indices),
        np.array([f"Artist {i:02d}" for i in artist], dtype=object),
    )
