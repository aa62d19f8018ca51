"""What is said of what was made, word for word."""

import shutil

import pandas as pd
import pytest

from artgraph import pipeline
from artgraph.corpus import Corpus
from artgraph.stages.base import Made
from artgraph.stages.summary import cut, ingest_lines, line, work_names
from artgraph.testing import toy_pictures


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        ("features", {"n": 1200, "dimensions": 256}, "features x: 1,200 paintings, 256 numbers each"),
        ("graphs", {"edges": 1022, "hubness": 0.3}, "graph x: 1,022 links between paintings that look alike"),
        (
            "graphs",
            {"edges": 9, "hubness": 0.3, "artist_links": 4},
            "graph x: 9 links between paintings that look alike, and 4 between works by one artist",
        ),
        ("models", {"auc": 0.99, "active_units": 256}, "model x: trained"),
        ("models", {"auc": 0.5, "warning": "all is one"}, "model x: trained; warning: all is one"),
        (
            "models",
            {"auc": 0.9, "artist_precision_before": 0.2, "artist_precision": 0.31},
            "model x: of the works nearest to one by an artist whose name was held out, 31% are by the same artist; "
            "before, 20%",
        ),
        (
            "models",
            {"artist_precision": None, "artist_precision_before": None, "steps": 3},
            "model x: trained; too few artists to hold any out, so whether it helps is unknown",
        ),
        ("partitions", {"n_clusters": 1, "unassigned": 0, "modularity": 0.4}, "partition x: 1 cluster"),
        ("partitions", {"n_clusters": 7, "unassigned": 2}, "partition x: 7 clusters; 2 paintings in none"),
        (
            "reports",
            {"scores": {"ami": 0.417}, "chance": {"ami": {"mean": -0.0004}}, "against": "style"},
            "report x: agreement with 'style': AMI 0.42 (1: the same; by chance 0.00)",
        ),
        ("reports", {"against": "style"}, "report x: no painting has a style to compare with"),
        ("reports", {"summary": "3 works (3 date). Nothing here is"}, "report x: 3 works (3 date)"),
        ("export", {}, "export x"),
    ],
)  # fmt: skip
def test_a_line_on_what_a_stage_made(kind, facts, said):
    assert line(Made(kind, "x", True, facts)) == said
    assert line(Made(kind, "x", False, facts)) == f"{said} (up to date)"


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """Nine pictures and two that are none; a spreadsheet with a row too many, one repeated and one missing."""
    folder = tmp_path_factory.mktemp("taken")
    table = pd.read_csv(toy_pictures(folder / "in", n=9), dtype=str)
    (folder / "in" / "images" / "a.png").write_bytes(b"")
    (folder / "in" / "images" / "b.png").write_bytes(b"<html>")
    table.loc[3, "artist"] = table.loc[4, "title"] = table.loc[5, "date"] = None
    table = pd.concat([table.drop(8), table.iloc[[0]], table.iloc[[0]].assign(path="nowhere.png")])
    table.to_csv(folder / "in" / "metadata.csv", index=False)
    return pipeline.ingest(folder / "in", folder / "out", metadata=folder / "in" / "metadata.csv", max_refused=0.5)


def test_what_came_in_is_said_in_full(taken):
    reasons = pd.read_csv(taken.path / "refused.csv").query("kind == 'image'")["reason"].tolist()
    said = ingest_lines(taken)
    assert said[0] == f"11 pictures found = 9 taken + 2 refused (1 {reasons[0]}, 1 {reasons[1]})"
    assert said[1] == "10 rows of the spreadsheet metadata.csv: 8 matched a picture, 1 refused, 1 repeated"
    assert said[2] == "1 picture without a row of the spreadsheet"
    assert said[3] == "known: the artist of 7 of 9 paintings (5 artists), the date of 7, the title of 7"
    assert said[-1] == f"{taken.path / 'refused.csv'} says which were refused and why"


def test_what_was_passed_over_is_said_and_files_that_are_gone_stop_nothing(taken, tmp_path, monkeypatch):
    shutil.copytree(taken.path, tmp_path / "copy")
    (tmp_path / "copy" / "refused.csv").unlink()
    corpus = Corpus(tmp_path / "copy")
    more = {"images_noted": 1, "other_files": {".dng": 2, ".psd": 3}, "folders_passed_over": {"@eaDir": 12}}
    more |= {"folders_unreadable": 2, "files_beside_a_picture": 1, "images_odd": [1]}
    monkeypatch.setitem(corpus.head, "facts", corpus.head["facts"] | more)
    said = ingest_lines(corpus)
    assert said[:6] == [
        "11 pictures found = 9 taken + 2 refused",
        "1 picture taken with something missing; the column image_note says what",
        "not pictures that artgraph reads: 3 .psd, 2 .dng",
        "folders passed over: 12 @eaDir",
        "2 folders could not be read",
        "1 file beside a picture passed over",
    ]
    monkeypatch.setitem(corpus.head, "facts", {})
    assert ingest_lines(corpus)[0] == "9 pictures found = 9 taken + 0 refused"


def test_works_have_the_names_that_people_use(taken):
    ids = taken.paintings["id"].tolist()
    assert work_names(taken, [ids[1], ids[3], ids[4], ids[8]]) == [
        "Stripes 1, Artist 1a, 1901 (images/001.png)",
        "Stripes 3, 1903 (images/003.png)",
        "Artist 1b, 1904 (images/004.png)",
        "images/008.png",
    ]


def test_what_is_cut_has_a_sign():
    assert cut("a" * 80, 80) == "a" * 80
    assert cut("a" * 81, 80) == "a" * 79 + "…"
