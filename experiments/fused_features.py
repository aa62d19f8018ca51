"""System 1: colour, texture and deep features in one vector, k-means with 50 clusters, read by their artists.

Saturation, value and hue, dominant colours by k-means, grey-level co-occurrence, CLIP and ResNet-50, each block
standardised and scaled to the same total variance, joined; PCA to 90 % of the variance, 1,000 dimensions at most;
k-means with k = 50 (k-means++, 10 starts). Soft assignment: a softmax over distances to the centres, to which a share
of each cluster's dispersion is added as a penalty.

**How a cluster is read**, in place of the eyes of the source. Each artist has a main style, the one of most of their
works. Take the five artists with most works in the cluster: the share of their works there that are by artists of one
main style says how far the cluster hangs together. Two thirds and more: clearly aligned; one half and more: partly
coherent; less: heterogeneous. Beside it stands the same for clusters of the same sizes dealt at random.
"""

from functools import partial

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA

from artgraph.communities import kmeans
from experiments.study import Row, judged

__all__ = ["ROWS", "fused", "read_clusters", "soft_assignment"]

CLUSTERS = 50
MOST = 1000  # dimensions
PENALTY = 0.5  # of a cluster's dispersion
MAJORITY = 5  # artists
HSV_AND_DOMINANT = slice(410, 437)  # of ``artgraph.descriptors.color.color_vector``
GLCM = slice(0, 48)  # of ``artgraph.descriptors.texture.texture_vector``


def fused(study):
    """Return the joined and reduced features, (n, d) float32."""
    blocks = [
        study.features("color")[:, HSV_AND_DOMINANT],
        study.features("texture")[:, GLCM],
        study.features("CLIP"),
        study.features("ResNet-50"),
    ]
    joined = np.concatenate([_standard(block) for block in blocks], axis=1)
    pca = PCA(min(MOST, *joined.shape), svd_solver="covariance_eigh").fit(joined)
    kept = int(np.searchsorted(np.cumsum(pca.explained_variance_ratio_), 0.9)) + 1
    return pca.transform(joined)[:, :kept].astype(np.float32)


def _standard(block):
    """Return a block (n, d) with columns of mean 0 and one variance, which together have variance 1."""
    spread = block.std(axis=0)
    return (block - block.mean(axis=0)) / np.where(spread > 1e-9, spread, 1) / np.sqrt(block.shape[1])


def soft_assignment(X, labels, *, penalty=PENALTY):
    """Return how far each work belongs to each cluster.

    p_ij ∝ exp(-(d_ij + penalty · s_j) / τ), with d_ij the distance of work i to the mean of cluster j, s_j the mean
    distance of the works of j to it (its dispersion), and τ the mean of s.

    Parameters
    ----------
    X : (n, d) array
    labels : (n,) int array
        0 … k - 1, none of them empty.
    penalty : float

    Returns
    -------
    (n, k) float array, rows sum to 1
    """
    centres = np.stack([X[labels == j].mean(axis=0) for j in range(labels.max() + 1)])
    square = (X**2).sum(axis=1)[:, None] - 2 * X @ centres.T + (centres**2).sum(axis=1)
    distance = np.sqrt(np.maximum(square, 0))  # (n, k)
    dispersion = np.array([distance[labels == j, j].mean() for j in range(len(centres))])
    score = -(distance + penalty * dispersion) / max(dispersion.mean(), 1e-12)
    share = np.exp(score - score.max(axis=1, keepdims=True))
    return share / share.sum(axis=1, keepdims=True)


def read_clusters(labels, artists, styles):
    """Return how many clusters are clearly aligned, partly coherent and heterogeneous (dict of int).

    Parameters
    ----------
    labels : (n,) int array
    artists, styles : (n,) sequence of str
    """
    table = pd.DataFrame({"cluster": labels, "artist": artists, "style": styles})
    main = table.groupby("artist")["style"].agg(lambda values: values.value_counts().index[0])
    counts = {"clearly aligned": 0, "partly coherent": 0, "heterogeneous": 0}
    for _, works in table.groupby("cluster"):
        majority = works["artist"].value_counts().head(MAJORITY)
        share = majority.groupby(main[majority.index].to_numpy()).sum().max() / majority.sum()
        kind = "clearly aligned" if share >= 2 / 3 else "partly coherent" if share >= 1 / 2 else "heterogeneous"
        counts[kind] += 1
    return counts


def cluster(study, seed):
    """Return the figures (dict) of k-means with 50 clusters, and of as many as there are styles."""
    X = fused(study)
    count = min(CLUSTERS, len(X) // 4)
    labels = kmeans(X, count, seed=seed)
    share = soft_assignment(X, labels)
    dealt = np.random.default_rng([seed, 7]).permutation(labels)
    return judged(study, seed, X, labels, equal=kmeans(X, study.n_styles, seed=seed)) | {
        "read by majority artists": read_clusters(labels, study.artist, study.style),
        "read, dealt at random": read_clusters(dealt, study.artist, study.style),
        "dimensions": X.shape[1],
        "soft assignment": {
            "largest share": float(share.max(axis=1).mean()),
            "changed cluster": float((share.argmax(axis=1) != labels).mean()),
        },
    }


def block_alone(study, seed, *, block):
    """Return the figures (dict) of the same k-means on one block."""
    X = _standard(study.features(block)).astype(np.float32)
    labels = kmeans(X, min(CLUSTERS, len(X) // 4), seed=seed)
    return judged(study, seed, X, labels, equal=kmeans(X, study.n_styles, seed=seed))


ROWS = (
    Row(
        "colour, texture and deep features, k-means, k = 50",
        cluster,
        networks=("CLIP", "ResNet-50"),
        reported={"clearly aligned": 26, "partly coherent": 13, "heterogeneous": 11},
        differs="The rule that the source read its clusters by is not known to us, ours is written in this file; the "
        "paintings are others, and so are the networks. Clusters dealt at random show what the rule gives for nothing.",
    ),
    Row(
        "the deep features alone (CLIP), k-means, k = 50",
        partial(block_alone, block="CLIP"),
        networks=("CLIP",),
        published=False,
    ),
)
