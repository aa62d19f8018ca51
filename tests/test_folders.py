"""What is found in a folder: by name and by content, on storage devices, beside corpora, through links."""

import errno
import os
import sys

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from artgraph import pipeline
from artgraph.atomic import locked
from artgraph.cli import main
from artgraph.corpus import Corpus
from artgraph.errors import IngestError, LockedError
from artgraph.folders import list_folder
from artgraph.images import load_image
from artgraph.stages.growing import has_grown
from artgraph.testing import toy_corpus, toy_pictures
from tests.hazards import encode, scene

JPEG, PNG, TIFF = (encode(scene(), kind) for kind in ("JPEG", "PNG", "TIFF"))
TGA = encode(scene(), "TGA")
OLD_TGA = TGA.removesuffix(b"TRUEVISION-XFILE.\0")[:-8]  # version 1 has no footer
# Pillow does not write PSD: header, no palette, no resources, no layers, then the merged picture, channel by channel.
PSD = (
    b"8BPS\0\1" + bytes(6) + b"\0\3" + (32).to_bytes(4, "big") + (48).to_bytes(4, "big") + b"\0\x08\0\3"
    + bytes(12) + b"\0\0" + np.moveaxis(scene(), 2, 0).tobytes()
)  # fmt: skip


def fill(root, files):
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("no ending", JPEG),
        ("photo.jpg_large", JPEG),
        ("photo.jpg?w=800", JPEG),
        ("photo.jpg!Large", PNG),
        ("photo.JPG@2x", JPEG),
        ("photo.webp&x=1.5", PNG),
        ("1234.5678", TIFF),
        ("painting.bin", encode(scene(), "GIF")),
        ("painting.dat", encode(scene(), "BMP")),
        ("painting.pnm2", encode(scene(), "PPM")),
        ("painting.psd", PSD),
        ("painting", PSD),
        ("painting.tga", TGA),
        ("painting.TGA", OLD_TGA),
        ("painting.dng", TIFF),
        ("painting.jpg.download", JPEG),
    ],
)
def test_a_picture_is_a_picture_whatever_its_ending(tmp_path, name, data):
    fill(tmp_path, {f"in/{name}": data, "in/notes.txt": b"BM is Latin for nothing", "in/b": b"P1 notes", "in/e": b""})
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out")
    assert corpus.paintings["image"].tolist() == [name]
    assert corpus.head["facts"]["images_refused"] == 0
    assert corpus.head["facts"]["other_files"] == {".txt": 1, "no ending": 2}
    size = corpus.paintings["image_width"].iloc[0], corpus.paintings["image_height"].iloc[0]
    assert size == (48, 32)
    if data in (PSD, TGA, OLD_TGA):
        assert (load_image(tmp_path / "in" / name) == scene()).all()


