"""A partition by any method, and how sure it is: the same method finds it again in parts of the paintings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from artgraph import communities
from artgraph.communities.consensus import kept_together, leiden_consensus
from artgraph.communities.laplacian import eigengap
from artgraph.communities.leiden_igraph import leiden, leiden_n_clusters
from artgraph.communities.membership import (
    ROLES,
    Membership,
    Refit,
    assign_roles,
    calibrate,
    co_assignment,
    feature_membership,
    graph_membership,
    subsample_runs,
)
from artgraph.communities.methods import METHODS, check_settings
from artgraph.communities.multiplex import leiden_multiplex
from artgraph.communities.resolution import Profile, leiden_auto, verdict
from artgraph.errors import InputError

__all__ = ["Partition", "cluster", "soft_membership"]

Progress = Callable[[int, int], None] | None
RUNS = {"graph": 8, "features": 4}  # subsamples; those of features cost as much as the whole
ROWS = 400_000  # that all subsamples together need, for what is fitted on them; two runs are the least


@dataclass(frozen=True)
class Partition:
    """A partition, and how to find it again in some of the rows.

    Attributes
    ----------
    labels : (n,) int32, 0 the largest cluster, -1 for none.
    refit : the same method on a part: (rows, seed) to labels.
    facts : JSON values: ``resolution``; for "auto" ``profile``, ``verdict``; for spectral clustering ``eigengap``.
    profile : where the resolution was chosen automatically.
    runs : (r, n) int32, labels of the runs of a consensus; None without one.
    """

    labels: np.ndarray
    refit: Refit
    facts: dict = field(default_factory=dict)
    profile: Profile | None = None
    runs: np.ndarray | None = None


def cluster(
    data: sp.sparray | Sequence[sp.sparray] | ArrayLike,
    method: str = "leiden",
    *,
    resolution: float | str = 1.0,
    n_clusters: int | None = None,
    quality: str = "modularity",
    consensus: int | None = None,
    layer_weights: Sequence[float] | None = None,
    fixed: np.ndarray | None = None,
    max_size: int | None = None,
    pieces: int = 1,
    seed: int = 0,
    progress: Progress = None,
) -> Partition:
    """Make a partition by a method's name.

    An unknown method, settings that do not go together, and a missing number of clusters that is needed raise
    ``InputError``.

    Parameters
    ----------
    data : a graph (n, n), layers of one, or features (n, d), as ``METHODS[method].takes`` says.
    method : a key of ``METHODS``.
    resolution : Leiden's; "auto" as in :func:`leiden_auto`.
    n_clusters : for a Bayesian mixture the most that there may be; spectral by default as ``eigengap`` proposes.
    consensus : Leiden's; the number of runs, as in :func:`leiden_consensus`.
    quality, layer_weights, fixed, max_size : Leiden's, as in :func:`leiden_multiplex`.
    pieces : Leiden's, as in :func:`leiden`.
    seed
    progress : called with (done, total) over the resolutions that "auto" tries.

    Examples
    --------
    >>> cluster([[0.0], [1.0], [5.0], [6.0], [7.0]], "kmeans", n_clusters=2).labels.tolist()
    [1, 1, 0, 0, 0]
    """
    several = isinstance(data, (list, tuple)) and any(map(sp.issparse, data))
    beyond = ["quality"] if quality != "modularity" else []
    beyond += ["layers"] if several else []
    beyond += [name for name, value in (("fixed", fixed), ("max_size", max_size)) if value is not None]
    beyond += ["pieces"] if pieces > 1 else []
    check_settings(method, resolution=resolution, n_clusters=n_clusters, beyond=beyond, consensus=consensus)
    if pieces > 1 and quality not in ("modularity", "cpm"):
        raise InputError(f"'pieces' are for modularity and cpm; leave '{quality}' or the pieces out.")
    if method != "leiden":
        return _by_name(data, method, n_clusters=n_clusters, seed=seed)
    if set(beyond) - {"quality", "pieces"} or quality not in ("modularity", "cpm"):
        settings = {"layer_weights": layer_weights, "quality": quality, "resolution": resolution, "max_size": max_size}
        return _multiplex(data if several else [data], fixed, seed=seed, **settings)
    settings = {"quality": quality, "consensus": consensus, "pieces": pieces, "seed": seed, "progress": progress}
    return _leiden(data, resolution, n_clusters, **settings)


def soft_membership(
    partition: Partition,
    data: sp.sparray | Sequence[sp.sparray] | np.ndarray,
    *,
    adjacency: sp.sparray,
    labels: np.ndarray | None = None,
    seed: int = 0,
) -> tuple[Membership, dict]:
    """Say how surely each row belongs to its cluster, calibrated on subsamples, or on the runs of a consensus.

    Returns the membership and JSON values: ``roles`` (how many of each), ``runs``, and what ``calibrate`` fitted.

    Parameters
    ----------
    partition, data : a partition and what it was made from.
    adjacency : (n, n) sparse, the graph whose links say where a row belongs, for methods on graphs.
    labels : (n,) int, the labels under other numbers, as :func:`keep_names` gives them.
    seed : of the subsamples.
    """
    labels = partition.labels if labels is None else labels
    takes = "features" if isinstance(data, np.ndarray) else "graph"
    raw = feature_membership(data, labels) if takes == "features" else graph_membership(adjacency, labels)
    if partition.runs is None:
        n_runs = min(RUNS[takes], max(2, ROWS // max(len(labels), 1)))
        runs = subsample_runs(len(labels), partition.refit, n_runs=n_runs, seed=seed)
    else:
        runs = [(np.arange(len(labels)), found) for found in partition.runs]
    shares, counts = co_assignment(labels, runs)
    ready, fitted = calibrate(raw, labels, shares=shares, counts=counts)
    found = assign_roles(ready, labels)
    roles = np.bincount(found.role, minlength=len(ROLES)).tolist()
    return found, {"roles": dict(zip(ROLES, roles, strict=True)), "runs": len(runs), **fitted}


def _leiden(
    adjacency: sp.sparray,
    resolution: float | str,
    n_clusters: int | None,
    *,
    quality: str,
    consensus: int | None,
    pieces: int,
    seed: int,
    progress: Progress,
) -> Partition:
    """Cluster one graph at a given resolution, one that gives so many clusters, or one chosen automatically."""
    profile, runs, facts = None, None, {}
    if resolution == "auto":
        labels, profile = leiden_auto(adjacency, seed=seed, progress=progress)
        resolution = float(profile.resolution[profile.chosen]) if profile.chosen >= 0 else None
        curves = {key: np.round(value, 4).tolist() for key, value in profile._asdict().items() if key != "chosen"}
        facts = {"profile": curves | {"chosen": profile.chosen}, "verdict": verdict(profile)}
    elif n_clusters is None:
        labels = leiden(adjacency, resolution=resolution, quality=quality, seed=seed, pieces=pieces)
    else:
        labels, resolution = leiden_n_clusters(adjacency, n_clusters, quality=quality, seed=seed)
    if consensus is not None and resolution is not None:
        labels, runs = leiden_consensus(adjacency, consensus, resolution=resolution, n_clusters=n_clusters, seed=seed)
        facts["consensus"] = _agreement(adjacency, labels, runs)

    def refit(rows: np.ndarray, seed: int) -> np.ndarray:
        if resolution is None:
            return np.zeros(len(rows), dtype=np.int32)
        part = adjacency[rows][:, rows]
        return leiden(part, resolution=resolution, quality=quality, seed=seed, n_iterations=2, pieces=pieces)

    return Partition(labels, refit, facts | {"resolution": resolution}, profile, runs)


def _agreement(adjacency: sp.sparray, labels: np.ndarray, runs: np.ndarray) -> dict[str, float]:
    """Return how many runs there were, and the mean share of them that keep a link inside clusters, or between them."""
    first, second = adjacency.nonzero()
    share, inside = kept_together(first, second, runs), labels[first] == labels[second]
    means = {"inside": share[inside], "between": share[~inside]}
    return {"runs": len(runs)} | {key: round(float(part.mean()), 4) for key, part in means.items() if part.size}


def _multiplex(layers: list[sp.sparray], fixed: np.ndarray | None, *, seed: int, **settings: object) -> Partition:
    """Cluster layers, with rows that are fixed and a limit on size."""

    def refit(rows: np.ndarray, seed: int) -> np.ndarray:
        held = None if fixed is None else fixed[rows]
        return leiden_multiplex([m[rows][:, rows] for m in layers], fixed=held, seed=seed, **settings)

    labels = leiden_multiplex(layers, fixed=fixed, seed=seed, **settings)
    return Partition(labels, refit, {"resolution": settings["resolution"]})


def _by_name(data: sp.sparray | ArrayLike, method: str, *, n_clusters: int | None, seed: int) -> Partition:
    """Cluster by any method but Leiden; subsamples get as many clusters as the whole, where that can be set."""
    about, facts = METHODS[method], {}
    function = getattr(communities, about.function)
    on_graph = about.takes == "graph"

    def run(data: sp.sparray | ArrayLike, n_clusters: int | None, seed: int) -> np.ndarray:
        given = () if n_clusters is None else (n_clusters,)
        return function(data, *given, **({"seed": seed} if about.seeded else {}))

    def refit(rows: np.ndarray, seed: int) -> np.ndarray:
        part = data[rows][:, rows] if on_graph else data[rows]
        if about.number == "own" or method == "bayesian-gmm":
            return run(part, n_clusters, seed)
        most = np.count_nonzero(np.diff(part.indptr)) if on_graph else len(rows)
        wanted = min(max(int(labels.max(initial=0)) + 1, 1), most)
        return run(part, wanted, seed) if most else np.full(len(rows), -1)

    data = data if on_graph else np.asarray(data)
    if method == "spectral":
        values, proposed = eigengap(data, seed=seed)
        facts["eigengap"] = {"proposed": proposed, "eigenvalues": np.round(values, 6).tolist()}
        n_clusters = n_clusters or proposed or None
    labels = run(data, n_clusters, seed)
    return Partition(labels, refit, facts)
