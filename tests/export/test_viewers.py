import csv
import json
import re

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from artgraph.errors import InputError
from artgraph.export import write_embedding_atlas, write_jpegs, write_vikus
from artgraph.export.viewers import vikus_names
from artgraph.images import load_image

FRAME = pd.DataFrame(
    {
        "id": ["000001", "monet/2", "c"],
        "title": pd.Series(["<img src=x onerror=alert(1)>", "half \ud800 pair", None], dtype=object),
        "artist": ["Monet, Claude", None, "B"],
        "neighbors": [1, 2, None],
        "empty": [None, None, None],
    }
)
LAYOUT = np.array([[0.0, 1.0], [0.5, -0.25], [-1.0, 0.0]])
NEAR = np.array([[1, 2], [0, -1], [-1, -1]]), np.array([[0.25, 0.5], [0.25, np.inf], [np.inf, np.inf]])


def test_embedding_atlas_schema(tmp_path):
    for name in ("a", "b"):
        write_embedding_atlas(tmp_path / name, FRAME, layout=LAYOUT, neighbors=NEAR, pictures=[b"webp", None, b"x"])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    table = pq.read_table(tmp_path / "a")
    rows = table.to_pylist()
    assert [row["id"] for row in rows] == ["000001", "monet/2", "c"]
    assert [row["neighbors"] for row in rows] == [
        {"ids": [1, 2], "distances": [0.25, 0.5]},
        {"ids": [0], "distances": [0.25]},
        {"ids": [], "distances": []},
    ]
    assert [[row["projection_x"], row["projection_y"]] for row in rows] == LAYOUT.tolist()
    assert rows[0]["picture"] == {"bytes": b"webp", "path": "000001"}
    assert rows[1]["picture"] is None
    assert [row["neighbors_2"] for row in rows] == [1, 2, None]
    assert rows[1]["title"] == "half ? pair"
    assert str(table.schema.field("empty").type) == "string"
    with pytest.raises(InputError, match="3 rows"):
        write_embedding_atlas(tmp_path / "a", FRAME, layout=LAYOUT[:2], neighbors=NEAR)


def test_vikus_names():
    names = vikus_names(["SK-A-4", "a/b.jpg", "a\\b.jpg", "../../etc/passwd", "星月夜", "", "x" * 200, "Ab", "aB"])
    assert names[0] == "SK-A-4"
    assert all(re.fullmatch(r"[A-Za-z0-9-]{1,80}", name) for name in names)
    assert len({name.casefold() for name in names}) == len(names)


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_vikus_folder(tmp_path):
    write_vikus(
        tmp_path / "v", FRAME, layouts={"map": LAYOUT}, labels=[0, 1, -1], years=[1889.5, np.nan, -50], title="<b>"
    )
    rows = read(tmp_path / "v" / "data.csv")
    assert list(rows[0])[:5] == ["id", "keywords", "year", "cluster", "_id"]
    assert [row["_id"] for row in rows] == ["000001", "monet/2", "c"]
    assert [row["year"] for row in rows] == ["1889", "", "-50"]
    assert [row["cluster"] for row in rows] == ["0", "1", ""]
    assert rows[0]["keywords"].split(",") == ["Cluster 0", "Monet‚ Claude"]
    assert rows[0]["_artist"] == "Monet, Claude"
    assert rows[0]["_title"] == "‹img src=x onerror=alert(1)›"
    places = read(tmp_path / "v" / "map.csv")
    assert [row["id"] for row in places] == [row["id"] for row in rows] == vikus_names(FRAME["id"])
    assert [[float(row["x"]), float(row["y"])] for row in places] == LAYOUT.tolist()
    config = json.loads((tmp_path / "v" / "config.json").read_text("utf-8"))
    assert all(entry["type"] == "text" and entry["source"] in rows[0] for entry in config["detail"]["structure"])
    assert [layout["title"] for layout in config["loader"]["layouts"]] == ["Clusters", "Time", "Map"]
    for text in (p.read_text("utf-8") for p in (tmp_path / "v").iterdir()):
        assert "<" not in text


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</script><svg/onload=1>",
    "../../x",
    "a\0b",
    "=1+1",
]


@pytest.mark.parametrize("column", ["id", "title", "artist", "date", "style", "<b>note</b>"])
def test_nothing_in_a_vikus_folder_is_markup(tmp_path, column):
    frame = pd.DataFrame({"id": [str(i) for i in range(6)]})
    frame[column] = HOSTILE
    write_vikus(tmp_path / "v", frame, layouts={"map": np.zeros((6, 2))}, labels=[0] * 6, years=[1900] * 6, title="<b>")
    files = list((tmp_path / "v").iterdir())
    assert len(files) == 5
    for file in files:
        text = file.read_text("utf-8")
        assert "<" not in text
        assert ">" not in text
        assert "\0" not in text
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", row["id"]) for row in read(tmp_path / "v" / "data.csv"))


def test_vikus_years_become_decades_when_there_are_many(tmp_path):
    frame = pd.DataFrame({"id": [str(i) for i in range(60)]})
    write_vikus(tmp_path, frame, layouts={}, labels=[0] * 60, years=range(1871, 1931))
    assert {row["year"] for row in read(tmp_path / "data.csv")} == {str(year) for year in range(1870, 1940, 10)}
    with pytest.raises(InputError, match="expected 60"):
        write_vikus(tmp_path, frame, layouts={}, labels=[0], years=[1])


def test_jpegs(tmp_path):
    red = np.full((4, 6, 3), (200, 0, 0), dtype=np.uint8)
    told = []
    names = write_jpegs(tmp_path / "p", ["a", "b"], lambda i: None if i else red, report=lambda *at: told.append(at))
    assert names == ["a.jpg", None]
    assert told == [(1, 2), (2, 2)]
    assert np.abs(load_image(tmp_path / "p" / "a.jpg").astype(int) - red).max() < 10
    assert write_jpegs(tmp_path / "p", ["a"], lambda i: 1 / 0) == ["a.jpg"]  # it is there already
