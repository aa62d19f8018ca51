import io
import os
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artgraph.errors import IngestError
from artgraph.images import EXTENSIONS, ImageRecord
from artgraph.ingest import Metadata, Refusal, find_images, inspect_chunk, plan, read_metadata
from artgraph.metadata import STANDARD
from tests import hazards
from tests.hazards import encode, scene


def sheet(tmp_path, content, name="metadata.csv"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(tmp_path, content, name="metadata.csv", **options):
    return read_metadata(sheet(tmp_path, content, name), **options)


def rows(table):
    """A table as tuples, with None for what is missing."""
    return [tuple(row) for row in table.astype(object).where(table.notna(), None).itertuples(index=False)]


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def joined(tmp_path, paths, content, **options):
    """For each painting its id, picture and line; the refused rows as input and reason; the counts."""
    result = plan(paths, read(tmp_path, content), root=tmp_path, **options)
    paintings = rows(result.paintings[["id", "image", "metadata_line"]])
    counts = result.counts
    assert counts["images"] == counts["paintings"] + counts["images_refused"] == len(set(paths))
    assert counts["rows"] == counts["rows_joined"] + counts["rows_merged"] + counts["rows_refused"]
    assert counts["without_row"] == int(result.paintings["metadata_line"].isna().sum())
    assert (result.refused["kind"] == "row").sum() == counts["rows_refused"]
    return paintings, rows(result.refused[["input", "reason"]]), counts


# Finding pictures.


def test_find_images(tmp_path):
    touch(
        tmp_path,
        "b.JPG",
        "a/c.png",
        "a/b/d.TiFf",
        "a.txt",
        "metadata.csv",
        ".hidden.jpg",
        "._b.jpg",
        ".git/e.jpg",
        "jpg",
    )
    touch(tmp_path, "folder.jpg/x.webp", "Z.gif", "a-b.bmp", "no.ending/f.jpeg", "two.jpg.png", "a/.x/y.jpg")
    expected = [
        "Z.gif",
        "a-b.bmp",
        "a/b/d.TiFf",
        "a/c.png",
        "b.JPG",
        "folder.jpg/x.webp",
        "no.ending/f.jpeg",
        "two.jpg.png",
    ]
    assert find_images(tmp_path) == expected
    assert find_images(str(tmp_path)) == expected


def test_find_images_needs_a_folder(tmp_path):
    touch(tmp_path, "a.jpg")
    for wrong in (tmp_path / "missing", tmp_path / "a.jpg"):
        with pytest.raises(IngestError, match="There is no folder"):
            find_images(wrong)
    (tmp_path / "empty").mkdir()
    assert find_images(tmp_path / "empty") == []


def test_links(tmp_path):
    root = tmp_path / "root"
    touch(root, "a.jpg", "sub/b.jpg")
    touch(tmp_path, "outside/c.jpg")
    (root / "c.jpg").symlink_to(tmp_path / "outside" / "c.jpg")
    (root / "d.jpg").symlink_to("sub/b.jpg")
    assert find_images(root) == ["a.jpg", "c.jpg", "d.jpg", "sub/b.jpg"]
    results = dict(zip(find_images(root), inspect_chunk(root, find_images(root)), strict=True))
    assert results["c.jpg"].reason == "not an image"  # it is looked at, and holds the letter x
    assert results["d.jpg"].reason == "not an image"
    # A folder that is itself reached by a link is a folder like any other.
    (tmp_path / "alias").symlink_to(root)
    assert inspect_chunk(tmp_path / "alias", ["a.jpg"])[0].reason == "not an image"


def test_names_that_cannot_be_written_down(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"x")
    touch(tmp_path, "line\nbreak.jpg", "escape\x1b[31m.jpg", "plain.jpg")
    paths = find_images(tmp_path)
    assert len(paths) == 4
    result = plan(paths, root=tmp_path)
    assert result.paintings["id"].tolist() == ["plain.jpg"]
    assert result.refused["reason"].tolist() == ["unreadable name"] * 3
    assert result.refused["input"].tolist() == ["caf\\udce9.jpg", "escape\\x1b[31m.jpg", "line\\nbreak.jpg"]
    assert result.counts["images_refused"] == 3
    buffer = io.BytesIO()
    result.refused.to_csv(buffer)  # nothing in it that cannot be encoded
    result.refused.to_parquet(io.BytesIO())


# Reading spreadsheets.


def test_everything_stays_text(tmp_path):
    meta = read(tmp_path, "id,artist,year,note\n000001,NA,1889,1e5\n007,null,,nan\n,None,0012.50,TRUE\n")
    assert list(meta.table.columns) == ["id", "artist", "date", "note"]
    assert rows(meta.table) == [
        ("000001", "NA", "1889", "1e5"),
        ("007", "null", None, "nan"),
        (None, "None", "0012.50", "TRUE"),
    ]
    assert all(dtype == "string" for dtype in meta.table.dtypes)
    assert meta.lines == [2, 3, 4]
    assert (meta.encoding, meta.delimiter, meta.name, meta.notes, meta.refused) == (
        "utf-8",
        ",",
        "metadata.csv",
        [],
        [],
    )
    assert meta.columns == {"id": "id", "artist": "artist", "year": "date", "note": "note"}


TEXT = "path,artist,title\na.jpg,Dürer,“Hase”\nb.jpg,Œuvre,€\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("windows-1252"), "windows-1252"),
    ],
)
@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_encodings_and_line_ends(tmp_path, data, encoding, newline):
    if encoding == "utf-16":
        text = data.decode("utf-16").replace("\n", newline.decode())
        data = text.encode("utf-16")
    else:
        data = data.replace(b"\n", newline)
    meta = read(tmp_path, data)
    assert meta.encoding == encoding
    assert rows(meta.table) == [("a.jpg", "Dürer", "“Hase”"), ("b.jpg", "Œuvre", "€")]
    assert meta.columns["path"] == "image"  # no byte order mark is left in the first name
    assert meta.lines == [2, 3]
    assert len(meta.notes) == (encoding == "windows-1252")


