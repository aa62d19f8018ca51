import csv

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from artgraph.errors import InputError
from artgraph.export import to_igraph, to_networkx, write_gephi_csv, write_graphml

HOSTILE = ["<script>alert(1)</script>", "a \"q\" & 'b'\x00\x07", "=cmd()", "星月夜 🎨"]


def symmetric(n, *links, dtype=np.float64):
    dense = np.zeros((n, n), dtype=dtype)
    for i, j, weight in links:
        dense[i, j] = dense[j, i] = weight
    return sp.csr_array(dense)


@pytest.fixture
def corpus():
    frame = pd.DataFrame(
        {
            "id": ["000001", "b/2", "=c", "дом"],
            "title": HOSTILE,
            "artist": ["Monet", None, "", "北斎"],
            "cluster": pd.array([0, 0, 1, None], dtype="Int64"),
            "score": [0.5, np.nan, np.inf, -1.0],
            "known": [True, False, True, True],
        },
        index=[9, 8, 7, 6],
    )
    style = symmetric(4, (0, 1, 0.1), (1, 2, 2.0), dtype=np.float32)
    artist = symmetric(4, (0, 1, 1.0))
    return frame, style, artist


def test_networkx_by_hand(corpus):
    frame, style, artist = corpus
    graph = to_networkx(style, frame)
    assert type(graph) is nx.Graph
    assert list(graph.nodes) == ["000001", "b/2", "=c", "дом"]
    assert graph.nodes["000001"] == {
        "title": HOSTILE[0],
        "artist": "Monet",
        "cluster": 0,
        "score": 0.5,
        "known": True,
    }
    assert graph.nodes["дом"] == {"title": HOSTILE[3], "artist": "北斎", "score": -1.0, "known": True}
    assert sorted(graph.edges(data=True)) == [
        ("000001", "b/2", {"weight": 0.1, "kind": "style"}),
        ("b/2", "=c", {"weight": 2.0, "kind": "style"}),
    ]
    both = to_networkx(style, frame, artist_adjacency=artist)
    assert type(both) is nx.MultiGraph
    assert both["000001"]["b/2"] == {
        "style": {"weight": 0.1, "kind": "style"},
        "artist": {"weight": 1.0, "kind": "artist"},
    }


def test_igraph_by_hand(corpus):
    frame, style, artist = corpus
    graph = to_igraph(style, frame, artist_adjacency=artist)
    assert graph.vs["name"] == frame["id"].tolist()
    assert graph.vs["cluster"] == [0, 0, 1, None]
    assert graph.vs["score"] == [0.5, None, None, -1.0]
    assert [edge.tuple for edge in graph.es] == [(0, 1), (1, 2), (0, 1)]
    assert graph.es["weight"] == [0.1, 2.0, 1.0]
    assert graph.es["kind"] == ["style", "style", "artist"]
    assert not graph.is_directed()


@pytest.mark.parametrize("make", [to_networkx, to_igraph])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_few_paintings_without_links(make, n):
    graph = make(sp.csr_array((n, n)), pd.DataFrame({"id": [str(i) for i in range(n)]}))
    assert (len(graph.nodes) if make is to_networkx else graph.vcount()) == n


def test_graphml_is_read_back_by_networkx_and_igraph(tmp_path, corpus):
    frame, style, artist = corpus
    before = frame.copy(deep=True)
    for name in ("one", "two"):
        write_graphml(tmp_path / name, style, frame.assign(x=[0.0, 1, 2, 3], Label="own"), artist_adjacency=artist)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    pd.testing.assert_frame_equal(frame, before)
    graph = nx.read_graphml(tmp_path / "one")
    assert list(graph.nodes) == frame["id"].tolist()
    assert [graph.nodes[node]["title"] for node in graph] == [HOSTILE[0], "a \"q\" & 'b'", HOSTILE[2], HOSTILE[3]]
    assert [graph.nodes[node].get("cluster") for node in graph] == [0, 0, 1, None]
    assert [graph.nodes[node].get("score") for node in graph] == [0.5, None, None, -1.0]
    assert [graph.nodes[node]["known"] for node in graph] == [True, False, True, True]
    assert graph.nodes["000001"]["label"] == "<script>alert(1)</script> (Monet)"
    assert graph.nodes["000001"]["Label_2"] == "own"
    found = sorted((a, b, data["kind"], data["weight"]) for a, b, data in graph.edges(data=True))
    assert found == [
        ("000001", "b/2", "artist", 1.0),
        ("000001", "b/2", "style", 0.1),
        ("b/2", "=c", "style", 2.0),
    ]
    other = igraph.Graph.Read_GraphML(str(tmp_path / "one"))
    assert other.vs["id"] == frame["id"].tolist()
    assert other.vs["title"][3] == HOSTILE[3]
    assert sorted(zip(other.es["kind"], other.es["weight"], strict=True)) == sorted((k, w) for _, _, k, w in found)


def test_gephi_csv_by_hand(tmp_path, corpus):
    frame, style, artist = corpus
    write_gephi_csv(tmp_path / "new" / "folder", style, frame.drop(columns=["known"]), artist_adjacency=artist)
    nodes = (tmp_path / "new" / "folder" / "nodes.csv").read_bytes()
    assert nodes.startswith(b"Id,Label,title,artist,cluster,score\r\n")  # no byte order mark
    rows = list(csv.reader(nodes.decode().splitlines()))
    assert rows[1] == ["000001", "<script>alert(1)</script> (Monet)", HOSTILE[0], "Monet", "0", "0.5"]
    assert rows[3][:3] == ["'=c", "'=cmd()", "'=cmd()"]
    assert (tmp_path / "new" / "folder" / "edges.csv").read_text("utf-8").splitlines() == [
        "Source,Target,Type,Kind,Weight",
        "000001,b/2,Undirected,style,0.1",
        "b/2,'=c,Undirected,style,2.0",
        "000001,b/2,Undirected,artist,1.0",
    ]


@pytest.mark.parametrize("write", [write_graphml, write_gephi_csv])
def test_refusals_leave_nothing(tmp_path, corpus, write):
    frame, style, _ = corpus
    with pytest.raises(InputError, match="same paintings"):
        write(tmp_path / "out", style, frame.head(3))
    with pytest.raises(InputError, match="unique"):
        write(tmp_path / "out", style, frame.assign(id="a"))
    assert list(tmp_path.iterdir()) == []
