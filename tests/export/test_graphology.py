"""GEXF, and the workspace of Gephi Lite, as graphology reads them.

Run with: pytest -m browser (needs node and npm, and the network once).
"""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from artgraph.colors import cluster_color
from artgraph.export import write_gephi_lite, write_gexf

pytestmark = pytest.mark.browser
PACKAGES = ("graphology@0.26.0", "graphology-gexf@0.13.2")


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("graphology")
    (folder / "package.json").write_text("{}")
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", *PACKAGES]
    subprocess.run(command, cwd=folder, check=True, timeout=300)
    scripts = {
        name: shutil.copy(Path(__file__).parent / name, folder) for name in ("read_gexf.js", "read_workspace.js")
    }

    def run(path):
        script = scripts["read_gexf.js" if path.suffix == ".gexf" else "read_workspace.js"]
        return json.loads(subprocess.run(["node", script, path], capture_output=True, check=True, timeout=60).stdout)

    return run


def test_nothing_is_lost(read, tmp_path):
    n = 5
    titles = ["<script>alert(1)</script>", "a \"q\" & 'b' > c", "line\nbreak\ttab", "=cmd|' /C calc'!A0", "星月夜 🎨"]
    frame = pd.DataFrame(
        {
            "id": [f"works/{i}&<'\".jpg" for i in range(n)],
            "title": titles,
            "year": pd.array([1890, None, -50, 1, 2**31], dtype="Int64"),
            "score": [0.1, np.nan, -2.0, 1e-7, 3.5],
            "known": [True, False, True, True, False],
        }
    )
    dense = np.zeros((n, n))
    for i, j, weight in ((0, 1, 0.1), (1, 2, 1 / 3), (0, 4, 2.0)):
        dense[i, j] = dense[j, i] = weight
    links = np.zeros((n, n))
    links[0, 1] = links[1, 0] = 1
    layout = np.linspace(-1, 1, 2 * n).reshape(n, 2)
    path = tmp_path / "graph.gexf"
    write_gexf(
        path,
        sp.csr_array(dense),
        frame,
        artist_adjacency=sp.csr_array(links),
        labels=[0, 0, 1, 1, -1],
        layout=layout,
        sizes=[1, 2, 3, 4, 5.5],
        colors=["#000000", "#ffffff", "#0a0b0c", "#123456", "#ff0000"],
        years=[1890, np.nan, -50, 1, 2],
    )
    found = read(path)
    assert found["type"] == "undirected"
    assert [node for node, _ in found["nodes"]] == frame["id"].tolist()
    nodes = [attributes for _, attributes in found["nodes"]]
    assert [node["title"] for node in nodes] == titles
    assert [node.get("year") for node in nodes] == [1890, None, -50, 1, 2**31]
    assert [node.get("score") for node in nodes] == [0.1, None, -2.0, 1e-7, 3.5]
    assert [node["known"] for node in nodes] == frame["known"].tolist()
    assert [node.get("cluster") for node in nodes] == [0, 0, 1, 1, None]
    assert [node["size"] for node in nodes] == [1, 2, 3, 4, 5.5]
    assert nodes[2]["color"] == "rgb(10,11,12)"
    assert np.allclose([[node["x"], node["y"]] for node in nodes], layout * 1000, atol=1e-3)
    ids = frame["id"].tolist()
    edges = {(ids.index(a), ids.index(b), data["kind"], data["weight"]) for a, b, data in found["edges"]}
    assert edges == {(0, 1, "style", 0.1), (1, 2, "style", 1 / 3), (0, 4, "style", 2.0), (0, 1, "artist", 1)}
    assert len(found["edges"]) == 4


def test_gephi_lite_draws_what_was_written(read, tmp_path):
    n = 12
    titles = ["<b>Nuit</b> \u202e", "a \"q\" & 'b'", "line\nbreak", "星月夜 🎨", *(f"Work {i}" for i in range(4, n))]
    frame = pd.DataFrame(
        {
            "id": [f"works/{i}&<'\".jpg" for i in range(n)],
            "title": titles,
            "artist": ["Ada", "Bo"] * 6,
            "year": pd.array([1890, None, *range(1800, 1800 + n - 2)], dtype="Int64"),
            "known": [True, False] * 6,
            "size": ["large"] * n,
            "image_url": [f"https://example.org/{i}.jpg" for i in range(n)],
        }
    )
    style, artist = np.zeros((n, n)), np.zeros((n, n))
    for i, j, weight in ((0, 1, 0.25), (1, 2, 1.0), (0, 4, 0.5)):
        style[i, j] = style[j, i] = weight
    artist[0, 1] = artist[1, 0] = 1
    labels = np.array([0, 0, 1, 1, 2, -1, *[0] * (n - 6)])
    layout, sizes = np.linspace(-1, 1, 2 * n).reshape(n, 2), np.linspace(4, 10, n)
    path, again = tmp_path / "w.json", tmp_path / "again.json"
    about = {"labels": labels, "layout": layout, "sizes": sizes, "cluster_names": {1: "dotted"}, "title": "corpus: p"}
    for one in (path, again):
        write_gephi_lite(one, sp.csr_array(style), frame, artist_adjacency=sp.csr_array(artist), scale=100, **about)
    assert path.read_bytes() == again.read_bytes()
    found = read(path)
    assert found["kind"] == ["gephi-lite", "1.0.2", {"filters": []}, {"title": "corpus: p"}]
    assert (found["type"], found["multi"]) == ("undirected", True)
    kinds = {"label": "text", "size": "number", "cluster": "category", "title": "text", "artist": "category"}
    kinds |= {"year": "number", "known": "boolean", "size_2": "text", "image_url": "url"}
    assert found["fields"] == kinds
    nodes = found["nodes"]
    assert [node["id"] for node in nodes] == frame["id"].tolist()
    assert [node["color"] for node in nodes] == [cluster_color(label) for label in labels]
    assert np.allclose([node["size"] for node in nodes], sizes, atol=1e-3)
    assert [node["data"].get("cluster") for node in nodes[:6]] == ["0", "0", "1 dotted", "1 dotted", "2", None]
    assert np.allclose([[node["x"], node["y"]] for node in nodes], layout * 100, atol=1e-3)
    assert nodes[3]["label"] == "星月夜 🎨 (Bo)"
    assert [node["image"] for node in nodes] == frame["image_url"].tolist()
    assert [node["data"].get("year") for node in nodes[:3]] == [1890, None, 1800]
    ids = frame["id"].tolist()
    edges = {(*map(ids.index, one["ends"]), one["kind"], one["weight"], *one["drawn"]) for one in found["edges"]}
    assert edges == {
        (0, 1, "style", 0.25, 0.5, "#cccccc"),
        (1, 2, "style", 1, 3, "#cccccc"),
        (0, 4, "style", 0.5, 0.5 + 2.5 / 3, "#cccccc"),
        (0, 1, "artist", 1, 3, "#b08d57"),
    }
    assert len(found["edges"]) == 4