def test_windows_1252_is_noted(tmp_path):
    meta = read(tmp_path, "id,artist\n1,Dürer\n".encode("windows-1252"))
    assert meta.notes == [
        "metadata.csv is not UTF-8 and was read as windows-1252: 'Dürer'. If names look wrong, say which it is with "
        "--encoding, or save it as UTF-8."
    ]
    meta = read(tmp_path, b"id,artist\n1,D\xfcrer\x81\n")
    assert rows(meta.table) == [("1", "Dürer\ufffd")]
    assert "replaced" in meta.notes[1]


@pytest.mark.parametrize(
    ("content", "name", "delimiter"),
    [
        ("id,title\n1,a;b\n", "m.csv", ","),
        ("id;title\n1;a,b\n", "m.csv", ";"),
        ("id\ttitle\n1\ta,b;c\n", "m.csv", "\t"),
        ("id\ttitle\n1\tx\n", "m.tsv", "\t"),
        ('id;"title, in full, as written";x\n1;a;b\n', "m.csv", ";"),
        ("sep=;\nid;title\n1;a\n", "m.csv", ";"),
        ("\ufeffsep=;\r\nid;title\r\n1;a\r\n", "m.csv", ";"),
        ("id\n1\n", "m.csv", ","),
        ("id,title\n1,a\n", "m.txt", ","),
        ("id,title\n1,a\n", "m", ","),
    ],
)
def test_delimiter(tmp_path, content, name, delimiter):
    meta = read(tmp_path, content, name)
    assert meta.delimiter == delimiter
    assert meta.table["id"].tolist() == ["1"]
    assert meta.lines == [3 if "sep=" in content else 2]


def test_fields_with_line_breaks_keep_the_line_numbers(tmp_path):
    meta = read(tmp_path, 'id,title\n1,"two\nlines, ""quoted"""\n\n2,b\n,\n3,"x\r\n\r\ny"\n4,d\n')
    assert meta.lines == [2, 5, 7, 10]
    assert meta.table["title"].tolist() == ['two\nlines, "quoted"', "b", "x\r\n\r\ny", "d"]
    assert meta.notes == ["1 empty rows of metadata.csv were skipped."]


def test_control_characters_are_removed(tmp_path):
    meta = read(tmp_path, b"id,ti\0tle\n1,a\0b\x07c\x1b[0m\td\x7f\n")
    assert rows(meta.table) == [("1", "abc[0m\td")]
    assert meta.notes == ["5 control characters (NUL and the like) were removed from metadata.csv."]


