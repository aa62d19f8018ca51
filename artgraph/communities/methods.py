"""Every way to make a partition, what it is made from, and which settings it has; light enough for a help text."""

from collections.abc import Iterable
from typing import NamedTuple

from artgraph.errors import InputError

__all__ = ["METHODS", "QUALITIES", "Method", "check_settings"]


class Method(NamedTuple):
    """One way to make a partition.

    Attributes
    ----------
    function : its name in ``artgraph.communities``.
    takes : "graph" or "features".
    number : of clusters, "needed", "optional" or "own": it must be given, can be, or is the method's own affair.
    seeded : whether anything is drawn by chance.
    """

    function: str
    takes: str
    number: str
    seeded: bool = True


METHODS = {
    "leiden": Method("leiden", "graph", "optional"),
    "spectral": Method("spectral", "graph", "optional"),
    "kmeans": Method("kmeans", "features", "needed"),
    "agglomerative": Method("agglomerative", "features", "needed", seeded=False),
    "gmm": Method("gaussian_mixture", "features", "needed"),
    "bayesian-gmm": Method("bayesian_gaussian_mixture", "features", "optional"),
    "hdbscan": Method("hdbscan", "features", "own", seeded=False),
    "dec": Method("dec", "features", "needed"),
}
QUALITIES = ("modularity", "cpm", "rb-er", "surprise", "significance")
"""What Leiden can maximise: see :func:`~artgraph.communities.leiden_multiplex`."""


def check_settings(
    method: str,
    *,
    resolution: float | str = 1.0,
    n_clusters: int | None = None,
    beyond: Iterable[str] = (),
    consensus: int | None = None,
) -> None:
    """Raise an InputError for an unknown ``method``, or settings that do not go together.

    Parameters
    ----------
    method, resolution, n_clusters : as in :func:`~artgraph.communities.cluster`.
    beyond : other settings of Leiden that are not at their defaults: quality, layers, fixed, max_size, pieces.
    consensus : Leiden's; it weights the links of one graph anew, and only modularity does not depend on their scale.
    """
    from artgraph.checks import check_choice

    check_choice("method", method, METHODS)
    beyond, number = list(beyond), METHODS[method].number
    if method != "leiden":
        runs = ["consensus"] if consensus is not None else []
        for name in [*beyond, *(["resolution"] if resolution == "auto" else []), *runs]:
            raise InputError(f"'{name}' is a setting of Leiden; '{method}' does not have it.")
    if number == "needed" and n_clusters is None:
        raise InputError(f"'{method}' needs to know how many clusters there are. Add: --n-clusters 11")
    if number == "own" and n_clusters is not None:
        raise InputError(f"'{method}' finds the number of clusters itself. Leave --n-clusters out.")
    if resolution == "auto" and (n_clusters is not None or beyond):
        other = "n_clusters" if n_clusters is not None else beyond[0]
        raise InputError(f"resolution 'auto' chooses by itself, on one graph; leave '{other}' out.")
    if consensus is not None and beyond:
        raise InputError(f"'consensus' is for Leiden with modularity on one graph; leave '{beyond[0]}' out.")
    if "pieces" in beyond and (others := [name for name in beyond if name not in ("pieces", "quality")]):
        raise InputError(f"'pieces' are for Leiden on one graph; leave '{others[0]}' out.")
    if n_clusters is not None and set(beyond) - {"quality"}:
        other = next(name for name in beyond if name != "quality")
        raise InputError(f"'n_clusters' and '{other}' do not go together; set the resolution instead.")
