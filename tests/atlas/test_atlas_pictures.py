"""The pictures that a page takes along: which, how large, made again where they are gone, and from where else."""

import re
import shutil

import numpy as np
import pytest
from PIL import Image

from artgraph import pipeline
from artgraph.atlas.iiif import iiif_hosts, iiif_services
from artgraph.corpus import Corpus
from artgraph.errors import InputError
from tests.atlas.parts import write
from tests.atlas.test_atlas_stage import read
from tests.atlas.test_write_atlas import listing, make, webp

SIZES = [(1600, 1200), (300, 2000), (500, 400), (300, 200), (64, 64), (1300, 650)]
LARGER = [(1200, 900), (180, 1200), (500, 400), None, None, (1200, 600)]  # never enlarged; none about as a thumbnail


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """Six pictures of different sizes in a corpus with two clusters; tests must not change it."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "scans").mkdir()
    rng = np.random.default_rng(0)
    for k, (width, height) in enumerate(SIZES):
        small = Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8))
        small.resize((width, height)).save(folder / "scans" / f"{k}.jpg", quality=90)
    corpus = pipeline.ingest(folder / "scans", folder / "corpus")
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=2)
    pipeline.communities(corpus, membership=False)
    return corpus


@pytest.fixture
def corpus(taken, tmp_path):
    """A copy of its own, with its originals beside it."""
    shutil.copytree(taken.path.parent, tmp_path / "all")
    head = tmp_path / "all" / "corpus" / "corpus.json"
    head.write_text(head.read_text("utf-8").replace(str(taken.path.parent), str(tmp_path / "all")), "utf-8")
    return Corpus(tmp_path / "all" / "corpus")


def sizes(folder):
    found = {}
    for file in sorted((folder / "pictures").glob("*.webp")):
        with Image.open(file) as picture:
            found[int(file.stem)] = picture.size
    return found


@pytest.mark.parametrize("images", ["auto", "medium"])
def test_pictures_of_1200_pixels_go_along(taken, tmp_path, images):
    made = pipeline.atlas(taken, images=images, out=tmp_path / "page")
    assert [sizes(tmp_path / "page").get(k) for k in range(6)] == LARGER
    data = read(tmp_path / "page")
    assert data["larger"] == [0, 1, 2, 5]
    assert made.facts["larger"] == 4
    assert "6 paintings, 4 with a picture of up to 1,200 pixels; 2 by their thumbnail" in made.facts["summary"]


def test_the_rule_of_auto(taken, tmp_path, monkeypatch):
    """Up to 100 MB in all, as a sample lets expect, pictures go along; the same page for the same corpus."""
    assert pipeline.atlas(taken, out=tmp_path / "a").facts["larger"] == 4
    pipeline.atlas(taken, out=tmp_path / "b")
    assert listing(tmp_path / "a") == listing(tmp_path / "b")
    total = sum(file.stat().st_size for file in (tmp_path / "a" / "pictures").iterdir())
    for most, larger in ((total, 4), (total - 1, 0)):
        monkeypatch.setattr("artgraph.stages.page_pictures.MOST_BYTES", most)
        made = pipeline.atlas(taken, out=tmp_path / "a")
        assert made.facts["larger"] == larger
    assert "6 paintings with thumbnails (larger pictures: --images medium)" in made.facts["summary"]
    assert not list((tmp_path / "a" / "pictures").iterdir())  # those of the page before are gone
    assert pipeline.atlas(taken, images="medium", out=tmp_path / "a").facts["larger"] == 4
    assert pipeline.atlas(taken, images="small", out=tmp_path / "a").facts["larger"] == 0
    assert read(tmp_path / "a")["larger"] is None
    with pytest.raises(InputError, match=r"no images 'medum'.*Did you mean 'medium'"):
        pipeline.atlas(taken, images="medum", out=tmp_path / "c")


def test_an_original_that_is_gone_or_another_picture_is_not_taken_along(corpus, tmp_path):
    scans = corpus.path.parent / "scans"
    (scans / "0.jpg").unlink()
    shutil.copy(scans / "5.jpg", scans / "1.jpg")  # no longer what was described
    (scans / "2.jpg").write_bytes(b"")
    pipeline.atlas(corpus, images="medium", out=tmp_path / "page")
    assert list(sizes(tmp_path / "page")) == [5]
    assert read(tmp_path / "page")["missing"] == []  # all have their thumbnail


def damage_deleted(file):
    file.unlink()


def damage_truncated(file):
    file.write_bytes(file.read_bytes()[:40])


def damage_cut_short(file):
    file.write_bytes(file.read_bytes()[:-20])


def damage_empty(file):
    file.write_bytes(b"")


def damage_zeros(file):
    file.write_bytes(bytes(file.stat().st_size))


def damage_other(file):
    file.write_bytes(b"<html>404 not found</html>")


@pytest.mark.parametrize(
    "damage", [damage_deleted, damage_truncated, damage_cut_short, damage_empty, damage_zeros, damage_other]
)
def test_thumbnails_that_are_gone_or_broken_are_made_again(corpus, tmp_path, damage):
    files = [corpus.path / "thumbs" / f"{sha}.webp" for sha in corpus.paintings["image_sha256"]]
    before = [file.read_bytes() for file in files]
    for file in files[:2]:
        damage(file)
    made = pipeline.atlas(corpus, images="small", out=tmp_path / "page")
    assert [file.read_bytes() for file in files] == before
    assert read(tmp_path / "page")["missing"] == []
    assert "2 thumbnails were gone or broken and were made again" in made.facts["summary"]
    assert (made.facts["restored"], made.facts["lost"]) == (2, 0)
    # without the original there is none, and the page says so
    damage(files[0])
    (corpus.path.parent / "scans" / "0.jpg").unlink()
    made = pipeline.atlas(corpus, images="small", out=tmp_path / "page")
    assert read(tmp_path / "page")["missing"] == [0]
    assert re.search(
        r"1 have no thumbnail, .* not in \S+scans, .* \(0\.jpg\): put the originals back", made.facts["summary"]
    )


def test_the_whole_folder_of_thumbnails(corpus, tmp_path):
    shutil.rmtree(corpus.path / "thumbs")
    assert pipeline.atlas(corpus, images="small", out=tmp_path / "page").facts["restored"] == 6
    assert len(list((corpus.path / "thumbs").iterdir())) == 6


def test_the_choices_of_the_command_are_those_of_the_stage():
    from artgraph.commands.atlas import IMAGES
    from artgraph.stages.page_pictures import IMAGES as KNOWN

    assert tuple(IMAGES.choices) == KNOWN


# ----------------------------------------------------------------------------------------------- what is written


def test_larger_pictures_are_those_of_their_rows(tmp_path):
    make(tmp_path, 4, pictures=lambda i: webp((0, 40 * i, 0), (600, 400)) if i % 2 else None)
    assert read(tmp_path)["larger"] == [1, 3]
    for row in (1, 3):
        with Image.open(tmp_path / "pictures" / f"{row:06d}.webp") as picture:
            assert abs(picture.convert("RGB").getpixel((9, 9))[1] - 40 * row) < 8
    (tmp_path / "pictures" / "mine.webp").write_text("mine")
    make(tmp_path, 4, images=False, pictures=lambda i: 1 / 0)
    assert [file.name for file in (tmp_path / "pictures").iterdir()] == ["mine.webp"]
    assert read(tmp_path)["larger"] is None


def test_the_stamp_tells_one_list_of_paintings_from_another(tmp_path):
    stamps = []
    for name in ("a", "b", "a"):
        make(tmp_path, 2, table=make_table(name))
        stamps.append(read(tmp_path)["stamp"])
    assert stamps[0] == stamps[2] != stamps[1]
    assert re.fullmatch("[0-9a-f]{8}", stamps[0])


def make_table(name):
    import pandas as pd

    return pd.DataFrame({"id": [name, "\ud800"]}, dtype=object)


# ------------------------------------------------------------------------------------------------------------ IIIF

HOST = "https://api.example.org/iiif"


@pytest.mark.parametrize(
    ("value", "service"),
    [
        (f"{HOST}/0ab-1", f"{HOST}/0ab-1"),
        (f"{HOST}/0ab-1/", f"{HOST}/0ab-1"),
        (f" {HOST}/2/a%2Fb/info.json ", f"{HOST}/2/a%2Fb"),
        (f"{HOST}/2/ab/full/843,/0/default.jpg", f"{HOST}/2/ab"),
        (f"{HOST}/3/ab/full/max/0/default.jpg", f"{HOST}/3/ab"),
        (f"{HOST}/ab/pct:0,0,50,50/!200,200/90/gray.png", f"{HOST}/ab"),
        (f"{HOST}/ab/square/^!90,90/!0/native", f"{HOST}/ab"),
        ("http://localhost:8182/iiif/2/ab", "http://localhost:8182/iiif/2/ab"),
        (f"{HOST}/ab/manifest.json", None),
        (f"{HOST}/ab/manifest", None),
        (f"{HOST}/manifests/12", None),
        (f"{HOST}/presentation/12", None),
        ("https://example.org", None),
        ("https://example.org/a?b=c", None),
        ("ftp://example.org/iiif/1", None),
        ("javascript:alert(1)//iiif", None),
        ("https://example.org;script-src *'/iiif/1", None),
        ("https://example.org/iiif/1'; script-src *", None),
        ("https://user:word@example.org/iiif/1", None),
        ("https://*/iiif/1", None),
        ("https://[::1", None),
        ("iiif", None),
        (None, None),
    ],
)
def test_addresses_of_image_services(value, service):
    found = iiif_services({"id": ["a"], "IIIF image": [value]})
    assert found == ([service] if service else None)


def test_a_column_says_iiif_and_the_first_that_names_a_picture_counts():
    columns = {"image_url": [f"{HOST}/9"] * 3, "iiif_manifest": [f"{HOST}/1/manifest.json", None, None]}
    assert iiif_services(columns) is None
    columns |= {"iiifurl": [f"{HOST}/1", None, None], "thumb_iiif": [f"{HOST}/x", "https://b.org/iiif/2", None]}
    found = iiif_services(columns)
    assert found == [f"{HOST}/1", "https://b.org/iiif/2", None]
    assert iiif_hosts(found) == ["https://api.example.org", "https://b.org"]
    assert iiif_hosts(None) == []


def test_the_policy_names_the_museums_hosts_and_nothing_else(tmp_path):
    import pandas as pd

    table = pd.DataFrame({"id": ["a", "b"], "iiif": [f"{HOST}/1", "https://evil.org/x'; script-src *"]})
    write(tmp_path / "a", table=table, labels=np.zeros(2, int), title="T", thumbnails=lambda i: None)
    page = (tmp_path / "a" / "index.html").read_text("utf-8")
    assert "img-src 'self' file: data: https://api.example.org; base-uri" in page
    assert "evil" not in page
    assert read(tmp_path / "a")["iiif"] == {"hosts": ["https://api.example.org"], "services": [f"{HOST}/1", None]}
    write(tmp_path / "b", table=table, labels=np.zeros(2, int), title="T", thumbnails=lambda i: None, images=False)
    assert read(tmp_path / "b")["iiif"] is None
    assert "https:" not in (tmp_path / "b" / "index.html").read_text("utf-8")
