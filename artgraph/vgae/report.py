"""What latents are like: how many dimensions are alive, and how much of the neighbourhoods is new."""

import numpy as np
import torch

from artgraph.graph import knn
from artgraph.vgae.losses import kl_divergence

__all__ = ["active_units", "describe_latents", "neighbor_overlap"]

ACTIVE = 0.01  # variance of mu over paintings, as in Burda et al. 2016
MOST_ROWS = 20_000  # for the overlap of neighbourhoods


def active_units(mu):
    """Return how many latent dimensions vary over the paintings: Var(mu) > 0.01 (Burda et al. 2016, arXiv 1509.00519).

    Parameters
    ----------
    mu : (n, k) array

    Returns
    -------
    int, 0 to k
    """
    return int((np.var(mu, axis=0) > ACTIVE).sum()) if len(mu) else 0


def neighbor_overlap(X, Z, *, n_neighbors=15):
    """Return the share of a row's nearest neighbours in X that are among its nearest in Z, by cosine, on average.

    1 says that Z only echoes X. At most the first 20,000 rows are looked at.

    Parameters
    ----------
    X, Z : (n, d) and (n, k) float arrays
    n_neighbors : int

    Returns
    -------
    float in [0, 1]
    """
    before, after = (knn(values[:MOST_ROWS], n_neighbors=n_neighbors).indices for values in (X, Z))
    asked = before >= 0
    found = (before[:, :, None] == after[:, None, :]).any(axis=2) & asked
    return float(found.sum() / max(1, asked.sum()))


def describe_latents(X, mu, logstd, *, config):
    """Return figures on latents (dict): active units, KL per dimension, neighbour overlap, and a warning or None.

    Parameters
    ----------
    X : (n, d) array
        The features that went in.
    mu : (n, k) array
    logstd : (n, k) array or None
        None where latents are no distributions.
    config : Config
    """
    active = active_units(mu)
    facts = {"active_units": active, "neighbor_overlap": round(neighbor_overlap(X, mu), 3)}
    if logstd is not None and config.model == "vgae":
        kl = kl_divergence(torch.from_numpy(mu), torch.from_numpy(logstd)).mean(dim=0)
        facts["kl_per_dimension"] = [round(value, 3) for value in kl.tolist()]
    few = min(2, mu.shape[1])
    collapsed = config.learns and active < few
    facts["warning"] = (
        f"the latents collapsed: {active} of {mu.shape[1]} dimensions vary; lower kl_weight ({config.kl_weight:g}), or "
        "give each dimension free_bits"
        if collapsed
        else None
    )
    return facts
