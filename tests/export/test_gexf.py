import datetime
import sys
from pathlib import Path

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artgraph.errors import InputError
from artgraph.export import write_gexf

sys.path.insert(0, str(Path(__file__).parent))
import gexf_schema

HOSTILE = [
    "<script>alert(1)</script>",
    "a \"quoted\" & 'single' > title",
    "line\nbreak\ttab\r\nend",
    "=cmd|' /C calc'!A0",
    "]]> &amp; <!-- -->",
    "Nuit étoilée — 星月夜 🎨",
]


def edges(n, *links):
    dense = np.zeros((n, n))
    for i, j, weight in links:
        dense[i, j] = dense[j, i] = weight
    return sp.csr_array(dense)


@pytest.fixture
def corpus():
    n = 6
    frame = pd.DataFrame(
        {
            "id": [f"works/{i}&<'\".jpg" for i in range(n)],
            "title": HOSTILE,
            "artist": ["Claude Monet", None, "", "  ", "Ōtagaki Rengetsu", float("nan")],
            "date": [1890.0, float("nan"), 1901.0, 1850.0, 1.0, 2.0],
            "score": [0.1, float("nan"), float("inf"), -2.0, 1e-7, 3.5],
            "known": [True, False, True, True, False, False],
            "pixels": [2**31, 1, 2, 3, 4, -5],
            "tags": [["sea", "boat"], [], None, ["x"], ("y",), "z"],
            "mixed": [1, "two", 3.0, None, True, "six"],
            "nothing": [None] * n,
        }
    )
    style = edges(n, (0, 1, 0.1), (1, 2, 1 / 3), (0, 4, 2.0))
    artist = edges(n, (0, 1, 1.0), (2, 3, 0.5))
    return frame, style, artist


def test_everything_is_read_back(tmp_path, corpus):
    frame, style, artist = corpus
    before = frame.copy(deep=True)
    path = tmp_path / "graph.gexf"
    layout = np.linspace(-1, 1, 12).reshape(6, 2)
    labels = np.array([1, 1, 0, 0, -1, 0])
    colors = ["#000000", "#ffffff", "#0a0B0c", "#123456", "#654321", "#ff0000"]
    write_gexf(
        path,
        style,
        frame,
        artist_adjacency=artist,
        labels=labels,
        layout=layout,
        sizes=[0, 1, 2.5, 3, 4, 5],
        colors=colors,
        title="My <corpus> & co",
        modified="2024-05-31",
    )
    pd.testing.assert_frame_equal(frame, before)
    assert gexf_schema.errors(path) == []

    graph = nx.read_gexf(path)
    assert type(graph) is nx.MultiGraph
    assert list(graph.nodes) == frame["id"].tolist()
    nodes = list(graph.nodes.values())
    assert [node["title"] for node in nodes] == HOSTILE
    assert [node.get("artist") for node in nodes] == ["Claude Monet", None, None, None, "Ōtagaki Rengetsu", None]
    assert [node.get("date") for node in nodes] == [1890, None, 1901, 1850, 1, 2]
    assert all(isinstance(node.get("date", 0), int) for node in nodes)
    assert [node.get("score") for node in nodes] == [0.1, None, None, -2.0, 1e-7, 3.5]
    assert [node["known"] for node in nodes] == frame["known"].tolist()
    assert [node["pixels"] for node in nodes] == frame["pixels"].tolist()
    assert [node.get("tags") for node in nodes] == ["sea; boat", None, None, "x", "y", "z"]
    assert [node.get("mixed") for node in nodes] == ["1", "two", "3.0", None, "True", "six"]
    assert not any("nothing" in node for node in nodes)
    assert [node.get("cluster") for node in nodes] == [1, 1, 0, 0, None, 0]
    assert nodes[0]["label"] == "<script>alert(1)</script> (Claude Monet)"
    assert nodes[2]["label"] == "line break tab end"
    assert [node["viz"]["size"] for node in nodes] == [0, 1, 2.5, 3, 4, 5]
    assert nodes[2]["viz"]["color"] == {"r": 10, "g": 11, "b": 12, "a": 1.0}
    positions = [[node["viz"]["position"][axis] for axis in "xy"] for node in nodes]
    assert np.allclose(positions, layout * 1000, atol=1e-3)

    ids = frame["id"].tolist()
    found = {
        (frozenset((ids.index(a), ids.index(b))), data["kind"], data["weight"]) for a, b, data in graph.edges(data=True)
    }
    assert found == {
        (frozenset((0, 1)), "style", 0.1),
        (frozenset((1, 2)), "style", 1 / 3),
        (frozenset((0, 4)), "style", 2.0),
        (frozenset((0, 1)), "artist", 1.0),
        (frozenset((2, 3)), "artist", 0.5),
    }
    assert {key for *_, data in graph.edges(data=True) for key in data} == {"id", "kind", "weight"}

    other = igraph.Graph.from_networkx(graph)
    assert other.vs["_nx_name"] == ids
    assert other.vs["title"] == HOSTILE
    assert sorted(zip(other.es["kind"], other.es["weight"], strict=True)) == sorted((k, w) for _, k, w in found)


