"""Spreadsheets as museums export them: their paths, encodings, delimiters, preambles, and what is no table at all."""

import gzip
import io
import os
import zipfile

import pandas as pd
import pytest
from click.testing import CliRunner

from artgraph import pipeline
from artgraph.cli import main
from artgraph.corpus import Corpus
from artgraph.errors import IngestError
from artgraph.ingest import check_matched, plan, read_metadata
from artgraph.stages.summary import ingest_lines
from tests.hazards import encode, scene


def read(folder, content, name="m.csv", **options):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_metadata(path, **options)


# Rows and pictures.

PICTURES = ["images/001.jpg", "images/002.jpg", "images/Café à Paris.jpg", "plates/recto/7.jpg", "plates/verso/7.jpg"]


@pytest.mark.parametrize(
    ("written", "picture"),
    [
        (r"C:\scans\001.jpg", "images/001.jpg"),
        (r"c:\Users\me\images\001.jpg", "images/001.jpg"),
        (r"\\server\share\images\001.jpg", "images/001.jpg"),
        (r"images\001.jpg", "images/001.jpg"),
        (r".\images\001.jpg", "images/001.jpg"),
        ("C:001.jpg", "images/001.jpg"),
        ("/Volumes/Archive/scans/001.jpg", "images/001.jpg"),
        ("file:///C:/scans/001.jpg", "images/001.jpg"),
        ("https://example.org/full/001.jpg?w=800", "images/001.jpg"),
        ("https://example.org/Caf%C3%A9%20%C3%A0%20Paris.jpg", "images/Café à Paris.jpg"),
        ("Caf%C3%A9%20%C3%A0%20Paris.jpg", "images/Café à Paris.jpg"),
        ("images/Cafe\u0301 a\u0300 Paris.jpg", "images/Café à Paris.jpg"),
        ("IMAGES/001.JPG", "images/001.jpg"),
        ("café À paris.JPG", "images/Café à Paris.jpg"),
        ("images /001 .jpg ", "images/001.jpg"),
        ("001.tif", "images/001.jpg"),
        ("001", "images/001.jpg"),
        (r"D:\plates\verso\7.jpg", "plates/verso/7.jpg"),
        (r"D:\other\verso\7.tif", "plates/verso/7.jpg"),
    ],
)
def test_a_picture_is_found_where_its_name_is_written_otherwise(tmp_path, written, picture):
    result = plan(PICTURES, read(tmp_path, f'path,artist\n"{written}",A\n'), root=tmp_path)
    joined = result.paintings.dropna(subset="artist")
    assert joined["image"].tolist() == [picture]
    assert len(result.notes) <= 1


@pytest.mark.parametrize(
    "written",
    [
        "7.jpg",
        r"C:\7.jpg",
        "recto/8.jpg",
        "other/001.jpg",
        "../001.jpg",
        "https://example.org/7.jpg",
        "01.jpg",
        "1.jpg",
    ],
)
def test_what_is_not_unique_or_another_file_is_not_guessed(tmp_path, written):
    result = plan(PICTURES, read(tmp_path, f"path,artist\n{written},A\n"), root=tmp_path)
    assert result.paintings["artist"].isna().all()
    assert len(result.refused) == 1


def test_blanks_in_the_names_of_pictures(tmp_path):
    result = plan([" a.jpg", "b .jpg"], read(tmp_path, "path,artist\na.jpg,A\nb.jpg,B\n"), root=tmp_path)
    assert result.paintings["artist"].tolist() == ["A", "B"]


def test_a_row_that_names_a_picture_better_comes_first(tmp_path):
    content = r"path,artist" + "\n" + r"C:\x\recto\1.jpg,R" + "\n" + r"C:\x\verso\1.jpg,V" + "\n"
    result = plan(["verso/1.jpg"], read(tmp_path, content), root=tmp_path)
    assert result.paintings["artist"].tolist() == ["V"]
    assert result.refused["reason"].tolist() == ["no such image"]
    assert "another row" in result.refused["detail"][0]


def test_ids_count_where_no_image_is_in_the_folder(tmp_path):
    content = "image,id,artist\nhttps://a.org/x,Q1,A\nhttps://a.org/y,q2,B\n"
    result = plan(["Q1.jpg", "Q2.jpg"], read(tmp_path, content), root=tmp_path)
    assert result.paintings["artist"].tolist() == ["A", "B"]
    assert any("by their ids" in note for note in result.notes)
    assert plan(["2.jpg"], read(tmp_path, "id\n1984.5/2\n"), root=tmp_path).counts["rows_joined"] == 0


