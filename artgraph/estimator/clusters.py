"""``StyleClusters``: what ``artgraph run`` finds, as a scikit-learn estimator."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from artgraph.checks import check_n_clusters
from artgraph.errors import InputError
from artgraph.estimator.fitting import Fitted, fit_vectors, read_fitted, works
from artgraph.estimator.placing import place_new
from artgraph.settings import FEATURES, ClusterSettings
from artgraph.soundness import check_parts
from artgraph.stages.lead import LEADS

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["StyleClusters"]


class StyleClusters(ClusterMixin, BaseEstimator):
    """Find groups of works that look alike, in vectors or in a folder of pictures.

    Nearest neighbours become a graph, and Leiden finds its clusters; where artists' names teach, an autoencoder refines
    the graph first. Labels, memberships and graph are those of ``artgraph run``, to the byte.

    Parameters
    ----------
    descriptors : sequence of str
        What pictures are described by; see ``artgraph.pipeline.describe``. Of vectors nothing is described.
    n_clusters : int or None
        None: as many as Leiden finds at ``resolution``.
    artists : bool or None
        Whether artists' names link works and teach the autoencoder. None: where 30 artists or more have two works.
    n_neighbors : int
    metric : {"cosine", "euclidean"}
    resolution : float or "auto"
        Of Leiden: higher gives more clusters.
    consensus : int or None
        So many runs of Leiden whose agreement is clustered.
    lead : {"auto", "leiden", "vgae-leiden"}
        Whether clusters are those of the features or of the latents; "auto": of the latents where artists that were
        kept from the autoencoder are told apart better by them.
    corpus : str, path or None
        Where the corpus of a folder of pictures is kept, for ``artgraph.pipeline`` and the command line. None: in a
        temporary folder, removed with the estimator.
    seed : int
    device : {"auto", "cpu", "cuda"}

    Attributes
    ----------
    labels_ : (n,) int32
        Cluster of each work, 0 the largest; -1 for works without links.
    probabilities_ : (n, k) float32
        Shares of the clusters, calibrated; rows sum to 1, or to 0 without a cluster.
    adjacency_ : (n, n) CSR
        The graph that the clusters were found in.
    latents_ : (n, 256) float32, or None
        Of the autoencoder, where one was trained.
    lead_, reason_ : str
        Which partition leads, and why.
    ids_ : (n,) object
        Of a folder: the works, in the order of the rows.
    corpus_ : Corpus or None
        Of a folder: what ``artgraph.pipeline`` works on, with partition ``lead_``.
    n_features_in_ : int
        Of vectors.

    Examples
    --------
    >>> from artgraph import StyleClusters
    >>> from artgraph.testing import toy_features
    >>> X, groups = toy_features(60)
    >>> StyleClusters(n_clusters=3).fit_predict(X)[:6]
    array([0, 1, 2, 0, 1, 2], dtype=int32)
    """

    def __init__(
        self,
        descriptors: Sequence[str] = FEATURES,
        n_clusters: int | None = None,
        artists: bool | None = None,
        *,
        n_neighbors: int = 15,
        metric: str = "cosine",
        resolution: float | str = 1.0,
        consensus: int | None = None,
        lead: str = "auto",
        corpus: str | Path | None = None,
        seed: int = 0,
        device: str = "auto",
    ) -> None:
        self.descriptors = descriptors
        self.n_clusters = n_clusters
        self.artists = artists
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.resolution = resolution
        self.consensus = consensus
        self.lead = lead
        self.corpus = corpus
        self.seed = seed
        self.device = device

    def fit(
        self,
        X: ArrayLike | str | Path,
        y: Any = None,
        *,
        artists: Sequence | Mapping[str, str] | None = None,
        dates: Sequence | Mapping[str, str] | bool | None = None,
        metadata: str | Path | None = None,
    ) -> StyleClusters:
        """Find the clusters.

        Parameters
        ----------
        X : (n, d) array of finite numbers, or a folder of pictures.
        y : Not used.
        artists : The n artists, as a catalogue writes them ("Workshop of Rembrandt"), None where unknown. Of a folder:
            {path below it: artist}, or in ``metadata``.
        dates : The n dates ("1632", "c. 1890"): joined with what is seen, by a low weight, so that clusters show period
            as well as look. Of a folder: {path: date}, or True for those in ``metadata``.
        metadata : Of a folder: a table, as for ``artgraph run``.

        Raises
        ------
        InputError (a ValueError)
            Arguments that cannot be used, or do not go together.
        """
        if self.lead not in LEADS:
            raise InputError(f"lead is {self.lead!r}; expected one of {', '.join(LEADS)}")
        if isinstance(X, (str, os.PathLike)):
            return self._fit_folder(Path(X), artists=artists, dates=dates, metadata=metadata)
        if metadata is not None or isinstance(artists, Mapping) or isinstance(dates, (bool, Mapping)):
            raise InputError("metadata, dates=True and {path: ...} are for a folder; of vectors, one for each row.")
        X = self._checked(validate_data(self, X, dtype=(np.float32, np.float64), ensure_min_samples=2))
        if self.n_clusters is not None:
            check_n_clusters(self.n_clusters, len(X))
        fitted = fit_vectors(
            X,
            works(len(X), artists, dates),
            graph=self._graph,
            clusters=self._clusters,
            names=self.artists,
            dates=dates is not None,
            lead=self.lead,
            seed=self.seed,
            device=self.device,
        )
        self.corpus_ = None
        return self._keep(fitted)

    def predict(self, X: ArrayLike | str | Path | Sequence[str | Path]) -> np.ndarray:
        """Place new works in the clusters, each as if it alone had come; nothing that was fitted moves.

        Parameters
        ----------
        X : (m, d) array; where pictures were fitted, a folder of pictures or a list of files.

        Returns
        -------
        (m,) int32
            -1 for a work that is farther from everything than the fitted works are from each other (one in twenty as a
            false alarm), or has no links.
        """
        check_is_fitted(self)
        if self.corpus_ is None:
            blocks = [self._checked(validate_data(self, X, dtype=(np.float32, np.float64), reset=False))]
        else:
            blocks = self._described(X)
        if self._fitted.dated is not None and len(blocks) < len(self._fitted.blocks):
            blocks.append(_period(self._fitted, blocks))
        return place_new(self._fitted, blocks, device=self.device)

    @property
    def _graph(self) -> dict[str, Any]:
        return {"n_neighbors": self.n_neighbors, "metric": self.metric}

    @property
    def _clusters(self) -> dict[str, Any]:
        return {"n_clusters": self.n_clusters, "resolution": self.resolution, "consensus": self.consensus}

    def _checked(self, X: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            X = np.ascontiguousarray(X, dtype=np.float32)
        check_parts("features", "X", {"": X})
        return X

    def _keep(self, fitted: Fitted) -> StyleClusters:
        found = fitted.leading
        self._fitted = fitted
        self.labels_, self.probabilities_, self.adjacency_ = found.labels, found.membership, found.adjacency
        self.latents_ = None if fitted.latents is None else fitted.latents.mu
        self.lead_, self.reason_ = fitted.lead, fitted.reason
        return self

    def _fit_folder(self, folder: Path, *, artists: Any, dates: Any, metadata: Any) -> StyleClusters:
        from artgraph import pipeline
        from artgraph.stages.lead import names_for

        ClusterSettings(seed=self.seed, **self._clusters)  # refused before anything is described
        out = self.corpus
        if out is None:
            out = tempfile.mkdtemp(prefix="artgraph-")
            weakref.finalize(self, shutil.rmtree, out, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="artgraph-") as beside:
            if (told := _told(artists, dates)) is not None:
                if metadata is not None:
                    raise InputError("Give artists and dates, or a table of metadata, not both.")
                metadata = Path(beside) / "metadata.csv"
                told.to_csv(metadata, index=False)
            corpus = pipeline.ingest(folder, out, metadata=metadata)
        names, _ = names_for(corpus, self.artists)
        wanted = [*self.descriptors, *(["date"] if dates is not None and dates is not False else [])]
        described = pipeline.describe(corpus, descriptors=wanted, seed=self.seed, device=self.device)
        on = [one.key for one in described]
        given = {"graph": self._graph, "clusters": self._clusters, "lead": self.lead, "names": names}
        first, why = pipeline.find_clusters(corpus, on=on, **given, seed=self.seed, device=self.device)
        self.corpus_, self.ids_ = corpus, corpus.paintings["id"].to_numpy(dtype=object)
        return self._keep(read_fitted(corpus, on, lead=first, reason=why))

    def _described(self, X: Any) -> list[np.ndarray]:
        """Return the features of a folder, or of files, as those of the fitted pictures were made."""
        from artgraph.folders import list_folder
        from artgraph.stages.project import project_each

        if isinstance(X, (str, os.PathLike)):
            files = [Path(X) / name for name in list_folder(X).pictures]
        else:
            files = [Path(file) for file in X]
        if not files:
            raise InputError("There is no picture to place.")
        on = _keys(self.corpus_)
        return project_each(self.corpus_, on, files, device=self.device)


def _keys(corpus: Corpus) -> list[str]:
    from artgraph.lineage import Lineage, Ref

    return list(Lineage(corpus).params(Ref("graphs", "style"))["on"])


def _period(fitted: Fitted, blocks: Sequence[np.ndarray]) -> np.ndarray:
    """Return the features of dates that nobody knows: those of the dated works that look most alike, (m, 95)."""
    from artgraph.descriptors import apply_fusion, fit_fusion
    from artgraph.descriptors.period import nearest_dated

    fusion = fit_fusion(fitted.blocks[:-1])
    X, new = apply_fusion(fitted.blocks[:-1], fusion), apply_fusion(blocks, fusion)
    dated = np.concatenate([fitted.dated, np.zeros(len(new), dtype=bool)])
    near = nearest_dated(np.concatenate([X, new]), dated, len(X) + np.arange(len(new)))
    return fitted.blocks[-1][near].mean(axis=1)


def _told(artists: Any, dates: Any) -> pd.DataFrame | None:
    """Return a table of what is told of the pictures of a folder; None where nothing is."""
    columns = {"artist": artists, "date": dates}
    columns = {name: values for name, values in columns.items() if values is not None and not isinstance(values, bool)}
    if not columns:
        return None
    for name, values in columns.items():
        if not isinstance(values, (Mapping, pd.Series)):
            raise InputError(f"The {name}s of a folder are given by path, as {{'0001.jpg': ...}}, or as metadata=FILE.")
    table = pd.DataFrame({name: pd.Series(dict(values), dtype=object) for name, values in columns.items()})
    return table.rename_axis("path").reset_index()