def test_ragged_rows_are_refused_by_line(tmp_path):
    meta = read(tmp_path, "id,title,date\n1,a,1900\n2,b\n3,c,1901,surplus\n4,d,1902,,\n5\n6,e,1903\n")
    assert meta.table["id"].tolist() == ["1", "4", "6"]
    assert meta.lines == [2, 5, 7]
    assert meta.refused == [
        (3, "It has 2 fields; the header has 3."),
        (4, "It has 4 fields; the header has 3."),
        (6, "It has 1 fields; the header has 3."),
    ]
    result = plan(["1.jpg"], meta)
    assert rows(result.refused)[0] == ("metadata.csv line 3", "row", "ragged row", "It has 2 fields; the header has 3.")
    assert result.counts["rows"] == 6
    assert result.counts["rows_refused"] == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("\ufeff", "is empty"),
        (",,,\n,,\n", "is empty"),
        ("id,title\n", "a header and no rows"),
        ("id,title\n,\n\n", "a header and no rows"),
        ("id,title,title,id,x\n1,a,b,c,d\n", "more than one column named 'id', 'title'"),
        ("id, id \n1,2\n", "more than one column named 'id'"),
        ('id,title\n1,a\n2,"never closed\n3,c\n', "row that begins on line 3: .*quotation mark"),
        ('id,title\n1,"a" b\n', "row that begins on line 2: .*quotation mark"),
        ("<!DOCTYPE html><html></html>", "is an HTML page"),
        (b"PK\x03\x04" + bytes(50), "is a workbook"),
        (b"PAR1" + bytes(50), "damaged parquet"),
    ],
)
def test_what_cannot_be_read(tmp_path, content, message):
    with pytest.raises(IngestError, match=message) as caught:
        read(tmp_path, content)
    assert "metadata.csv" in str(caught.value)


@pytest.mark.parametrize("name", ["m.xlsx", "m.XLS", "m.ods", "m.numbers"])
def test_workbooks(tmp_path, name):
    with pytest.raises(IngestError, match="Save it as CSV"):
        read(tmp_path, b"PK\x03\x04", name)


def test_missing_spreadsheet(tmp_path):
    with pytest.raises(IngestError, match="No such file"):
        read_metadata(tmp_path / "none.csv")
    with pytest.raises(IngestError, match=r"is a folder without JSON files"):
        read_metadata(tmp_path)


@pytest.mark.parametrize(("ours", "aliases"), STANDARD.items())
def test_recognised_names(tmp_path, ours, aliases):
    for alias in aliases:
        for name in (alias, alias.upper(), alias.replace("_", " ").title(), alias.replace("_", "-")):
            assert read(tmp_path, f"{name},other\n1,2\n").columns == {name: ours, "other": "other"}


def test_rivals_for_one_column(tmp_path):
    meta = read(tmp_path, "creator,Artist,artist,maker\n1,2,3,4\n")
    assert meta.columns == {"creator": "creator", "Artist": "user_Artist", "artist": "artist", "maker": "maker"}
    assert meta.notes == [
        "Column 'artist' of metadata.csv is artist; 'Artist', 'creator', 'maker' kept under their own name.",
        "Column 'Artist' of metadata.csv is kept as 'user_Artist'.",
    ]
    meta = read(tmp_path, "maker,creator\n1,2\n")
    assert meta.columns == {"maker": "maker", "creator": "artist"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("genre", ["style"]),
        ("genre,style", ["genre", "style"]),
        ("genre,movement", ["genre", "style"]),
        ("movement,genre,style", ["movement", "genre", "style"]),
    ],
)
def test_genre_is_style_only_where_nothing_else_is(tmp_path, header, expected):
    meta = read(tmp_path, f"id,{header}\n1,{header}\n")
    assert list(meta.table.columns) == ["id", *expected]
    assert len(meta.notes) == ("movement" in header and "style" in header)  # a genre beside a style is no rival


def test_reserved_names_are_changed(tmp_path):
    meta = read(tmp_path, "image,image_width,Image-URL,metadata_line,user_image_width,_x\na.jpg,1,2,3,4,5\n")
    assert list(meta.columns.values()) == [
        "image",
        "user_image_width",
        "user_Image-URL",
        "user_metadata_line",
        "user_user_image_width",
        "_x",
    ]
    assert len(set(meta.table.columns)) == 6
    assert sum("is kept as" in note for note in meta.notes) == 4


