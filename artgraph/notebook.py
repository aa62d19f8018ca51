"""A corpus as a person reads it in a notebook. What is shown needs the stages, and is loaded when it is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse as sp

__all__ = ["Shown"]


class Shown:
    """What ``Corpus`` offers in a notebook; see ``artgraph.views``."""

    def labels(self, partition: str | None = None) -> pd.Series:
        """Return the cluster of every painting: int32 by id, -1 for none; default: the partition shown first."""
        return _views().labels(self, partition)

    def graph(self, name: str | None = None) -> sp.csr_matrix:
        """Return a graph as clusters are found in it, (n, n) CSR float32, rows as in ``paintings``.

        Artist edges are in it where it has any. Default: the graph under the partition that is shown first. For one of
        networkx, igraph or torch-geometric, with the table beside it: ``artgraph.pipeline.network``.
        """
        return _views().graph(self, name)

    def __repr__(self) -> str:
        return _views().text(self)

    def _repr_html_(self) -> str:
        return _views().html(self)


def _views():
    return importlib.import_module("artgraph.views")
