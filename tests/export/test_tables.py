import csv
import datetime

import numpy as np
import pandas as pd
import pytest

from artgraph.errors import InputError
from artgraph.export import paintings_table, write_csv


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_bytes_by_hand(tmp_path):
    path = tmp_path / "t.csv"
    frame = pd.DataFrame({"id": ["000001", "b"], "artist": ["Cézanne", 'say "hi", twice'], "year": [1890, None]})
    write_csv(path, frame)
    assert path.read_bytes() == (
        b"\xef\xbb\xbfid,artist,year\r\n" + "000001,Cézanne,1890\r\n".encode() + b'b,"say ""hi"", twice",\r\n'
    )


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+cmd", "'+cmd"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1+1", "'  =1+1"),
        ("\t=1+1", "' =1+1"),
        ("\r=1+1", "' =1+1"),
        ("\x00=1+1", "'=1+1"),
        ("\u200b=1+1", "'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("-5", "-5"),
        ("+1.5e-3", "+1.5e-3"),
        ("-1,5", "-1,5"),
        ("-5+cmd", "'-5+cmd"),
        ("--5", "'--5"),
        ("a=b", "a=b"),
        ("two\r\nlines", "two  lines"),
        ("bell\x07 null\x00 \x1b[31m", "bell null [31m"),
        ("\u202egnp.exe", "gnp.exe"),
        ("half \ud800 pair", "half  pair"),
        ("星月夜 🎨", "星月夜 🎨"),
        ("'already", "'already"),
        ("<script>", "<script>"),
    ],
)
def test_cells(tmp_path, text, cell):
    path = tmp_path / "t.csv"
    write_csv(path, pd.DataFrame({"x": pd.Series([text], dtype=object), "n": [1]}))
    assert read(path) == [["x", "n"], [cell, "1"]]
    if "\ud800" not in text:  # pandas itself refuses such a name
        write_csv(path, pd.DataFrame({text: [1], "n": [1]}))
        assert read(path)[0][0] == cell


def test_kinds_of_values(tmp_path):
    path = tmp_path / "t.csv"
    frame = pd.DataFrame(
        {
            "whole": [1, -2],
            "gap": [1.0, np.nan],
            "real": [1.0, -2.5],
            "single": np.array([0.1, -1e-7], dtype=np.float32),
            "flag": [True, False],
            "day": [datetime.date(1890, 5, 1), None],
            "time": pd.to_datetime(["1890-05-01", None]),
            "nullable": pd.array([3, None], dtype="Int64"),
            "list": [["a", "b"], []],
            "category": pd.Categorical(["x", None]),
        }
    )
    write_csv(path, frame)
    assert read(path)[1:] == [
        ["1", "1", "1.0", "0.1", "True", "1890-05-01", "1890-05-01", "3", "a; b", "x"],
        ["-2", "", "-2.5", "-1e-07", "False", "", "", "", "", ""],
    ]


def test_round_trip_and_determinism(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"id": [f"p{i:05}" for i in range(200)], "x": rng.normal(size=200), "k": rng.integers(-5, 5, 200)}
    )
    before = frame.copy(deep=True)
    for name in ("a", "b"):
        write_csv(tmp_path / name, frame)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    pd.testing.assert_frame_equal(frame, before)
    rows = read(tmp_path / "a")[1:]
    assert [row[0] for row in rows] == frame["id"].tolist()
    assert [float(row[1]) for row in rows] == frame["x"].tolist()
    assert [int(row[2]) for row in rows] == frame["k"].tolist()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]


def test_empty_tables(tmp_path):
    write_csv(tmp_path / "t", pd.DataFrame({"a": [], "b": []}))
    assert (tmp_path / "t").read_bytes() == b"\xef\xbb\xbfa,b\r\n"


PAINTINGS = pd.DataFrame(
    {
        "title": list("stuvw"),
        "id": list("abcde"),
        "artist": ["M", "N", "M", None, "N"],
        "Cluster": [9, 9, 9, 9, 9],
    },
    index=[5, 4, 3, 2, 1],
)


def test_paintings_table():
    table = paintings_table(PAINTINGS, [0, 1, -1, 0, 1], scores={"typicality": [0.5, 0.25, 1, 0, 0]})
    assert table.columns.tolist() == ["id", "cluster", "typicality", "title", "artist", "Cluster_2"]
    assert table["id"].tolist() == list("abcde")
    assert table["title"].tolist() == list("stuvw")
    assert table["cluster"].isna().tolist() == [False, False, True, False, False]
    assert table["cluster"].dropna().tolist() == [0, 1, 0, 1]
    with pytest.raises(InputError, match="rows"):
        paintings_table(PAINTINGS, [0])
    with pytest.raises(InputError, match="typicality"):
        paintings_table(PAINTINGS, [0] * 5, scores={"typicality": [1]})
    with pytest.raises(InputError, match="'id'"):
        paintings_table(PAINTINGS.drop(columns="id"), [0] * 5)