def test_nameless_columns(tmp_path):
    meta = read(tmp_path, ",id,,title,\n0,1,x,a,\n1,2,,b,\n")
    assert list(meta.table.columns) == ["column_1", "id", "column_3", "title"]
    assert meta.table["column_3"].isna().tolist() == [False, True]
    assert len(meta.notes) == 2


def test_chosen_columns(tmp_path):
    content = "Maker name,artist,n\nMonet,x,000001\n"
    meta = read(tmp_path, content, columns={"artist": "Maker name", "id": "n"})
    assert meta.columns == {"Maker name": "artist", "artist": "user_artist", "n": "id"}
    assert rows(meta.table) == [("Monet", "x", "000001")]
    with pytest.raises(
        IngestError, match=r"no column 'Maker' \(chosen for artist\)\. It has 'Maker name', 'artist', 'n'"
    ):
        read(tmp_path, content, columns={"artist": "Maker"})
    with pytest.raises(IngestError, match=r"no column 'painter' to choose\. Choose from 'image', 'id'"):
        read(tmp_path, content, columns={"painter": "n"})
    with pytest.raises(IngestError, match="chosen for two"):
        read(tmp_path, content, columns={"artist": "n", "id": "n"})


def test_parquet(tmp_path):
    frame = pd.DataFrame(
        {
            "id": ["000001", "000002", None],
            "year": [1889.0, None, 1900.0],
            "height": [1.5, 2.0, np.nan],
            "count": [1, 2, 3],
            "title": ["a\0b", " c ", ""],
            "when": pd.to_datetime(["1889-05-01", None, "1900-01-02"]),
            "tags": [["x"], [], None],
            "bytes": [b"1", b"2", b"3"],
            "school": pd.Categorical(["x", None, "y"]),
        }
    )
    path = tmp_path / "m.parquet"
    table = pa.Table.from_pandas(frame, preserve_index=False)
    height = pa.array([1.5, 2.0, np.nan], from_pandas=False)  # as other writers store it, not as a null
    pq.write_table(table.set_column(2, "height", height), path)
    meta = read_metadata(path)
    assert list(meta.table.columns) == ["id", "date", "height", "count", "title", "when", "school"]
    assert rows(meta.table) == [
        ("000001", "1889", "1.5", "1", "ab", "1889-05-01 00:00:00", "x"),
        ("000002", None, "2", "2", "c", None, None),
        (None, "1900", None, "3", None, "1900-01-02 00:00:00", "y"),
    ]
    assert meta.lines == [1, 2, 3]
    assert [note.split("'")[1] for note in meta.notes] == ["tags", "bytes"]
    refused = plan(["a.jpg"], meta).refused
    assert refused["input"].tolist() == ["m.parquet row 1", "m.parquet row 2", "m.parquet row 3"]


# A field of white space alone is missing, and so is the space around a value.
field = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from(",;\t\n\"' "), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(table=st.lists(st.tuples(field, field, field), min_size=1, max_size=5), delimiter=st.sampled_from(",;\t"))
def test_csv_round_trip(tmp_path_factory, table, delimiter):
    table = [tuple(value.strip() for value in row) for row in table if any(value.strip() for value in row)]
    frame = pd.DataFrame(table, columns=["id", "a b", "c"], dtype="string")
    path = tmp_path_factory.mktemp("csv") / "m.csv"
    frame.to_csv(path, index=False, sep=delimiter, encoding="utf-8-sig", lineterminator="\n")
    if not table:
        return
    meta = read_metadata(path)
    assert rows(meta.table) == [tuple(value or None for value in row) for row in table]
    assert meta.refused == []


# Joining.