def test_none_matched_is_an_error_with_one_example_of_each_side(tmp_path):
    meta = read(tmp_path, "Bild,artist\nx/a.jpg,A\nx/b.jpg,B\n", columns={"image": "Bild"})
    with pytest.raises(
        IngestError, match=r"None of the 2 rows of m\.csv.*'Bild' says 'x/a\.jpg'.*'images/001\.jpg'.*--column"
    ):
        check_matched(plan(PICTURES, meta, root=tmp_path), meta, tmp_path)
    one = read(tmp_path, "path,artist\nx/a.jpg,A\n001.jpg,B\n")
    check_matched(plan(PICTURES, one, root=tmp_path), one, tmp_path)


# Encodings.

NAMES = {
    "latin": ["Albrecht Dürer", "Paul Cézanne", "Élisabeth Vigée Le Brun"],
    "danish": ["Vilhelm Hammershøi", "P. S. Krøyer", "Christen Købke"],
    "polish": ["Stanisław Wyspiański", "Józef Chełmoński", "Michał Gorstkin"],
    "czech": ["Antonín Dvořák", "Josef Čapek", "František Kupka"],
    "turkish": ["Osman Hamdi", "İbrahim Çallı", "Şeker Ahmed Paşa"],
    "russian": ["Илья Репин", "Иван Айвазовский", "Василий Суриков"],
    "greek": ["Νικόλαος Γύζης", "Δομήνικος Θεοτοκόπουλος"],
    "hebrew": ["מארק שאגאל", "ראובן רובין"],
    "japanese": ["葛飾北斎", "歌川広重", "東洲斎写楽の弟子"],
    "chinese": ["齐白石", "徐悲鸿", "张大千"],
    "taiwanese": ["齊白石", "徐悲鴻", "張大千"],
    "korean": ["김홍도", "신윤복", "정선"],
}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        *((language, encoding) for language in NAMES for encoding in ("utf-8", "utf-16", "utf-16-le", "utf-16-be")),
        ("latin", "windows-1252"), ("latin", "macintosh"), ("latin", "ibm850"), ("danish", "windows-1252"),
        ("polish", "windows-1250"), ("czech", "windows-1250"), ("turkish", "windows-1254"), ("greek", "windows-1253"),
        ("hebrew", "windows-1255"), ("russian", "windows-1251"), ("russian", "koi8-r"), ("russian", "ibm866"),
        ("japanese", "shift_jis"), ("japanese", "euc-jp"), ("chinese", "gb18030"), ("taiwanese", "big5"),
        ("korean", "euc-kr"),
    ],
)  # fmt: skip
def test_names_are_read_as_they_were_written(tmp_path, language, encoding):
    codec = {"macintosh": "mac_roman"}.get(encoding, encoding)
    lines = [f"images/{k}.jpg,{name},1889" for k, name in enumerate(NAMES[language])]
    meta = read(tmp_path, "\r\n".join(["path,artist,date", *lines, ""]).encode(codec))
    assert meta.table["artist"].tolist() == NAMES[language]
    if encoding.startswith("utf"):
        assert meta.encoding == encoding[:6].rstrip("-")
        assert meta.notes == []
    else:
        assert meta.encoding == encoding
        beyond = [name for name in NAMES[language] if not name.isascii()]
        assert ", ".join(f"'{name}'" for name in beyond[:3]) in meta.notes[0]
        assert "--encoding" in meta.notes[0]


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_marks_are_no_part_of_the_first_name(tmp_path, mark, encoding):
    meta = read(tmp_path, f"{mark}path,artist\na.jpg,Dürer\n".encode(encoding))
    assert meta.columns == {"path": "image", "artist": "artist"}
    assert meta.table["artist"].tolist() == ["Dürer"]


def test_one_wrong_byte_does_not_change_the_others(tmp_path):
    data = "path,artist\na.jpg,Paul Cézanne\nb.jpg,X\nc.jpg,Édouard Manet\n".encode().replace(b"X", b"Caf\xe9")
    meta = read(tmp_path, data)
    assert meta.encoding == "utf-8"
    assert meta.table["artist"].tolist() == ["Paul Cézanne", "Caf\ufffd", "Édouard Manet"]
    assert "line 3" in meta.notes[0]


def test_an_encoding_can_be_given(tmp_path):
    data = "path,artist\na.jpg,Dürer\n".encode("mac_roman")
    assert read(tmp_path, data, encoding="mac_roman").table["artist"].tolist() == ["Dürer"]
    for wrong in ("latin-17", "rot13", "base64", "\0"):
        with pytest.raises(IngestError, match=r"no encoding '.*'\. Common ones: utf-8"):
            read(tmp_path, data, encoding=wrong)


