"""Several pictures of one work: the first is taken, or all, or the one that a column names."""

import numpy as np
import pytest

from artgraph import pipeline
from artgraph.corpus import Corpus
from artgraph.errors import IngestError, InputError
from artgraph.ingest import plan, read_metadata
from artgraph.objectviews import natural
from tests.hazards import encode, scene

PATHS = ["10.jpg", "10_10.jpg", "10_2.jpg", "11/back.jpg", "11/front.jpg", "1.jpg", "1-a.jpg", "loose.jpg"]
BY_ID = "id,artist\n10,Anna\n11,Berta\n1,Clara\n1-a,Dora\n"


def planned(tmp_path, paths, content, views):
    file = tmp_path / "works.csv"
    file.write_text(content, encoding="utf-8")
    result = plan(paths, read_metadata(file), root=tmp_path, views=views)
    counts = result.counts
    other = counts.get("other_views", 0)
    assert counts["images"] + other == len(paths)
    assert counts["rows"] == counts["rows_joined"] + counts["rows_merged"] + counts["rows_refused"]
    assert (result.refused["reason"] == "another view").sum() == other
    return result


def pairs(result):
    return dict(zip(result.paintings["id"], result.paintings["image"], strict=True))


def test_natural_order():
    assert sorted(["a10", "a2", "A1", "b"], key=natural) == ["A1", "a2", "a10", "b"]


def test_the_first_picture_of_each_work(tmp_path):
    """ "1-a" is a work of its own: the longest id that fits a name is meant."""
    result = planned(tmp_path, PATHS, BY_ID, "first")
    assert pairs(result) == {
        "10": "10.jpg", "11": "11/back.jpg", "1": "1.jpg", "1-a": "1-a.jpg", "loose.jpg": "loose.jpg"
    }  # fmt: skip
    left = result.refused[result.refused["reason"] == "another view"]
    assert list(left["input"]) == ["10_2.jpg", "10_10.jpg", "11/front.jpg"]
    assert left["detail"].iloc[0] == "Its work is shown by '10.jpg'."
    assert result.counts["rows_refused"] == 0
    assert result.notes == ["2 works have several pictures; 3 were left out."]


def test_all_pictures(tmp_path):
    result = planned(tmp_path, PATHS, BY_ID, "all")
    assert pairs(result) == {
        "10": "10.jpg", "10 (2)": "10_2.jpg", "10 (3)": "10_10.jpg", "11": "11/back.jpg", "11 (2)": "11/front.jpg",
        "1": "1.jpg", "1-a": "1-a.jpg", "loose.jpg": "loose.jpg",
    }  # fmt: skip
    table = result.paintings.set_index("id")
    assert dict(table["view_of"].dropna()) == {"10": "10", "10 (2)": "10", "10 (3)": "10", "11": "11", "11 (2)": "11"}
    assert table["artist"].dropna().to_dict()["10 (3)"] == "Anna"
    assert result.counts["rows"] == result.counts["rows_joined"] == 4


def test_a_name_that_is_taken_is_not_given(tmp_path):
    content = "id,image\na,1.jpg\na,2.jpg\na (2),3.jpg\n"
    assert pairs(planned(tmp_path, ["1.jpg", "2.jpg", "3.jpg"], content, "all")) == {
        "a": "1.jpg", "a (2)": "3.jpg", "a (3)": "2.jpg"
    }  # fmt: skip


ROWS = (
    "id,file,kind,artist\n7,C:\\scans\\b.JPG,detail,Anna\n7,a.jpg,primary,Anna\n7,c.jpg,,Anna\n7,gone.jpg,,Anna\n"
    "8,d.jpg,2,Berta\n8,e.jpg,1,Berta\n"
)


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        ("first", {"7": "b.jpg", "8": "d.jpg"}),
        ("kind", {"7": "a.jpg", "8": "e.jpg"}),
        ("all", {"7": "b.jpg", "7 (2)": "a.jpg", "7 (3)": "c.jpg", "8": "d.jpg", "8 (2)": "e.jpg"}),
    ],
)
def test_rows_with_one_id(tmp_path, views, expected):
    result = planned(tmp_path, ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"], ROWS, views)
    assert pairs(result) == expected
    rows = result.refused[result.refused["kind"] == "row"]
    assert list(rows["reason"]) == ["no such image"]


def test_several_pictures_in_one_cell(tmp_path):
    content = "image,artist\na.jpg; b.jpg | c.jpg,Anna\nd;e.jpg,Berta\n"
    paths = ["a.jpg", "b.jpg", "c.jpg", "d;e.jpg"]
    assert pairs(planned(tmp_path, paths, content, "first")) == {"a.jpg": "a.jpg", "d;e.jpg": "d;e.jpg"}
    result = planned(tmp_path, paths, content, "all")
    assert sorted(result.paintings["view_of"].dropna()) == ["a.jpg"] * 3


def test_unasked_nothing_is_chosen(tmp_path):
    result = planned(tmp_path, ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"], ROWS, None)
    assert list(result.paintings["id"]) == ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"]
    assert any(note.startswith("2 works have several pictures. --views first") for note in result.notes)
    alone = planned(tmp_path, ["a.jpg"], "id,artist\na,Anna\n", None)
    assert alone.notes == []


def test_a_column_that_is_not_there(tmp_path):
    with pytest.raises(IngestError, match="there is no such column"):
        planned(tmp_path, PATHS, BY_ID, "viewtype")


def picture(path, seed):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(scene(seed=seed), "JPEG"))


@pytest.fixture
def collection(tmp_path):
    """Six works, of which the first has three pictures that are nearly the same."""
    scans = tmp_path / "scans"
    lines = ["id,artist"]
    for work in range(6):
        lines.append(f"w{work},artist {work}")
        picture(scans / f"w{work}.jpg", work)
    for view in (2, 3):
        content = scene(seed=0).copy()
        content[:view] = 0
        (scans / f"w0_{view}.jpg").write_bytes(encode(content, "JPEG"))
    (tmp_path / "works.csv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_pictures_of_one_work_are_no_neighbours(collection):
    out = collection / "corpus"
    corpus = pipeline.ingest(collection / "scans", out, metadata=collection / "works.csv", views="all")
    assert list(corpus.paintings["id"][:3]) == ["w0", "w0 (2)", "w0 (3)"]
    pipeline.describe(corpus, descriptors=["color"])
    pipeline.build_graph(corpus, on=["color"], n_neighbors=2)
    indices = corpus.get("graphs", "style", "knn")["indices"]
    views = np.flatnonzero(corpus.paintings["view_of"].notna())
    assert not np.isin(indices[views], views).any()


def test_growing_keeps_to_the_choice(collection):
    out = collection / "corpus"
    corpus = pipeline.ingest(collection / "scans", out, metadata=collection / "works.csv", views="first")
    assert len(corpus) == 6
    assert corpus.head["facts"]["images_found"] == 6
    assert corpus.head["facts"]["other_views"] == 2
    pipeline.describe(corpus, descriptors=["color"])
    picture(collection / "scans" / "w1_2.jpg", 30)  # another view of a work that is there
    picture(collection / "scans" / "w9.jpg", 31)
    pipeline.add(corpus, collection / "scans")
    assert list(Corpus(out).paintings["id"]) == ["w0", "w1", "w2", "w3", "w4", "w5", "w9.jpg"]


def test_views_without_a_spreadsheet(collection):
    with pytest.raises(InputError, match="--views"):
        pipeline.ingest(collection / "scans", collection / "corpus", views="first")