def test_the_whole_file_by_hand(tmp_path):
    frame = pd.DataFrame({"id": ["a", "b"], "title": ["Sea", None], "year": [1890, None]})
    path = tmp_path / "small.gexf"
    write_gexf(path, edges(2, (0, 1, 0.5)), frame, layout=[[0, 0.5], [-1, 1]])
    assert path.read_bytes().decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
        "<meta>\n<creator>artgraph</creator>\n</meta>\n"
        '<graph mode="static" defaultedgetype="undirected" idtype="string">\n'
        '<attributes class="node" mode="static">\n'
        '<attribute id="title" title="title" type="string"/>\n'
        '<attribute id="year" title="year" type="integer"/>\n'
        "</attributes>\n"
        '<attributes class="edge" mode="static">\n'
        '<attribute id="kind" title="kind" type="string"/>\n'
        "</attributes>\n"
        '<nodes count="2">\n'
        '<node id="a" label="Sea"><attvalues><attvalue for="title" value="Sea"/>'
        '<attvalue for="year" value="1890"/></attvalues>'
        '<viz:position x="0.000" y="500.000" z="0.0"/><viz:size value="10"/></node>\n'
        '<node id="b" label="b"><viz:position x="-1000.000" y="1000.000" z="0.0"/><viz:size value="10"/></node>\n'
        "</nodes>\n"
        '<edges count="1">\n'
        '<edge id="0" source="a" target="b" weight="0.5" kind="style">'
        '<attvalues><attvalue for="kind" value="style"/></attvalues></edge>\n'
        "</edges>\n</graph>\n</gexf>\n"
    )
    assert gexf_schema.errors(path) == []
    assert type(nx.read_gexf(path)) is nx.Graph


def test_years_are_intervals(tmp_path):
    path = tmp_path / "graph.gexf"
    frame = pd.DataFrame({"id": list("abc"), "year": [1889, None, -50]})
    write_gexf(path, edges(3, (0, 1, 1.0)), frame, years=[1889.5, np.nan, -50])
    assert gexf_schema.errors(path) == []
    text = path.read_text(encoding="utf-8")
    assert '<graph mode="dynamic" defaultedgetype="undirected" idtype="string" timeformat="double"' in text
    graph = nx.read_gexf(path)
    assert [node.get("spells") for node in graph.nodes.values()] == [[(1889.0, 1890.0)], None, [(-50.0, -49.0)]]
    assert [node.get("year") for node in graph.nodes.values()] == [1889, None, -50]


def test_the_checker_can_fail(tmp_path, corpus):
    frame, style, _ = corpus
    path = tmp_path / "graph.gexf"
    write_gexf(path, style, frame, labels=[0] * 6)
    good = path.read_text(encoding="utf-8")
    for old, new in [
        ('version="1.3"', 'version="1.2"'),
        ("http://gexf.net/1.3/viz", "http://www.gexf.net/1.2draft/viz"),
        ('weight="2.0"', 'weight="nan"'),
        ('weight="2.0"', 'weight="0.0"'),
        ('type="double"', 'type="liststring"'),
        ('for="date" value="1890"', 'for="date" value="1890.0"'),
        ('for="date"', 'for="dates"'),
        ('<nodes count="6">', '<nodes count="7">'),
        ("<viz:size", "<viz:shape"),
        ('title="score"', 'title="Date"'),
        ('target="works/1', 'target="works/9'),
        ('id="1" source', 'id="0" source'),
    ]:
        assert old in good
        path.write_text(good.replace(old, new, 1), encoding="utf-8")
        assert gexf_schema.errors(path), (old, new)