def test_no_metadata():
    result = plan(["b.jpg", "a/c.jpg", "A.jpg"])
    assert list(result.paintings.columns) == ["id", "image", "artist", "title", "date", "style", "metadata_line"]
    assert result.paintings["id"].tolist() == ["A.jpg", "a/c.jpg", "b.jpg"]
    assert (result.paintings["image"] == result.paintings["id"]).all()
    assert result.paintings[["artist", "title", "date", "style", "metadata_line"]].isna().all(axis=None)
    assert str(result.paintings["metadata_line"].dtype) == "Int64"
    assert list(result.refused.columns) == ["input", "kind", "reason", "detail"]
    assert len(result.refused) == 0
    assert set(result.counts.items()) >= {("images", 3), ("paintings", 3), ("rows", 0), ("without_row", 3)}


def test_no_pictures(tmp_path):
    result = plan([])
    assert len(result.paintings) == 0
    assert list(result.paintings.columns) == ["id", "image", "artist", "title", "date", "style", "metadata_line"]
    paintings, refused, _ = joined(tmp_path, [], "path,artist\na.jpg,x\n")
    assert (paintings, refused) == ([], [("metadata.csv line 2", "no such image")])


def test_columns_of_the_table(tmp_path):
    meta = read(tmp_path, "filename,school,artist,genre,style\nb.jpg,Delft,Vermeer,interior,Baroque\n")
    table = plan(["a.jpg", "b.jpg"], meta).paintings
    assert list(table.columns) == [
        "id",
        "image",
        "artist",
        "title",
        "date",
        "style",
        "school",
        "genre",
        "metadata_line",
    ]
    assert rows(table) == [
        ("a.jpg", "a.jpg", None, None, None, None, None, None, None),
        ("b.jpg", "b.jpg", "Vermeer", None, None, "Baroque", "Delft", "interior", 2),
    ]
    again = pd.read_parquet(io.BytesIO(table.to_parquet()))
    assert rows(again) == rows(table)


def test_path_relative_to_the_root_or_to_the_spreadsheet(tmp_path):
    content = "path,artist\nimages/a.jpg,A\n./images//b.jpg,B\n"
    wikiart = tmp_path / "wikiart"
    wikiart.mkdir()
    meta = read(wikiart, content)
    whole = plan(["images/a.jpg", "images/b.jpg"], meta, root=wikiart, metadata_dir=wikiart)
    assert whole.paintings["artist"].tolist() == ["A", "B"]
    assert whole.paintings["id"].tolist() == ["images/a.jpg", "images/b.jpg"]
    part = plan(["a.jpg", "b.jpg"], meta, root=wikiart / "images", metadata_dir=wikiart)
    assert part.paintings["artist"].tolist() == ["A", "B"]
    assert part.paintings["id"].tolist() == ["a.jpg", "b.jpg"]
    inside = plan(
        ["images/a.jpg", "images/b.jpg"],
        read(wikiart, "path\n../images/a.jpg\n"),
        root=wikiart,
        metadata_dir=wikiart / "lists",
    )
    assert inside.paintings["metadata_line"].tolist() == [2, pd.NA]


def test_relative_folders_and_a_folder_reached_by_a_link(tmp_path, monkeypatch):
    (tmp_path / "real" / "images").mkdir(parents=True)
    (tmp_path / "alias").symlink_to(tmp_path / "real")
    monkeypatch.chdir(tmp_path)
    meta = read(tmp_path, "path\nimages/a.jpg\n")
    assert plan(["a.jpg"], meta, root="alias/images", metadata_dir="real").counts["rows_joined"] == 1


def test_the_exact_path_comes_first(tmp_path):
    # images/a.jpg is both "a.jpg next to the spreadsheet" and the bare name of another picture.
    paintings, refused, _ = joined(tmp_path, ["a.jpg", "x/a.jpg"], "path\na.jpg\n", metadata_dir=tmp_path / "x")
    assert paintings == [("a.jpg", "a.jpg", 2), ("x/a.jpg", "x/a.jpg", None)]
    assert refused == []


def test_bare_names(tmp_path):
    paths = ["one/a.jpg", "two/b.jpg", "one/c.jpg", "two/c.jpg"]
    paintings, refused, _ = joined(tmp_path, paths, "filename\na.jpg\nc.jpg\nd.jpg\nthree/b.jpg\nA.jpg\n")
    assert [row[2] for row in paintings] == [2, None, None, None]  # the exact name comes first
    assert refused == [
        ("metadata.csv line 3", "ambiguous name"),
        ("metadata.csv line 4", "no such image"),
        ("metadata.csv line 5", "no such image"),
        ("metadata.csv line 6", "no such image"),
    ]
    result = plan(paths, read(tmp_path, "filename\nc.jpg\nONE/a.jpg\nhttps://a.org/c.jpg\n"), root=tmp_path)
    details = result.refused["detail"].tolist()
    assert details[0] == "'c.jpg' may be any of 2 pictures: 'one/c.jpg', 'two/c.jpg'. Give the path."
    assert result.counts["rows_joined"] == 1  # ONE/a.jpg
    assert details[1] == "'https://a.org/c.jpg' is an address on the web; expected the name of a file."


