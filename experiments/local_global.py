"""System 2: the local-global pipeline and the attempts on its way, each by itself.

(a) a VGAE on same-artist edges, its nodes described by ResNet-50's last layer; (b) Gram matrices of the convolutions 8,
10, 15 and 22 of a ResNet-50, each clustered by k-means; (e) codes of an InfoVAE's windows joined to CSD features, a
Bayesian Gaussian mixture; (f) DEC on the joined features. (c) is ``window_codes``, (d) is ``style_training``.

Where the source names no number of clusters there are as many as styles. What reads artists' names is trained twice:
with all names, as the source did, and with half of them, and judged on the works by the other half too.
"""

import warnings
from functools import partial

import numpy as np
import torch

from artgraph.communities import bayesian_gaussian_mixture, dec, kmeans
from artgraph.descriptors import fuse, make_descriptor
from experiments.common import described
from experiments.study import Row, judged

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)  # torch-geometric 2.8 is built on what torch 2.14 calls outdated
    from torch_geometric import seed_everything
    from torch_geometric.nn import VGAE, GCNConv

__all__ = ["ROWS", "published_vgae", "same_artist_edges"]

HIDDEN, LATENT = 32, 16  # Kipf and Welling 2016
EPOCHS = 200
CONVOLUTIONS = {"gram:resnet50": (8, 10, 15, 22), "gram:resnet18": (4, 5, 7, 9)}  # the same places in both


class Convolutions(torch.nn.Module):
    """The encoder of Kipf and Welling 2016 (arXiv 1611.07308): (n, d) → mu and logstd, both (n, LATENT)."""

    def __init__(self, d):
        super().__init__()
        self.hidden, self.mu, self.logstd = GCNConv(d, HIDDEN), GCNConv(HIDDEN, LATENT), GCNConv(HIDDEN, LATENT)

    def forward(self, X, edges):
        H = self.hidden(X, edges).relu()  # (n, HIDDEN)
        return self.mu(H, edges), self.logstd(H, edges)


def same_artist_edges(artists):
    """Return all pairs of works by one artist, in both directions, (2, e) int64; "" is no artist.

    Examples
    --------
    >>> same_artist_edges(["Klee", "", "Klee", ""]).tolist()
    [[0, 2], [2, 0]]
    """
    names = np.asarray(artists, dtype=object)
    pairs = [np.empty((2, 0), dtype=np.int64)]
    for name in sorted(set(names) - {""}):
        rows = np.flatnonzero(names == name)
        both = np.stack(np.meshgrid(rows, rows, indexing="ij")).reshape(2, -1)
        pairs.append(both[:, both[0] != both[1]])
    return np.concatenate(pairs, axis=1)


def published_vgae(X, edges, *, epochs=EPOCHS, seed=0):
    """Return the latents (n, LATENT) of torch-geometric's VGAE.

    Parameters
    ----------
    X : (n, d) array
    edges : (2, e) int array
    epochs, seed : int
    """
    seed_everything(seed)  # torch-geometric draws pairs that are no edges from several libraries
    X, edges = torch.tensor(X, dtype=torch.float32), torch.from_numpy(edges)
    X = torch.nn.functional.normalize(X - X.mean(dim=0), dim=1)
    model = VGAE(Convolutions(X.shape[1]))
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(epochs):
        optimiser.zero_grad()
        Z = model.encode(X, edges)
        loss = model.recon_loss(Z, edges) + model.kl_loss() / len(X)
        loss.backward()
        optimiser.step()
    model.eval()
    with torch.no_grad():
        return model.encode(X, edges).numpy()


def artist_vgae(study, seed):
    """Return the figures (dict) of (a): k-means on the latents."""
    X = study.features("ResNet-50")
    given = np.where(study.hidden(seed), "", study.column("artist"))
    epochs = 5 if study.quick else EPOCHS
    latents, half = (
        published_vgae(X, same_artist_edges(names), epochs=epochs, seed=seed)
        for names in (study.column("artist"), given)
    )
    labels, hidden = (kmeans(Z, study.n_styles, seed=seed) for Z in (latents, half))
    return judged(study, seed, latents, labels, half=(hidden, hidden))


def gram_of_layer(study, seed, *, place):
    """Return the figures (dict) of (b) for the layer at ``place`` among four."""
    spec = study.spec("ResNet-50's layers")
    convolutions = [f"conv{number}" for number in CONVOLUTIONS[spec]]
    descriptor = make_descriptor(spec, weights=study.weights, layers=convolutions)
    descriptor.key = f"{spec.replace(':', '-')}-convolutions"
    corpus = described(
        study.arguments.paintings, study.work, metadata=study.arguments.metadata, descriptors=[descriptor]
    )
    X = np.split(corpus.get("features", descriptor.key), len(convolutions), axis=1)[place]
    return judged(study, seed, X, kmeans(X, study.n_styles, seed=seed)) | {"convolution": convolutions[place]}


def joined(study):
    """Return codes of windows and CSD features with equal say, (n, d) float32."""
    return fuse([study.features("patches"), study.features("CSD")])


def mixture(study, seed):
    """Return the figures (dict) of (e)."""
    X = joined(study)
    labels = bayesian_gaussian_mixture(X, seed=seed)
    return judged(study, seed, X, labels, equal=bayesian_gaussian_mixture(X, study.n_styles, seed=seed))


def embedded(study, seed):
    """Return the figures (dict) of (f)."""
    X = joined(study)
    return judged(study, seed, X, dec(X, study.n_styles, seed=seed))


OTHER_DATA = "No figure of the source can be set beside ours."

ROWS = (
    Row(
        "(a) VGAE on same-artist edges, k-means",
        artist_vgae,
        networks=("ResNet-50",),
        differs=OTHER_DATA + " Works by hidden artists have no edges: the encoder hears their features alone.",
    ),
    *(
        Row(
            f"(b) Gram matrix of convolution {number}, k-means",
            partial(gram_of_layer, place=place),
            networks=("ResNet-50's layers",),
            differs=OTHER_DATA,
        )
        for place, number in enumerate(CONVOLUTIONS["gram:resnet50"])
    ),
    Row(
        "(e) window codes and CSD, Bayesian Gaussian mixture",
        mixture,
        networks=("CSD",),
        differs=OTHER_DATA,
    ),
    Row("(f) window codes and CSD, DEC", embedded, networks=("CSD",), differs=OTHER_DATA),
)
