"""An analysis made elsewhere becomes one of the corpus, and goes out again with nothing lost."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from click.testing import CliRunner

from artgraph import Corpus, pipeline
from artgraph.cli import main
from artgraph.errors import InputError
from artgraph.export.from_anndata import read_analysis
from artgraph.lineage import Lineage, Ref
from artgraph.testing import toy_features

anndata = pytest.importorskip("anndata")
N = 80


def table(n=N, start=0):
    rows = range(start, start + n)
    return pd.DataFrame(
        {
            "id": [f"w{row:03d}" for row in rows],
            "artist": [f"Artist {row % 4}" for row in rows],
            "date": [f"{1700 + row}" for row in rows],
            "style": [f"manner {row % 4}" for row in rows],
        }
    )


def as_scanpy_stores(n=N, *, numbers=True):
    """An AnnData with neighbours, clusters, PCA and UMAP, under the names that scanpy 1.11 gives them."""
    X, groups = toy_features(n, n_groups=4, d=8)
    rng = np.random.default_rng(0)
    from artgraph.graph import edge_weights, knn

    near = knn(X, n_neighbors=6, metric="euclidean")
    weights = edge_weights(near, kernel="fuzzy")
    distances = sp.csr_matrix(
        (near.distances.ravel().astype(np.float64), near.indices.ravel(), np.arange(0, 6 * n + 1, 6)), shape=(n, n)
    )
    names = [str(one) for one in groups] if numbers else [f"School {'ABCD'[one]}" for one in groups]
    obs = pd.DataFrame({"leiden": pd.Categorical(names)}, index=table(n)["id"].to_numpy(dtype=object))
    data = anndata.AnnData(X.copy(), obs=obs)
    data.obsm["X_pca"] = X[:, :3] * 2
    data.obsm["X_umap"] = rng.standard_normal((n, 2)).astype(np.float32)
    data.obsp["connectivities"], data.obsp["distances"] = weights, distances
    params = {"n_neighbors": 7, "method": "umap", "metric": "euclidean", "random_state": 0, "use_rep": "X"}
    keys = {"connectivities_key": "connectivities", "distances_key": "distances"}
    data.uns["neighbors"] = {**keys, "params": params}
    return data


@pytest.fixture
def corpus(tmp_path):
    """A table alone."""
    table().to_csv(tmp_path / "table.csv", index=False)
    return pipeline.ingest(None, tmp_path / "corpus", metadata=tmp_path / "table.csv")


@pytest.fixture
def file(tmp_path):
    data = as_scanpy_stores()
    data[np.random.default_rng(3).permutation(N)].copy().write_h5ad(tmp_path / "a.h5ad")  # in another order
    return tmp_path / "a.h5ad"


def test_all_of_a_file_of_scanpy_comes_in_and_goes_out(corpus, file):
    made = pipeline.import_vectors(corpus, file, name="scanpy", everything=True)
    assert (made.kind, made.key) == ("partitions", "scanpy")
    given = as_scanpy_stores()
    assert corpus.labels("scanpy").astype(str).tolist() == given.obs["leiden"].tolist()
    out = anndata.read_h5ad(pipeline.export(corpus, to="anndata", partition="scanpy").key)
    assert out.obs_names.tolist() == given.obs_names.tolist()
    assert out.obs["cluster"].tolist() == given.obs["leiden"].tolist()
    np.testing.assert_array_equal(out.X, given.X)
    np.testing.assert_array_equal(out.obsm["X_pca"], given.obsm["X_pca"])
    np.testing.assert_array_equal(out.obsm["X_map"], given.obsm["X_umap"])
    assert abs(out.obsp["connectivities"] - given.obsp["connectivities"]).max() == 0
    assert abs(out.obsp["distances"] - given.obsp["distances"].astype(np.float32)).max() == 0
    said = out.uns["neighbors"]["params"]
    assert {key: said[key] for key in ("n_neighbors", "method", "metric", "use_rep")} == {
        "n_neighbors": 7, "method": "umap", "metric": "euclidean", "use_rep": "X",
    }  # fmt: skip


def test_what_came_in_can_be_judged_drawn_and_explained(corpus, file):
    pipeline.import_vectors(corpus, file, name="scanpy", everything=True)
    report = pipeline.evaluate(corpus, partition="scanpy")
    assert report.facts["scores"]["ami"] == pytest.approx(1)  # the four groups are the four styles
    assert "cluster" in pipeline.interpret(corpus, partition="scanpy").facts["summary"]
    pipeline.atlas(corpus, partition="scanpy")
    page = (corpus.path / "atlas" / "data.js").read_text("utf-8")
    assert '"scanpy"' in page
    assert not Lineage(corpus).stale(Ref("partitions", "scanpy"))
    assert "--labels leiden" in Lineage(corpus).command(Ref("partitions", "scanpy"))


def test_out_of_one_corpus_and_into_another_nothing_is_lost(described, tmp_path):
    first = pipeline.export(described, to="anndata", out=tmp_path / "first.h5ad").key
    shutil.copytree(described.path.parent / "pictures", tmp_path / "pictures")
    metadata = tmp_path / "pictures" / "metadata.csv"
    new = pipeline.ingest(tmp_path / "pictures", tmp_path / "new", metadata=metadata)
    pipeline.import_vectors(new, first, name="leiden", everything=True)
    second = pipeline.export(new, to="anndata", out=tmp_path / "second.h5ad").key
    a, b = anndata.read_h5ad(first), anndata.read_h5ad(second)
    np.testing.assert_array_equal(a.X, b.X)
    pd.testing.assert_frame_equal(a.obs, b.obs)
    assert set(a.obsm) == set(b.obsm)
    for key in a.obsm:
        np.testing.assert_array_equal(a.obsm[key], b.obsm[key], err_msg=key)
    assert set(a.obsp) == set(b.obsp)
    for key in a.obsp:
        assert (a.obsp[key] != b.obsp[key]).nnz == 0, key
    assert json.dumps(_plain(a.uns)) == json.dumps(_plain(b.uns))


def _plain(value):
    if hasattr(value, "items"):
        return {key: _plain(one) for key, one in sorted(value.items())}
    return value.tolist() if hasattr(value, "tolist") else value


def test_names_of_clusters_stay_beside_their_numbers(corpus, tmp_path):
    as_scanpy_stores(numbers=False).write_h5ad(tmp_path / "named.h5ad")
    made = pipeline.import_vectors(corpus, tmp_path / "named.h5ad", labels="leiden", graph="connectivities")
    names = made.facts["names"]
    found = corpus.labels("imported").map(lambda number: names[str(number)])
    assert found.tolist() == as_scanpy_stores(numbers=False).obs["leiden"].tolist()
    out = anndata.read_h5ad(pipeline.export(corpus, to="anndata", partition="imported").key)
    assert out.obs["cluster_name"].tolist() == found.tolist()


def test_clusters_alone(corpus, file):
    made = pipeline.import_vectors(corpus, file, name="only", labels="leiden")
    assert corpus.keys("graphs") == []
    assert made.facts["n_clusters"] == 4
    assert pipeline.evaluate(corpus, partition="only").facts["scores"]["ami"] == pytest.approx(1)


def test_what_the_graph_was_built_on_is_found(corpus, tmp_path):
    data = as_scanpy_stores()
    data.uns["neighbors"]["params"]["use_rep"] = "X_pca"
    found = read_analysis(data, table()["id"], everything=True)
    assert found.field == "X_pca"
    np.testing.assert_array_equal(found.vectors["X"], data.X)


def test_a_work_without_links_or_cluster(corpus, tmp_path):
    data = as_scanpy_stores(N - 2)
    data.obs["leiden"] = data.obs["leiden"].where(np.arange(N - 2) > 0)
    data.write_h5ad(tmp_path / "fewer.h5ad")
    with pytest.raises(InputError, match="lacks 2 of 80 works, such as 'w078'"):
        pipeline.import_vectors(corpus, tmp_path / "fewer.h5ad", everything=True)
    pipeline.import_vectors(corpus, tmp_path / "fewer.h5ad", everything=True, allow_missing=True)
    assert corpus.labels("imported").iloc[[0, -2, -1]].tolist() == [-1, -1, -1]
    assert corpus.graph("imported")[-2:].nnz == 0


def test_works_that_come_later_have_no_place_in_it(corpus, file, tmp_path):
    pipeline.import_vectors(corpus, file, name="scanpy", everything=True)
    table(3, start=N).to_csv(tmp_path / "new.csv", index=False)
    X, _ = toy_features(N + 3, n_groups=4, d=8)
    vectors = {}
    for key, d in (("scanpy", 8), ("pca", 3)):
        np.save(tmp_path / f"{key}.npy", X[N:, :d])
        vectors[key] = tmp_path / f"{key}.npy"
    before = corpus.labels("scanpy")
    pipeline.add(corpus, None, metadata=tmp_path / "new.csv", vectors=vectors)
    grown = Corpus(corpus.path)
    assert len(grown) == N + 3
    assert grown.labels("scanpy").iloc[N:].tolist() == [-1] * 3
    assert (grown.labels("scanpy").iloc[:N] == before).all()
    assert grown.graph("scanpy")[N:].nnz == 0
    assert np.isfinite(grown.get("layouts", "scanpy")).all()
    pipeline.remove(grown, ids=["w000"])
    fewer = Corpus(corpus.path)
    assert len(fewer.labels("scanpy")) == N + 2
    near = fewer.get("graphs", "scanpy", "knn")["indices"]
    assert near.max() < N + 2


def test_made_again_elsewhere_it_is_copied(corpus, file, tmp_path):
    pipeline.import_vectors(corpus, file, name="scanpy", everything=True)
    outcome = pipeline.replay(corpus, out=tmp_path / "again")
    assert outcome["partitions/scanpy"] == "copied: it was imported"
    assert (Corpus(tmp_path / "again").labels("scanpy") == corpus.labels("scanpy")).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": "louvain"}, "no obs entry 'louvain'"),
        ({"graph": "links"}, "no obsp entry 'links'"),
        ({"layout": "X_map", "graph": "connectivities"}, "no obsm entry 'X_map'"),
        ({"layout": "X_pca", "graph": "connectivities"}, "3 columns; a map has 2"),
        ({"layout": "X_umap"}, "give --graph"),
        ({"field": "X_tsne", "labels": "leiden"}, "no obsm entry 'X_tsne'"),
    ],
)
def test_refusals(corpus, file, options, message):
    with pytest.raises(InputError, match=message):
        pipeline.import_vectors(corpus, file, **options)
    assert corpus.keys("partitions") == []


def test_other_files_hold_vectors_alone(corpus, tmp_path):
    np.save(tmp_path / "a.npy", np.ones((N, 2)))
    with pytest.raises(InputError, match=r"from \.h5ad files"):
        pipeline.import_vectors(corpus, tmp_path / "a.npy", labels="leiden")


def test_from_the_command_line(corpus, file):
    done = CliRunner().invoke(main, ["import", str(corpus.path), str(file), "--name", "scanpy", "--all"])
    assert done.exit_code == 0, done.output
    assert "partition scanpy: 4 clusters" in done.output
    again = CliRunner().invoke(main, ["import", str(corpus.path), str(file), "--name", "scanpy", "--all"])
    assert "up to date" in again.output