@pytest.mark.parametrize(
    "path",
    [
        "../a.jpg",
        "x/../../a.jpg",
        "..\\a.jpg",
        "..",
    ],
)
def test_paths_that_lead_out(tmp_path, path):
    paintings, refused, _ = joined(tmp_path, ["a.jpg", "etc/a.jpg"], f"path\n{path}\n")
    assert [row[2] for row in paintings] == [None, None]
    assert refused == [("metadata.csv line 2", "outside the folder")]


def test_paths_that_only_look_as_if_they_led_out(tmp_path):
    content = f"path\nx/../a.jpg\n{tmp_path}/b.jpg\nsub\\c.jpg\n..d.jpg\nback\\slash.jpg\ne: study.jpg\n"
    paths = ["a.jpg", "b.jpg", "sub/c.jpg", "..d.jpg", "back\\slash.jpg", "e: study.jpg"]
    paintings, refused, _ = joined(tmp_path, paths, content)
    assert refused == []
    assert sorted(row[2] for row in paintings) == [2, 3, 4, 5, 6, 7]
    # A folder whose name begins like the root's is not inside the root, and the file there is not the one inside.
    touch(tmp_path.with_name(tmp_path.name + "2"), "a.jpg")
    assert joined(tmp_path, ["a.jpg"], f"path\n{tmp_path}2/a.jpg\n")[1] == [
        ("metadata.csv line 2", "outside the folder")
    ]


def test_ids_name_pictures_by_path_by_path_without_ending_or_by_stem(tmp_path):
    paths = [
        "000001.jpg",
        "x/m.c.-escher_1.jpg",
        "y/1984.5.tif",
        "y/k.jpg.png",
        "z/two.jpg",
        "z/two.png",
        "w/three.jpg",
        "v/three.jpg",
    ]
    content = "id\n000001\nx/m.c.-escher_1\n1984.5\ny/k.jpg.png\nm\nx/m\nz/two\nthree\n1\nz/two.png\n"
    paintings, refused, _ = joined(tmp_path, paths, content)
    assert paintings == [
        ("000001", "000001.jpg", 2),
        ("1984.5", "y/1984.5.tif", 4),
        ("v/three.jpg", "v/three.jpg", None),
        ("w/three.jpg", "w/three.jpg", None),
        ("x/m.c.-escher_1", "x/m.c.-escher_1.jpg", 3),
        ("y/k.jpg.png", "y/k.jpg.png", 5),
        ("z/two.jpg", "z/two.jpg", None),
        ("z/two.png", "z/two.png", 11),
    ]
    assert refused == [
        ("metadata.csv line 6", "no such image"),
        ("metadata.csv line 7", "no such image"),
        ("metadata.csv line 8", "ambiguous name"),
        ("metadata.csv line 9", "ambiguous name"),
        ("metadata.csv line 10", "no such image"),
    ]


def test_identity(tmp_path):
    content = "file,object number,artist\na.jpg,000001,A\nb.jpg,,B\nc.jpg,0001,C\n"
    paintings, refused, _ = joined(tmp_path, ["a.jpg", "b.jpg", "c.jpg", "d.jpg"], content)
    assert paintings == [("000001", "a.jpg", 2), ("0001", "c.jpg", 4), ("b.jpg", "b.jpg", 3), ("d.jpg", "d.jpg", None)]
    assert refused == []


