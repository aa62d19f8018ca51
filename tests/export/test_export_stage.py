"""Every door of a whole corpus."""

import csv
import json
import shutil

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from artgraph import Corpus, pipeline
from artgraph.cli import main
from artgraph.errors import InputError
from artgraph.export import write_gephi_lite
from artgraph.graph.typed import SAME_ARTIST, to_csr
from artgraph.stages.base import features_of
from artgraph.stages.export import FORMATS
from artgraph.stages.summary import line
from artgraph.stages.view import View


@pytest.fixture(scope="module")
def corpus(described, tmp_path_factory):
    folder = tmp_path_factory.mktemp("doors") / "corpus"
    shutil.copytree(described.path, folder)
    made = Corpus(folder)
    pipeline.build_graph(made, on=("color", "texture"), artist_edges=True)
    pipeline.communities(made)
    return made


def test_the_command_offers_every_format():
    option = next(option for option in main.commands["export"].params if option.name == "to")
    assert list(option.type.choices) == list(FORMATS)


def test_gexf_opens_looking_finished(corpus):
    made = pipeline.export(corpus, timeline=True, image_url="https://museum.example/thumbs/")
    graph = nx.read_gexf(made.key)
    assert list(graph.nodes) == corpus.paintings["id"].tolist()
    node = graph.nodes[corpus.paintings["id"].iloc[5]]
    assert {"label", "cluster", "confidence", "typicality", "role", "year", "image", "image_url", "file"} <= set(node)
    assert node["year"] == 1905
    assert isinstance(node["year"], int)
    assert node["spells"] == [(1905.0, 1906.0)]
    assert (corpus.path / "exports" / node["image"]).is_file()
    assert node["image_url"] == f"https://museum.example/thumbs/{corpus.paintings['image_sha256'].iloc[5]}.webp"
    assert "image_sha256" not in node
    kinds = {data["kind"] for *_, data in graph.edges(data=True)}
    assert kinds == {"style", "artist"}
    xy = np.array([[node["viz"]["position"][axis] for axis in "xy"] for _, node in graph.nodes(data=True)])
    nearest = np.sort(np.hypot(*(xy[:, None] - xy).T), axis=1)[:, 1]
    assert np.median(nearest) == pytest.approx(20, rel=1e-3)
    assert all(4 <= node["viz"]["size"] <= 10 for _, node in graph.nodes(data=True))
    colors = {tuple(node["viz"]["color"].values()): node["cluster"] for _, node in graph.nodes(data=True)}
    assert len(colors) == len(set(colors.values())) > 1


def test_clusters_and_their_typical_works_in_place_of_all(corpus):
    made = pipeline.export(corpus, to="gexf-clusters")
    graph = nx.read_gexf(made.key)
    labels = corpus.get("partitions", "leiden")
    clusters = {name: node for name, node in graph.nodes(data=True) if node["kind"] == "cluster"}
    works = {name: node for name, node in graph.nodes(data=True) if node["kind"] == "work"}
    assert [node["works"] for node in clusters.values()] == np.bincount(labels).tolist()
    table = corpus.paintings.assign(cluster=labels).set_index("id").loc[list(works)]
    assert [node["title"] for node in works.values()] == table["title"].tolist()
    assert [node["cluster"] for node in works.values()] == table["cluster"].tolist()
    for name, node in works.items():
        assert graph.edges[name, f"cluster {node['cluster']}"]["weight"] > 0
    between = graph.edges["cluster 0", "cluster 1"]["weight"] if graph.has_edge("cluster 0", "cluster 1") else 0
    assert 0 <= between <= 1


def test_a_graph_that_is_too_large_for_gephi_is_said_to_be(corpus, monkeypatch):
    made = pipeline.export(corpus)
    assert line(made).endswith(".gexf")
    monkeypatch.setattr("artgraph.export.clusters.GEPHI_ELEMENTS", 100)
    assert "60 paintings and" in line(made)
    assert "--to gexf-clusters" in line(made)


