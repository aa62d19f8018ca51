"""One partition found by any method, and found again in subsamples to see how sure it is."""

from typing import NamedTuple

import numpy as np

__all__ = ["Found", "find"]

RUNS = {"graph": 8, "features": 4}  # subsamples; those of features cost as much as the whole


class Found(NamedTuple):
    """A partition, and how to find it again.

    Attributes
    ----------
    labels : ndarray, shape (n,), int32
    facts : dict
        JSON values for the label.
    again : callable(rows, seed) -> labels
        The same method on some of the rows.
    takes : {"graph", "features"}
    profile : Profile or None
        Where the resolution was chosen automatically.
    """

    labels: np.ndarray
    facts: dict
    again: object
    takes: str
    profile: object = None

    def soft(self, labels, data, *, adjacency, seed=0):
        """Return the soft membership as arrays to keep (dict), and figures about it (dict).

        Parameters
        ----------
        labels : ndarray, shape (n,), int32
            As in the partition that is kept.
        data : CSR, list of CSR, or ndarray (n, d)
        adjacency : (n, n) CSR
        seed : int
        """
        from artgraph import communities as c

        raw = c.feature_membership(data, labels) if self.takes == "features" else c.graph_membership(adjacency, labels)
        runs = c.subsample_runs(len(labels), self.again, n_runs=RUNS[self.takes], seed=seed)
        shares, seen = c.co_assignment(labels, runs)
        ready, fitted = c.calibrate(raw, labels, shares=shares, seen=seen)
        kept = c.assign_roles(ready, labels)
        counts = np.bincount(kept.role, minlength=len(c.ROLES)).tolist()
        figures = {"roles": dict(zip(c.ROLES, counts, strict=True)), "runs": len(runs), **fitted}
        return {field: getattr(kept, field) for field in kept._fields}, figures


def find(
    data,
    *,
    method="leiden",
    resolution=1.0,
    n_clusters=None,
    quality="modularity",
    layer_weights=None,
    fixed=None,
    max_size=None,
    seed=0,
    progress=None,
):
    """Find a partition; parameters as in ``artgraph.pipeline.communities``.

    Parameters
    ----------
    data : CSR, list of CSR, or ndarray (n, d)
        A graph, layers, or features.
    method, resolution, n_clusters, quality, layer_weights, fixed, max_size, seed
    progress : callable(done, total), optional

    Returns
    -------
    Found
    """
    from artgraph import communities as c

    takes = c.METHODS[method].takes
    if method != "leiden":
        return _plain(c, data, method=method, n_clusters=n_clusters, seed=seed, takes=takes)
    several = isinstance(data, list) or fixed is not None or max_size is not None
    if several or quality not in ("modularity", "cpm"):
        layers = data if isinstance(data, list) else [data]
        settings = {"layer_weights": layer_weights, "quality": quality, "resolution": resolution, "max_size": max_size}
        labels = c.leiden_multiplex(layers, fixed=fixed, seed=seed, **settings)

        def again(rows, seed):
            inside = [layer[rows][:, rows] for layer in layers]
            held = None if fixed is None else fixed[rows]
            return c.leiden_multiplex(inside, fixed=held, seed=seed, **settings)

        return Found(labels, {"resolution": resolution}, again, takes)
    profile, facts = None, {}
    if resolution == "auto":
        labels, profile = c.leiden_auto(data, seed=seed, progress=progress)
        facts["profile"] = {
            key: value if key == "chosen" else np.round(value, 4).tolist() for key, value in profile._asdict().items()
        }
        facts["verdict"] = c.verdict(profile)
        resolution = float(profile.resolution[profile.chosen]) if profile.chosen >= 0 else None
    elif n_clusters is None:
        labels = c.leiden(data, resolution=resolution, quality=quality, seed=seed)
    else:
        labels, resolution = c.leiden_n_clusters(data, n_clusters, quality=quality, seed=seed)

    def again(rows, seed):
        if resolution is None:
            return np.zeros(len(rows), dtype=np.int32)
        return c.leiden(data[rows][:, rows], resolution=resolution, quality=quality, seed=seed, n_iterations=2)

    return Found(labels, facts | {"resolution": resolution}, again, takes, profile)


def _plain(c, data, *, method, n_clusters, seed, takes):
    facts = {}
    if method == "spectral":
        values, proposed = c.eigengap(data, seed=seed)
        facts["eigengap"] = {"proposed": proposed, "eigenvalues": np.round(values, 6).tolist()}
        n_clusters = n_clusters or proposed or None
    labels = c.cluster(data, method, n_clusters=n_clusters, seed=seed)
    own = c.METHODS[method].number == "own"

    def again(rows, seed):
        part = data[rows][:, rows] if takes == "graph" else data[rows]
        most = np.count_nonzero(np.diff(part.indptr)) if takes == "graph" else len(rows)
        if not most:
            return np.full(len(rows), -1)
        wanted = None if own else min(max(int(labels.max(initial=0)) + 1, 1), most)
        return c.cluster(part, method, n_clusters=n_clusters if method == "bayesian-gmm" else wanted, seed=seed)

    return Found(labels, facts, again, takes)