def test_an_id_that_is_the_path_of_another_picture(tmp_path):
    paintings, refused, _ = joined(tmp_path, ["a.jpg", "b.jpg"], "file,id\na.jpg,b.jpg\nb.jpg,b.jpg\n")
    assert refused == [("metadata.csv line 2", "id taken"), ("metadata.csv line 3", "conflicting rows")]
    assert paintings == [("a.jpg", "a.jpg", None), ("b.jpg", "b.jpg", None)]
    paintings, refused, _ = joined(tmp_path, ["a.jpg", "b.jpg"], "file,id\na.jpg,b.jpg\nb.jpg,x\n")
    assert refused == [("metadata.csv line 2", "id taken")]
    assert paintings == [("a.jpg", "a.jpg", None), ("x", "b.jpg", 3)]


def test_repeated_and_conflicting_rows(tmp_path):
    content = (
        "id,path,artist\n"
        "1,a.jpg,A\n1,a.jpg,A\n1,a.jpg,A\n"  # the same three times
        "2,b.jpg,B\n2,b.jpg,someone else\n"  # one picture, two makers
        "3,c.jpg,C\n3,d.jpg,D\n"  # one id, two pictures
        "5,e.jpg,E\n6,e.jpg,E\n"  # one picture, two ids
        "7,f.jpg,F\n7,missing.jpg,F\n"  # the second has no picture, so the first is without rival
        "8,lost.jpg,G\n8,lost.jpg,G\n"
    )
    paintings, refused, counts = joined(tmp_path, [f"{name}.jpg" for name in "abcdef"], content)
    assert paintings == [
        ("1", "a.jpg", 2),
        ("7", "f.jpg", 11),
        ("b.jpg", "b.jpg", None),
        ("c.jpg", "c.jpg", None),
        ("d.jpg", "d.jpg", None),
        ("e.jpg", "e.jpg", None),
    ]
    conflict = [(f"metadata.csv line {line}", "conflicting rows") for line in (5, 6, 7, 8, 9, 10)]
    assert refused == [*conflict, *((f"metadata.csv line {line}", "no such image") for line in (12, 13, 14))]
    assert counts["rows_merged"] == 2
    assert counts["rows_joined"] == 2


def test_rows_without_a_name(tmp_path):
    assert joined(tmp_path, ["a.jpg"], "path,artist\n,A\na.jpg,B\n")[1] == [("metadata.csv line 2", "no name")]
    assert joined(tmp_path, ["a.jpg"], "id,path\nb,\n")[1] == [("metadata.csv line 2", "no name")]
    assert joined(tmp_path, ["a.jpg"], "id,path\na,\n")[1] == []  # where no row has a path that is there, ids count


def test_a_spreadsheet_that_names_no_pictures(tmp_path):
    with pytest.raises(IngestError, match=r"It has: artist, Painting\. Expected one of: image, path, .* id, object_id"):
        plan(["a.jpg"], read(tmp_path, "artist,Painting\nx,a.jpg\n"))


def test_unicode_normal_forms(tmp_path):
    composed, apart = "\u00e9tude.jpg", "e\u0301tude.jpg"
    # macOS wrote the name in two characters, the spreadsheet has one.
    paintings, refused, _ = joined(tmp_path, [apart], f"path\n{composed}\n")
    assert (paintings, refused) == ([(composed, apart, 2)], [])
    paintings, refused, _ = joined(tmp_path, [composed], f"id\n{apart[:-4]}\n")
    assert (paintings, refused) == ([(composed[:-4], composed, 2)], [])
    # Both exist: an exact name decides, and the ids stay apart.
    paintings, refused, _ = joined(tmp_path, [apart, composed], f"path,artist\n{composed},A\n{apart},B\n")
    assert paintings == [(apart, apart, 3), (composed, composed, 2)]
    assert refused == []


def test_hostile_text_passes_through_unchanged(tmp_path):
    hostile = [
        "<script>alert(1)</script>",
        '=HYPERLINK("http://x")',
        "a'; DROP TABLE",
        "../../etc",
        "‮right to left",
        "x" * 5000,
    ]
    quoted = [value.replace('"', '""') for value in hostile]
    content = "path,title\n" + "".join(f'{i}.jpg,"{value}"\n' for i, value in enumerate(quoted))
    result = plan([f"{i}.jpg" for i in range(6)], read(tmp_path, content))
    assert result.paintings["title"].tolist() == hostile
    lost = plan([], read(tmp_path, content.replace(".jpg", "\U0001f5bc" * 2000)))
    assert max(map(len, lost.refused["detail"])) <= 500