@pytest.mark.parametrize(
    ("name", "data", "reason", "advice"),
    [
        ("a.cr2", b"II*\0\x10\0\0\0CR\2\0" + bytes(40), "unsupported", "save it as TIFF"),
        ("a.raf", b"FUJIFILMCCD-RAW " + bytes(100), "unsupported", "Save it as"),
        ("a.xcf", b"gimp xcf v011\0" + bytes(100), "unsupported", "Save it as"),
        ("a.psb", b"8BPS\0\2" + bytes(100), "unsupported", "Save it as"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "unsupported", "Save it as"),
        ("a.jpg?w=800", b"<!doctype html><title>403</title>", "not an image", "Put the picture"),
        ("a.jpg_large", JPEG[: len(JPEG) // 2], "truncated", "Copy or download"),
        ("a.tga", TGA[:900], "truncated", "Copy or download"),
        ("a.jpg", b"", "empty file", "Copy or download"),
    ],
)
def test_what_is_called_a_picture_is_counted_and_told_why_not(tmp_path, name, data, reason, advice):
    fill(tmp_path, {f"in/{name}": data, "in/b.jpg": JPEG})
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out", max_refused=1)
    refused = pd.read_csv(tmp_path / "out" / "refused.csv")
    assert refused[["input", "kind", "reason"]].to_numpy().tolist() == [[name, "image", reason]]
    assert advice in refused["detail"].iloc[0]
    assert (corpus.head["facts"]["images_found"], corpus.head["facts"]["images_refused"]) == (2, 1)


def test_a_working_file_beside_its_picture_is_passed_over_with_a_line(tmp_path):
    beside = ["a.psd", "a.cr2", "a.jpg_original", "b.png~", "b.png.bak", "a"]
    fill(tmp_path / "in", {"a.jpg": JPEG, "b.png": PNG, **dict.fromkeys(beside, JPEG), "c.psd": PSD, "sub/a": JPEG})
    listing = list_folder(tmp_path / "in")
    assert listing.pictures == ["a.jpg", "b.png", "c.psd", "sub/a"]
    assert [one[:3] for one in listing.passed_over] == [(name, "file", "beside a picture") for name in sorted(beside)]
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out")
    assert corpus.head["facts"]["files_beside_a_picture"] == 6
    assert corpus.head["facts"]["images_refused"] == 0  # they do not count as refused
    assert len(pd.read_csv(tmp_path / "out" / "refused.csv")) == 6


SYSTEM = ["@eaDir", "#recycle", "$RECYCLE.BIN", "$Recycle.Bin", "System Volume Information", "__MACOSX", "#snapshot"]
SYSTEM += ["lost+found", ".Trash-1000", ".Trashes", ".@__thumb", "@Recycle", "RECYCLER", ".AppleDouble", ".thumbnails"]


@pytest.mark.parametrize("name", SYSTEM)
def test_folders_of_storage_devices_hold_no_paintings(tmp_path, name):
    fill(tmp_path, {"a.jpg": JPEG, f"{name}/a.jpg": JPEG, f"sub/{name}/deep/b.jpg/SYNOPHOTO_THUMB_XL.jpg": JPEG})
    listing = list_folder(tmp_path)
    assert listing.pictures == ["a.jpg"]
    assert listing.system_folders == ({} if name.startswith(".") else {name: 2})


def test_an_unreadable_folder_does_not_stop_the_rest(tmp_path, monkeypatch):
    fill(tmp_path / "in", {"a.jpg": JPEG, "locked/b.jpg": JPEG, "lost+found/c.jpg": JPEG})
    real = os.scandir

    def refuse(path):
        if str(path).endswith(("locked", "lost+found")):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out")
    assert corpus.paintings["id"].tolist() == ["a.jpg"]
    assert corpus.head["facts"]["folders_unreadable"] == 1
    assert corpus.head["facts"]["folders_passed_over"] == {"lost+found": 1}
    refused = pd.read_csv(tmp_path / "out" / "refused.csv")
    assert refused[["input", "kind", "reason"]].to_numpy().tolist() == [["locked", "folder", "unreadable folder"]]
    assert "Permission denied" in refused["detail"].iloc[0]


# Corpora among the pictures.


def test_any_corpus_below_the_pictures_is_left_out(tmp_path):
    root = tmp_path / "in"
    toy_pictures(root, n=4)
    for _ in range(2):
        assert len(pipeline.ingest(root, root / "deep" / "first")) == 4
    assert len(pipeline.ingest(root, root / "second")) == 4
    assert len(pipeline.ingest(root, tmp_path / "third")) == 4
    refused = pd.read_csv(tmp_path / "third" / "refused.csv")
    assert refused[["input", "reason"]].to_numpy().tolist() == [["deep/first", "corpus"], ["second", "corpus"]]
    (root / "second" / "corpus.json").write_text("not JSON")  # damaged, yet a corpus
    (root / "killed" / "thumbs").mkdir(parents=True)  # killed before it had a corpus.json
    fill(root / "killed", {".lock": b"", "thumbs/a.webp": encode(scene(), "WEBP")})
    assert len(list_folder(root).pictures) == 4
    (root / "other").mkdir()
    fill(root / "other", {"corpus.json": b"{}", "x.jpg": JPEG})  # another program's
    assert len(list_folder(root).pictures) == 5


@pytest.mark.parametrize("how", ["same", "relative", "dotted", "link"])
def test_the_folder_of_the_pictures_is_no_place_for_the_corpus(tmp_path, monkeypatch, how):
    root = fill(tmp_path / "in", {"a.jpg": JPEG})
    monkeypatch.chdir(root)
    (tmp_path / "alias").symlink_to(root)
    out = {"same": root, "relative": ".", "dotted": root / ".." / "in", "link": tmp_path / "alias"}[how]
    with pytest.raises(IngestError, match=r"-o names .*the folder of the pictures itself.*-o .*mycorpus"):
        pipeline.ingest(root, out)
    assert os.listdir(root) == ["a.jpg"]


def test_a_corpus_is_no_folder_of_pictures(tmp_path):
    corpus = toy_corpus(tmp_path, n=3)
    with pytest.raises(IngestError, match=r"is a corpus of artgraph.*originals"):
        pipeline.ingest(corpus.path, tmp_path / "other")
    inside = fill(corpus.path / "paintings", {"a.jpg": JPEG})  # as the demo has them
    assert list_folder(inside).pictures == ["a.jpg"]


# Links.


def test_links_to_pictures_are_taken_wherever_they_lead(tmp_path):
    fill(tmp_path, {"away/c.jpg": JPEG, "away/deep/d.png": PNG, "in/sub/b.jpg": JPEG, "far": TIFF})
    root = tmp_path / "in"
    (root / "c.jpg").symlink_to(tmp_path / "away" / "c.jpg")
    (root / "named by hand").symlink_to(tmp_path / "far")
    (root / "within.jpg").symlink_to("sub/b.jpg")
    (root / "folder").symlink_to(tmp_path / "away")
    (root / "once more").symlink_to(tmp_path / "away" / "deep")
    corpus = pipeline.ingest(root, tmp_path / "out")
    expected = ["c.jpg", "folder/c.jpg", "folder/deep/d.png", "named by hand", "sub/b.jpg", "within.jpg"]
    assert corpus.paintings["image"].tolist() == expected
    assert corpus.head["facts"]["images_refused"] == 0
    pipeline.describe(corpus, descriptors=("color",))


def test_link_loops_end_in_no_traceback(tmp_path):
    root = fill(tmp_path / "in", {"a.jpg": JPEG, "sub/b.jpg": JPEG})
    (root / "self.jpg").symlink_to("self.jpg")
    (root / "self").symlink_to("self")
    (root / "ping.jpg").symlink_to("pong.jpg")
    (root / "pong.jpg").symlink_to("ping.jpg")
    (root / "up").symlink_to("..")
    (root / "sub" / "home").symlink_to(root)
    (root / "nothing").symlink_to("nowhere")
    corpus = pipeline.ingest(root, tmp_path / "out", max_refused=1)
    assert corpus.paintings["image"].tolist() == ["a.jpg", "sub/b.jpg"]
    refused = pd.read_csv(tmp_path / "out" / "refused.csv").set_index("input")
    assert refused["reason"].to_dict() == {
        **dict.fromkeys(["ping.jpg", "pong.jpg", "self.jpg"], "unreadable file"),
        **dict.fromkeys(["sub/home", "up"], "link to a folder above"),
    }
    assert "link leads to itself" in refused["detail"]["self.jpg"]


def test_links_are_passed_over_where_they_are_not_to_be_followed_also_later(tmp_path):
    root = fill(tmp_path / "in", {"a.jpg": JPEG, "sub/b.jpg": PNG})
    fill(tmp_path, {"away/c.jpg": TIFF})
    (root / "c.jpg").symlink_to(tmp_path / "away" / "c.jpg")
    (root / "folder").symlink_to(tmp_path / "away")
    command = ["ingest", str(root), "-o", str(tmp_path / "out"), "--no-follow-links"]
    said = CliRunner().invoke(main, command).output
    assert "2 symbolic links not followed" in said
    refused = pd.read_csv(tmp_path / "out" / "refused.csv")
    assert refused[["input", "kind", "reason"]].to_numpy().tolist() == [
        ["c.jpg", "file", "link"], ["folder", "folder", "link"]
    ]  # fmt: skip
    corpus = pipeline.ingest(root, tmp_path / "out")  # as before
    assert corpus.paintings["image"].tolist() == ["a.jpg", "sub/b.jpg"]
    assert corpus.head["facts"]["images_refused"] == 0
    assert not has_grown(root, tmp_path / "out")
    assert pipeline.update(corpus, root).found.nothing
    (tmp_path / "alias").symlink_to(root)  # the folder itself may be reached by a link
    assert list_folder(tmp_path / "alias", follow_links=False).pictures == ["a.jpg", "sub/b.jpg"]
    assert "c.jpg" in pipeline.ingest(root, tmp_path / "other", follow_links=True).paintings["image"].tolist()


def test_names_in_both_unicode_forms_meet_their_rows(tmp_path):
    fill(tmp_path / "in", {"e\u0301tude.jpg": JPEG, "caf\u00e9/b.jpg": PNG})
    (tmp_path / "s.csv").write_text("path,title\n\u00e9tude.jpg,One\ncafe\u0301/b.jpg,Two\n", "utf-8")
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out", metadata=tmp_path / "s.csv")
    assert corpus.paintings.set_index("title")["id"].to_dict() == {"One": "\u00e9tude.jpg", "Two": "caf\u00e9/b.jpg"}


# Pictures that change.


def change(path, how):
    if how == "other size":
        path.write_bytes(encode(scene(64, 48, seed=3), "PNG"))
    elif how == "same size":
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif how == "gone":
        path.unlink()
    elif how == "now a folder":
        path.unlink()
        path.mkdir()


@pytest.mark.parametrize("how", ["other size", "same size", "gone", "now a folder"])
def test_a_picture_that_changed_is_not_described_under_its_old_hash(tmp_path, how):
    corpus = toy_corpus(tmp_path, n=4)
    change(corpus.image_root / "images" / "002.png", how)
    with pytest.raises(IngestError, match=r"images/002\.png.*artgraph update ") as caught:
        pipeline.describe(corpus, descriptors=("color",))
    assert (" has changed " in str(caught.value)) == ("size" in how)
    assert (" has gone " in str(caught.value)) == ("size" not in how)
    assert not Corpus(corpus.path).has("features", "color")


def test_pictures_that_are_all_gone(tmp_path):
    corpus = toy_corpus(tmp_path, n=4)
    corpus.image_root.rename(tmp_path / "moved")
    with pytest.raises(IngestError, match=r"is not there.*artgraph ingest FOLDER -o"):
        pipeline.describe(corpus, descriptors=("color",))
    corpus = pipeline.ingest(tmp_path / "moved", corpus.path, metadata=tmp_path / "moved" / "metadata.csv")
    assert pipeline.describe(corpus, descriptors=("color",))[0].fresh


def test_of_a_changed_picture_the_thumbnail_is_shown(tmp_path):
    from artgraph.stages.pictures import picture

    corpus = toy_corpus(tmp_path, n=4)
    before = picture(corpus, 2, min_side=64)
    change(corpus.image_root / "images" / "002.png", "other size")
    after = picture(corpus, 2, min_side=64)
    assert after.shape == before.shape
    assert np.abs(after.astype(int) - before).mean() < 20  # the thumbnail is a WebP


# Locks and consoles.

NUMBERS = sorted({errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOLCK})


@pytest.mark.skipif(sys.platform == "win32", reason="flock is of Unix")
@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: errno.errorcode[number])
def test_file_systems_without_flock(tmp_path, monkeypatch, number):
    import fcntl

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    for _ in range(2):
        with locked(tmp_path / "corpus"):
            held = tmp_path / "corpus" / ".lock-held"
            with pytest.raises(LockedError, match=r"Another artgraph.*If none is running, delete .*\.lock-held"):
                locked(tmp_path / "corpus").__enter__()
            assert held.is_file()
        assert not held.exists()


def test_a_console_that_is_not_utf8_loses_no_work(tmp_path):
    import subprocess

    program = [sys.executable, "-m", "artgraph"]
    cases = ("cp1252", "Łódź – ∞", rb"\u0141\xf3d\u017a"), ("utf-8", os.fsdecode(b"caf\xe9"), rb"\udce9")
    for encoding, name, shown in cases:
        environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
        command = [*program, "info", f"in/{name}"]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 1
        assert b"Error: " in done.stderr
        assert b"is not a corpus" in done.stderr
        assert shown.replace(rb"\xf3", "ó".encode(encoding)) in done.stderr
        assert b"Traceback" not in done.stderr


def test_no_stage_starts_processes():
    """A script without ``if __name__ == "__main__"`` may call any of them."""
    from pathlib import Path

    import artgraph

    for path in Path(artgraph.__file__).parent.rglob("*.py"):
        text = path.read_text("utf-8")
        assert "ProcessPoolExecutor" not in text, path
        assert "multiprocessing" not in text, path