def test_pictures_lie_beside_the_graph(corpus, tmp_path):
    told, out = [], tmp_path / "g.graphml"
    pipeline.export(corpus, to="graphml", pictures=True, out=out, progress=lambda *at: told.append(at))
    nodes = nx.read_graphml(out).nodes(data=True)
    assert all((tmp_path / node["image"]).read_bytes()[:2] == b"\xff\xd8" for _, node in nodes)
    assert told[-1] == ("export", 60, 60)
    assert {"x", "y", "size", "r", "g", "b"} <= set(next(iter(nodes))[1])


def test_gephi_csv(corpus):
    folder = corpus.path / "exports" / "leiden-gephi"
    assert pipeline.export(corpus, to="gephi-csv").key == str(folder)
    nodes = pd.read_csv(folder / "nodes.csv", dtype=str)
    edges = pd.read_csv(folder / "edges.csv", dtype=str)
    assert set(edges["Source"]) | set(edges["Target"]) <= set(nodes["Id"])
    assert (folder / nodes["image"].iloc[0]).is_file()


def test_table_for_excel_has_everything(corpus):
    with open(pipeline.export(corpus, to="csv").key, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == corpus.paintings["id"].tolist()
    own = {"image_sha256", "image_bytes", "image_dhash", "image_format", "image_mode", "image_jpeg_quality"}
    own |= {"image_brightness", "metadata_line"}
    scores = {"cluster", "confidence", "second", "role", "year"}
    assert set(rows[0]) == set(corpus.paintings.columns) - own - {"image"} | scores | {"typicality", "file"}
    with open(pipeline.export(corpus, to="csv", everything=True).key, encoding="utf-8-sig", newline="") as file:
        assert set(next(csv.DictReader(file))) == set(corpus.paintings.columns) | scores | {"typicality"}
    assert all(0 <= float(row["confidence"]) <= 1 for row in rows)


def test_embedding_atlas_and_vikus(corpus):
    table = pd.read_parquet(pipeline.export(corpus, to="embedding-atlas", pictures=True).key)
    near = corpus.get("graphs", "style", "knn")
    assert table["neighbors"].iloc[7]["ids"].tolist() == near["indices"][7].tolist()
    assert table["picture"].iloc[0]["bytes"][8:12] == b"WEBP"
    assert table["cluster"].iloc[0] == f"{corpus.get('partitions', 'leiden')[0]:02d}"
    folder = corpus.path / "exports" / "leiden-vikus"
    pipeline.export(corpus, to="vikus", pictures=True)
    rows = pd.read_csv(folder / "data.csv", dtype=str)
    assert all((folder / "pictures" / f"{name}.jpg").is_file() for name in rows["id"])
    assert json.loads((folder / "config.json").read_text("utf-8"))["project"]["name"] == "corpus"


def test_anndata(corpus):
    anndata = pytest.importorskip("anndata")
    data = anndata.read_h5ad(pipeline.export(corpus, to="anndata").key)
    assert data.obs_names.tolist() == corpus.paintings["id"].tolist()
    assert {"X_map", "X_color", "X_texture", "membership"} == set(data.obsm)
    assert {"connectivities", "distances", "artists"} == set(data.obsp)
    assert (data.obs["cluster"].astype(int) == corpus.get("partitions", "leiden")).all()


@pytest.mark.parametrize("library", ["networkx", "igraph"])
def test_network(corpus, library):
    graph = pipeline.network(corpus, library=library)
    nodes = graph.vs["color"] if library == "igraph" else [node["color"] for _, node in graph.nodes(data=True)]
    assert len(nodes) == 60
    assert graph.number_of_edges() if library == "networkx" else graph.ecount()


def test_network_of_torch_geometric(corpus):
    data = pipeline.network(corpus, library="pyg")
    assert data["painting"].id == corpus.paintings["id"].tolist()
    assert data["painting"].y.tolist() == corpus.get("partitions", "leiden").tolist()
    assert data["painting"].pos.shape == (60, 2)
    np.testing.assert_array_equal(data["painting"].x, features_of(corpus, ("color", "texture")))
    np.testing.assert_array_equal(to_csr(data).toarray(), corpus.get("graphs", "style").toarray())
    assert abs(to_csr(data, SAME_ARTIST) - corpus.get("graphs", "style", "artists")).nnz == 0
    assert data.validate()


def test_a_partition_of_features_is_shown_on_the_graph(corpus, tmp_path):
    pytest.importorskip("anndata")
    made = pipeline.communities(corpus, method="kmeans", on=("color",), n_clusters=3)
    for to in ("gexf", "anndata"):
        pipeline.export(corpus, to=to, partition=made.key, out=tmp_path / to)
    nodes = nx.read_gexf(tmp_path / "gexf").nodes(data=True)
    assert [node["cluster"] for _, node in nodes] == corpus.get("partitions", made.key).tolist()
    pipeline.plot(corpus, "pca", partition=made.key, out=tmp_path / "pca.png")


def test_columns_of_the_user_are_not_overwritten(corpus):
    view = View(corpus, "leiden")
    own = view.table.assign(size="own", X="own", Color="own")
    table = view.placed(own)
    assert {"size_2", "X_2", "Color_2"} <= set(table.columns)
    assert (table[["size_2", "X_2", "Color_2"]] == "own").all(axis=None)
    assert table["size"].between(4, 10).all()


def test_refusals(corpus, tmp_path):
    for arguments, message in (
        ({"to": "xlsx"}, "no export format 'xlsx'"),
        ({"to": "csv", "pictures": True}, "cannot give pictures along"),
        ({"to": "vikus", "timeline": True}, "no timeline"),
    ):
        with pytest.raises(InputError, match=message):
            pipeline.export(corpus, out=tmp_path / "x", **arguments)
    with pytest.raises(InputError, match="no library"):
        pipeline.network(corpus, library="graph-tool")
    assert list(tmp_path.iterdir()) == []


def test_gephi_lite_keeps_colours_sizes_and_labels(corpus, tmp_path):
    made = pipeline.export(corpus, to="gephi-lite", out=tmp_path / "w.json", image_url="https://museum.example/thumbs")
    workspace = json.loads((tmp_path / "w.json").read_text("utf-8"))
    assert made.key == str(tmp_path / "w.json")
    data, appearance, view = workspace["graphDataset"], workspace["appearance"], View(corpus, "leiden")
    ids = corpus.paintings["id"].tolist()
    assert [node["key"] for node in data["fullGraph"]["nodes"]] == list(data["nodeData"]) == list(data["layout"]) == ids
    palette, field = appearance["nodesColor"]["colorPalette"], appearance["nodesColor"]["field"]["id"]
    assert [palette[data["nodeData"][one][field]] for one in ids] == view.colors
    assert np.allclose([data["nodeData"][one]["size"] for one in ids], view.sizes, atol=1e-3)
    assert np.allclose([list(data["layout"][one].values()) for one in ids], view.layout * view.scale, atol=1e-3)
    kinds = [one["kind"] for one in data["edgeData"].values()]
    assert kinds.count("artist") == view.artist_edges.nnz // 2
    assert kinds.count("style") == view.style.nnz // 2
    assert appearance["nodesImage"]["field"]["id"] == "image_url"
    with pytest.raises(InputError, match="cannot give pictures along"):
        pipeline.export(corpus, to="gephi-lite", pictures=True)


def test_gephi_lite_refuses_what_does_not_match(tmp_path):
    frame = pd.DataFrame({"id": ["a", "b"], "title": ["x", "y"]})
    links, about = sp.csr_array([[0, 1.0], [1.0, 0]]), {"labels": [0, 0], "sizes": [1, 1]}
    with pytest.raises(InputError, match="layout and sizes have shapes"):
        write_gephi_lite(tmp_path / "w.json", links, frame, layout=np.zeros((3, 2)), **about)
    with pytest.raises(InputError, match="layout and sizes"):
        write_gephi_lite(tmp_path / "w.json", links, frame, layout=np.full((2, 2), np.nan), **about)
    with pytest.raises(InputError, match="ids are not unique"):
        write_gephi_lite(tmp_path / "w.json", links, frame.assign(id=["a\x00", "a"]), layout=np.zeros((2, 2)), **about)
    assert not (tmp_path / "w.json").exists()