def test_inputs_are_not_changed(tmp_path):
    meta = read(tmp_path, "id,path,artist\n1,b.jpg,B\n2,a.jpg,A\n")
    before, paths = meta.table.copy(), ["b.jpg", "a.jpg"]
    plan(paths, meta)
    pd.testing.assert_frame_equal(meta.table, before)
    assert paths == ["b.jpg", "a.jpg"]


names = st.lists(
    st.sampled_from(["a.jpg", "b.jpg", "x/a.jpg", "x/b.png", "é.jpg", "e\u0301.jpg", "a.png"]), unique=True
)
values = st.sampled_from([None, "a.jpg", "b.jpg", "x/a.jpg", "a", "b", "x/b", "é", "../a.jpg", "1", "2"])


@settings(max_examples=80, deadline=None)
@given(
    paths=names,
    table=st.lists(st.tuples(values, values, st.sampled_from(["A", "B"])), max_size=8),
    keys=st.integers(0, 2),
)
def test_every_picture_and_every_row_is_accounted_for(paths, table, keys):
    columns = [["id", "image", "artist"], ["id", "x", "artist"], ["x", "image", "artist"]][keys]
    frame = pd.DataFrame(table, columns=columns, dtype="string")
    result = plan(paths, Metadata(frame, list(range(2, len(table) + 2)), delimiter=","))
    counts = result.counts
    assert sorted(result.paintings["image"]) == sorted(paths)
    assert result.paintings["id"].is_unique
    assert result.paintings["id"].tolist() == sorted(result.paintings["id"])
    assert counts["rows"] == len(table) == counts["rows_joined"] + counts["rows_merged"] + counts["rows_refused"]
    lines = result.paintings["metadata_line"].dropna()
    assert lines.is_unique
    assert len(lines) == counts["rows_joined"]
    # Order of the rows decides nothing but line numbers.
    turned = plan(
        paths[::-1], Metadata(frame[::-1].reset_index(drop=True), list(range(len(table) + 1, 1, -1)), delimiter=",")
    )
    assert rows(turned.paintings.drop(columns="metadata_line")) == rows(result.paintings.drop(columns="metadata_line"))
    assert sorted(turned.refused["reason"]) == sorted(result.refused["reason"])


# Everything at once.


def test_hazards_from_end_to_end(tmp_path):
    root = tmp_path / "root"
    expected = hazards.write_hazards(root)
    assert len(expected) > 200
    found = find_images(root)
    assert set(found) == {name for name, outcome in expected.items() if outcome != hazards.IGNORED}
    result = plan(found, root=root)
    chunk = inspect_chunk(root, result.paintings["image"].tolist(), thumbnail=64)
    outcomes = {
        path: one.reason if isinstance(one, Refusal) else hazards.TAKEN
        for path, one in zip(result.paintings["image"], chunk, strict=True)
    }
    outcomes |= {name: "unreadable name" for name in found if name not in outcomes}
    assert outcomes == {name: outcome for name, outcome in expected.items() if outcome != hazards.IGNORED}
    refused = [one for one in chunk if isinstance(one, Refusal)]
    assert all(one.kind == "image" and one.detail and one.input in expected for one in refused)


def test_inspect_chunk_in_another_process(tmp_path):
    (tmp_path / "a.jpg").write_bytes(encode(scene(), "JPEG"))
    (tmp_path / "b.jpg").write_bytes(b"")
    paths = ["b.jpg", "a.jpg", "c.jpg"]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(inspect_chunk, tmp_path, paths, thumbnail=32).result()
    assert there == inspect_chunk(tmp_path, paths, thumbnail=32)
    assert [type(one) for one in there] == [Refusal, ImageRecord, Refusal]
    assert [one.reason for one in there if isinstance(one, Refusal)] == ["empty file", "unreadable file"]
    assert pickle.loads(pickle.dumps(inspect_chunk)) is inspect_chunk


def test_extensions():
    assert all(ending == ending.lower() and ending.startswith(".") for ending in EXTENSIONS)
    assert {
        ".jpg",
        ".jpeg",
        ".jfif",
        ".png",
        ".tif",
        ".tiff",
        ".webp",
        ".bmp",
        ".gif",
        ".ppm",
        ".pgm",
        ".jp2",
        ".avif",
    } <= EXTENSIONS