def test_names_that_were_spoilt_before_are_said(tmp_path):
    meta = read(tmp_path, "path,artist\na.jpg,Jean HÃ©lion\n")
    assert meta.table["artist"].tolist() == ["Jean HÃ©lion"]  # nothing is changed
    assert "'Hélion' for 'HÃ©lion'" in meta.notes[0]
    assert "--repair-text" in meta.notes[0]
    mended = read(tmp_path, "path,artist\na.jpg,Jean HÃ©lion\nb.jpg,Æa Ángel Ão\n", repair_text=True)
    assert mended.table["artist"].tolist() == ["Jean Hélion", "Æa Ángel Ão"]  # what is no UTF-8 stays


# Delimiters and headers.


@pytest.mark.parametrize(
    ("content", "delimiter", "header", "line"),
    [
        ("path|artist|title\n1.jpg|A|x, y; z\n", "|", ["image", "artist", "title"], 2),
        ("path;artist, as written;title\n1.jpg;A, B;x\n", ";", ["image", "artist, as written", "title"], 2),
        ("path;artist\n1.jpg;Hals, Frans\n2.jpg;Hals, Dirck\n", ";", ["image", "artist"], 2),
        ("Exported from TMS on 3 May 2024\npath,artist,title\n1.jpg,A,x\n", ",", ["image", "artist", "title"], 3),
        (
            "Exported from TMS on 3 May 2024, 14:05\n\npath;artist;title\n1.jpg;A;x\n",
            ";",
            ["image", "artist", "title"],
            4,
        ),
        ("Report,,\nDate,2024-05-03,\npath,artist,title\n1.jpg,A,x\n", ",", ["image", "artist", "title"], 4),
        ("sep=|\npath|artist\n1.jpg|A\n", "|", ["image", "artist"], 3),
        ("path,style\n1.jpg,genre\n2.jpg,x\n", ",", ["image", "style"], 2),
        ("path,artist,\n1.jpg,A,\n2.jpg,B,\n", ",", ["image", "artist"], 2),
        ("\npath\tartist\n1.jpg\tA\n", "\t", ["image", "artist"], 3),
    ],
)
def test_delimiters_and_lines_above_the_header(tmp_path, content, delimiter, header, line):
    meta = read(tmp_path, content)
    assert meta.delimiter == delimiter
    assert list(meta.table.columns) == header
    assert meta.lines[0] == line
    assert meta.table["image"][0] == "1.jpg"
    assert any("above the header" in note for note in meta.notes) == content.startswith(("Exp", "Rep"))


def test_a_header_that_only_the_user_knows(tmp_path):
    content = "Ausgegeben am 3. Mai\nDatei;Künstler\n1.jpg;A\n"
    meta = read(tmp_path, content, columns={"image": "Datei", "artist": "Künstler"})
    assert meta.table.iloc[0].tolist() == ["1.jpg", "A"]


def test_a_long_field(tmp_path):
    meta = read(tmp_path, f'path,title,artist\n1.jpg,"{"x" * 150_000}",A\n')
    assert len(meta.table["title"][0]) == 150_000
    assert meta.table["artist"][0] == "A"


# What is no table.


def _zip(name):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "path,artist\n")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("m.csv.gz", gzip.compress(b"path,artist\n"), "compressed with gzip.*Unpack"),
        ("m.csv", gzip.compress(b"path,artist\n"), "compressed with gzip"),
        ("m.csv", b"BZh91AY&SY", "compressed with bzip2"),
        ("m.csv", b"\xfd7zXZ\0\0", "compressed with xz"),
        ("m.csv", b"\x28\xb5\x2f\xfd\0\0", "compressed with zstd"),
        ("m.csv", _zip("m.csv"), "a ZIP archive.*Unpack"),
        ("m.csv", _zip("xl/workbook.xml"), "a workbook"),
        ("m.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9), "a workbook of old Excel"),
        (
            "m.csv",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n",
            "Git LFS pointer.*git lfs pull",
        ),
        ("m.parquet", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n", "Git LFS pointer"),
        ("m.csv", b"/annex/objects/MD5E-s9--1.csv\n", "git-annex pointer"),
        ("m.csv", b"SQLite format 3\0", "an SQLite database"),
        ("m.csv", b"%PDF-1.4", "a PDF document"),
        ("m.csv", b"{\\rtf1", "a text document"),
        ("m.csv", b"\xff\xd8\xff\xe0", "a JPEG picture"),
        ("m.csv", b"<?xml version='1.0'?>", "an XML file"),
        ("m.csv", b"  <HTML>", "an HTML page"),
        ("m.json", b"[]", "not a table"),
    ],
)
def test_what_is_no_table_is_called_what_it_is(tmp_path, name, content, kind):
    with pytest.raises(IngestError, match=rf"{name} is .*{kind}"):
        read(tmp_path, content, name)