def test_names_that_others_use(tmp_path):
    frame = pd.DataFrame(
        [["a", 1, 2, 3, 4, 5, 6], ["b", 1, 2, 3, 4, 5, 6]],
        columns=["id", "Label", "cluster", "date", "Date", "viz", " a\x00 \n name "],
    )
    path = tmp_path / "names.gexf"
    write_gexf(path, edges(2), frame, labels=[0, 0])
    assert gexf_schema.errors(path) == []
    node = nx.read_gexf(path).nodes["a"]
    assert {key: node[key] for key in node if key not in ("label", "viz")} == {
        "cluster": 0,
        "Label_2": 1,
        "cluster_2": 2,
        "date": 3,
        "Date_2": 4,
        "viz_2": 5,
        "a name": 6,
    }
    assert node["label"] == "a"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(exclude_categories=())), min_size=2, max_size=4))
def test_any_text_is_valid_and_read_back(tmp_path, texts):
    path = tmp_path / "text.gexf"
    frame = pd.DataFrame({"id": [str(i) for i in range(len(texts))], "title": pd.Series(texts, dtype=object)})
    write_gexf(path, edges(len(texts)), frame, title=texts[0])
    assert gexf_schema.errors(path) == []
    legal = [
        "".join(
            c for c in t if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
        )
        for t in texts
    ]
    read = [node.get("title", "") for node in nx.read_gexf(path).nodes.values()]
    assert [r if r.strip() else "" for r in read] == [t if t.strip() else "" for t in legal]


def test_same_arguments_same_bytes_and_clusters_have_colours(tmp_path, corpus):
    frame, style, artist = corpus
    for name in ("one", "two"):
        write_gexf(tmp_path / name, style, frame, artist_adjacency=artist, labels=[0, 0, 1, 1, 1, -1])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    colors = [tuple(node["viz"]["color"].values()) for node in nx.read_gexf(tmp_path / "one").nodes.values()]
    assert colors[0] == colors[1] != colors[2] == colors[3] == colors[4] != colors[5]
    assert b"lastmodifieddate" not in (tmp_path / "one").read_bytes()
    write_gexf(tmp_path / "two", style, frame, modified=datetime.date(2020, 1, 2))
    assert b'<meta lastmodifieddate="2020-01-02">' in (tmp_path / "two").read_bytes()


def test_float32_weights_are_exact_and_short(tmp_path):
    path = tmp_path / "f.gexf"
    write_gexf(path, edges(2, (0, 1, 0.1)).astype(np.float32), pd.DataFrame({"id": ["a", "b"]}))
    assert b'weight="0.1"' in path.read_bytes()


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_paintings(tmp_path, n):
    path = tmp_path / "few.gexf"
    write_gexf(path, sp.csr_array((n, n)), pd.DataFrame({"id": [str(i) for i in range(n)]}), layout=np.zeros((n, 2)))
    assert gexf_schema.errors(path) == []
    assert nx.read_gexf(path).number_of_nodes() == n


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"adjacency": edges(3)}, "same paintings"),
        ({"artist_adjacency": edges(3)}, "same paintings"),
        ({"adjacency": sp.csr_array([[0, 1.0], [2.0, 0]])}, "symmetric"),
        ({"attributes": pd.DataFrame({"name": ["a", "b"]})}, "'id'"),
        ({"attributes": pd.DataFrame({"id": ["a", "a"]})}, "unique"),
        ({"attributes": pd.DataFrame({"id": ["a\x00", "a"]})}, "unique"),
        ({"attributes": pd.DataFrame({"id": ["\x00", "a"]})}, "empty"),
        ({"attributes": pd.DataFrame({"id": ["a", None]})}, "Painting 1 has no id"),
        ({"labels": [0]}, "rows"),
        ({"layout": [[0, 0]]}, "layout"),
        ({"layout": [[0, np.nan], [0, 0]]}, "layout"),
        ({"sizes": [-1, 0]}, "sizes"),
        ({"sizes": [np.inf, 0]}, "sizes"),
        ({"colors": ["#fff", "#000000"]}, "colors"),
        ({"colors": ["#ffffff"]}, "colors"),
        ({"years": [1, np.inf]}, "years"),
        ({"years": [1]}, "years"),
        ({"modified": "yesterday"}, "date"),
        ({"modified": 2024}, "date"),
    ],
)
def test_refusals_leave_the_old_file(tmp_path, change, message):
    path = tmp_path / "graph.gexf"
    path.write_text("old")
    arguments = {"adjacency": edges(2), "attributes": pd.DataFrame({"id": ["a", "b"]}), **change}
    with pytest.raises(InputError, match=message):
        write_gexf(path, **arguments)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["graph.gexf"]
