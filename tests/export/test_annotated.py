"""AnnData by its documented schema; scanpy itself is run on these files outside the suite."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from artgraph.colors import cluster_color
from artgraph.errors import ArtgraphError, InputError
from artgraph.export import to_anndata, write_h5ad

anndata = pytest.importorskip("anndata")

FRAME = pd.DataFrame(
    {
        "id": ["000001", "b\x00", "c"],
        "title": ["A", None, "A"],
        "Height/cm": [1.5, np.nan, 2.0],
        "year": pd.array([1890, None, 1901], dtype="Int64"),
        "count": [1, 2, 3],
        "grey": [True, False, True],
        "_index": ["x", "y", "z"],
    }
)
X = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]], dtype=np.float32)
PAIR = sp.csr_array(np.array([[0, 0.25, 0], [0.25, 0, 0], [0, 0, 0]]))
NEAR = np.array([[1, -1], [0, 2], [-1, -1]]), np.array([[0.0, np.inf], [0.5, 0.75], [np.inf, np.inf]])


def made():
    return to_anndata(
        X,
        FRAME,
        adjacency=PAIR,
        neighbors=NEAR,
        labels=[1, 0, -1],
        layout=[[0, 0], [1, 1], [-1, 0.5]],
        features={"gram": X * 2},
        artist_adjacency=PAIR * 2,
        params={"n_neighbors": 2, "metric": "cosine", "kernel": "jaccard", "seed": 3, "on": ["gram"]},
    )


def test_schema_is_what_scanpy_stores(tmp_path):
    write_h5ad(tmp_path / "a.h5ad", made())
    data = anndata.read_h5ad(tmp_path / "a.h5ad")
    assert data.obs_names.tolist() == ["000001", "b", "c"]
    assert data.obs["cluster"].tolist() == ["1", "0", "-1"]
    assert data.obs["cluster"].cat.categories.tolist() == ["0", "1", "-1"]
    assert data.uns["cluster_colors"].tolist() == [cluster_color(0), cluster_color(1), cluster_color(-1)]
    assert data.obs.columns.tolist() == ["cluster", "title", "Height|cm", "year", "count", "grey", "_index_2"]
    assert data.obs["title"].isna().tolist() == [False, True, False]
    assert np.array_equal(data.obs["year"], [1890, np.nan, 1901], equal_nan=True)
    assert data.obs["count"].dtype == np.int64
    assert data.obs["grey"].dtype == bool
    neighbors = data.uns["neighbors"]
    assert (neighbors["connectivities_key"], neighbors["distances_key"]) == ("connectivities", "distances")
    assert neighbors["params"] == {
        "n_neighbors": 2,
        "method": "jaccard",
        "metric": "cosine",
        "random_state": 3,
        "use_rep": "X",
    }
    # the last painting has no links: one to itself
    assert data.obsp["connectivities"].toarray().tolist() == [[0, 0.25, 0], [0.25, 0, 0], [0, 0, 1]]
    distances = data.obsp["distances"]
    assert distances.nnz == 3
    assert distances[1].toarray().ravel().tolist() == [0.5, 0, 0.75]
    assert 0 < distances[0, 1] < 1e-30
    assert data.obsp["artists"][0, 1] == 0.5
    assert np.array_equal(data.X, X)
    assert np.array_equal(data.obsm["X_gram"], X * 2)
    assert data.obsm["X_map"].shape == (3, 2)
    assert data.uns["artgraph"]["on"] == '["gram"]'
    assert [p.name for p in tmp_path.iterdir()] == ["a.h5ad"]


def test_without_the_package_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "anndata", None)
    with pytest.raises(ArtgraphError, match=r"artgraph\[anndata\]"):
        made()


def test_refusals():
    with pytest.raises(InputError, match="rows of features"):
        to_anndata(X[:2], FRAME, adjacency=PAIR)
    with pytest.raises(InputError, match="unique"):
        to_anndata(X, FRAME.assign(id=["a", "a\x00", "b"]), adjacency=PAIR)