# The commands.


@pytest.fixture
def scans(tmp_path):
    for name in ("a", "b", "c"):
        file = tmp_path / "scans" / "images" / f"{name}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encode(scene(), "JPEG"))
    return tmp_path


def invoke(*arguments):
    return CliRunner().invoke(main, [str(one) for one in arguments])


def test_nothing_is_made_where_no_row_matches(scans):
    (scans / "m.csv").write_text("path,artist\nother/x.jpg,A\n", "utf-8")
    for command in ("ingest", "run"):
        result = invoke(command, scans / "scans", "--metadata", scans / "m.csv", "-o", scans / "corpus")
        assert result.exit_code == 1
        assert "None of the 1 rows of m.csv belongs to a picture" in result.output
        assert not (scans / "corpus" / "corpus.json").exists()


def test_pictures_without_a_row(scans):
    (scans / "m.csv").write_text("path,artist\nC:\\old\\A.JPG,Hals\n", "utf-8")
    ask = ("ingest", scans / "scans", "--metadata", scans / "m.csv", "-o", scans / "corpus", "--max-unmatched")
    result = invoke(*ask, "0.5")
    assert result.exit_code == 1
    assert "2 of 3 pictures have no row in m.csv, more than --max-unmatched 0.5 allows" in result.output
    assert "images/b.jpg, images/c.jpg" in result.output
    result = invoke(*ask, "0.7")
    assert result.exit_code == 0
    facts = Corpus(scans / "corpus").head["facts"]
    assert (facts["rows"], facts["rows_joined"], facts["images_without_row"]) == (1, 1, 2)
    assert r"'C:\old\A.JPG' with 'images/a.jpg'" in result.output


def test_the_way_a_spreadsheet_was_read_is_remembered(scans):
    content = "path;Maker\na.jpg;Dürer\nb.jpg;DÜRER\nc.jpg;Unknown\n"
    (scans / "m.csv").write_bytes(content.encode("mac_roman"))
    options = ("--metadata", scans / "m.csv", "--column", "artist=Maker", "--encoding", "mac_roman")
    first = invoke("ingest", scans / "scans", "-o", scans / "corpus", *options)
    assert first.exit_code == 0, first.output
    assert "1 artist is written in more than one way, such as 'DÜRER' and 'Dürer'" in first.output
    table = pd.read_csv(scans / "corpus" / "artists.csv", encoding="utf-8-sig", keep_default_na=False)
    assert table.to_numpy().tolist() == [["DÜRER", "Dürer", 1], ["Dürer", "Dürer", 1], ["Unknown", "", 1]]
    for seconds, given in enumerate(({}, {"metadata": scans / "m.csv"})):
        os.utime(scans / "scans" / "images" / "a.jpg", (seconds, seconds))  # not up to date any more
        corpus = pipeline.ingest(scans / "scans", scans / "corpus", **given)
        assert corpus.paintings["artist"].tolist() == ["Dürer", "DÜRER", "Unknown"]
        assert corpus.head["facts"]["reading"] == {"columns": {"artist": "Maker"}, "encoding": "mac_roman"}
        assert "the spreadsheet was read with --column artist=Maker --encoding mac_roman" in ingest_lines(corpus)
    (scans / "m.csv").unlink()
    with pytest.raises(IngestError, match=r"was made with the spreadsheet .*m\.csv, which is not there any more"):
        pipeline.ingest(scans / "scans", scans / "corpus")


@pytest.mark.parametrize("command", ["ingest", "run"])
def test_options_of_the_spreadsheet(scans, command):
    (scans / "m.csv").write_text("Scandatei,artist\na.jpg,A\n", "utf-8")
    ask = (command, scans / "scans", "--metadata", scans / "m.csv", "-o", scans / "corpus")
    assert "--column image=NAME" in invoke(*ask).output
    assert invoke(*ask, "--column", "Scandatei").exit_code == 2
    assert invoke(*ask, "--max-unmatched", "2").exit_code == 2
    wrong = invoke(*ask, "--column", "image=Scandatei", "--encoding", "latin-17")
    assert wrong.exit_code == 1
    assert "no encoding 'latin-17'" in wrong.output
