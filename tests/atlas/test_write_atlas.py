import io
import re
from html.parser import HTMLParser
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from PIL import Image

from artgraph.atlas.grid import hang
from artgraph.atlas.page import SCRIPTS, STYLES, data_script
from artgraph.atlas.sheets import Sheets, sheet_order, tile_size, tiles_of
from artgraph.atlas.summary import summarize
from artgraph.colors import NO_CLUSTER, cluster_colors
from artgraph.dates import parse_years
from artgraph.errors import InputError
from tests.atlas.parts import read, write

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    '"><img src=x onerror=alert(1)>',
    "line\u2028and\u2029paragraph\x00\ud800",
    "../../../etc/passwd",
    "夜の河",
    "Перед репетицией",
    "المرأة ذات القبعة",
    "x" * 10_000,
]


def webp(color, size=(60, 40)):
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "WEBP", quality=90)
    return out.getvalue()


def table(n, **more):
    columns = {
        "id": [f"id{i}" for i in range(n)],
        "image": [f"{i}.jpg" for i in range(n)],
        "artist": ["Ann" if i % 2 else "Bo" for i in range(n)],
        "title": [f"Work {i}" for i in range(n)],
        "date": [str(1500 + 10 * i) for i in range(n)],
        "style": ["early" if i < n / 2 else "late" for i in range(n)],
    }
    return pd.DataFrame(columns | more)


def make(out, n=6, **given):
    given = {"table": table(n), "labels": np.arange(n) % 2, "title": "Test"} | given
    return write(out, **({"thumbnails": lambda i: webp((10 * i, 90, 200))} | given))


def column(data, name):
    packed = dict(data["columns"])[name]
    return packed if isinstance(packed, list) else [packed["values"][c] for c in packed["codes"]]


def listing(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# ---------------------------------------------------------------------------------------------- what is written


def test_the_folder_holds_page_data_pictures_and_nothing_else(tmp_path):
    page = make(tmp_path / "a", layout=np.random.default_rng(0).random((6, 2)))
    assert page == tmp_path / "a" / "index.html"
    assert set(listing(tmp_path / "a")) == (
        {"index.html", "data.js", "sheets/000.webp"}
        | {f"thumbs/{i:06d}.webp" for i in range(6)}
        | {f"static/{name}" for name in SCRIPTS + STYLES}
    )


def test_data_comes_back_as_it_was_given(tmp_path):
    layout = np.array([[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1.0]])
    indices, similarity = np.tile([1, -1], (6, 1)), np.tile([0.123456, np.nan], (6, 1))
    make(
        tmp_path,
        labels=np.array([0, 0, 0, 1, 1, -1]),
        layout=layout,
        neighbors=(indices, similarity),
        typicality=np.array([1, 3, 2, 5, 6, np.nan]),
        years=parse_years(table(6)["date"]),
        descriptions=[
            {"label": 0, "name": "Blue", "palette": ["#0000ff", "url(x)"], "sentence": "Cold.", "exemplars": [2]}
        ],
        reference="style",
        sources=lambda i: None if i else "../my%20pictures/0.jpg",
        provenance=[("graph", {"n_neighbors": 15, "metric": "cosine"}), ("caveat", "Squashed.")],
    )
    data = read(tmp_path)
    for name, values in table(6).items():
        assert column(data, name) == list(values)
    assert data["labels"] == [0, 0, 0, 1, 1, -1]
    assert [c["label"] for c in data["clusters"]] == [0, 1, -1]
    assert data["colors"] == [*cluster_colors(2), NO_CLUSTER]
    blue = data["clusters"][0]
    assert (blue["name"], blue["sentence"], blue["palette"]) == ("Blue", "Cold.", ["#0000ff"])
    assert blue["works"] == [2, 1, 0]  # the exemplar, then by typicality
    assert data["clusters"][1]["works"] == [4, 3]
    assert data["sources"] == ["../my%20pictures/0.jpg"] + [None] * 5
    assert data["neighbors"] == {"width": 2, "rows": [1, -1] * 6, "similarity": [123, None] * 6}
    assert data["years"] == [1500, 1510, 1520, 1530, 1540, 1550]
    # clusters {0,1,2}, {3,4} over styles {0,1,2}, {3,4,5}: the same where both say something
    assert data["compare"]["agreement"] == [{"a": "clusters", "b": "column:style", "ami": 1.0, "ari": 1.0, "n": 5}]
    graph = ["graph", [["n_neighbors", "15"], ["metric", "cosine"]]]
    assert data["provenance"] == [graph, ["caveat", "Squashed."]]
    cells = list(zip(data["grid"]["column"], data["grid"]["row"], strict=True))
    assert len(set(cells)) == 6
    assert max(c for c, _ in cells) + 1 == data["grid"]["shape"][0]


def test_the_same_input_gives_the_same_bytes(tmp_path):
    given = {"layout": np.random.default_rng(1).normal(size=(6, 2)), "typicality": np.arange(6.0), "reference": "style"}
    make(tmp_path / "a", **given)
    make(tmp_path / "b", **given)
    first = listing(tmp_path / "a")
    assert first == listing(tmp_path / "b")
    make(tmp_path / "a", **given)
    assert listing(tmp_path / "a") == first


def test_a_smaller_atlas_replaces_a_larger_one_and_leaves_other_files(tmp_path):
    make(tmp_path, 6, layout=np.eye(6)[:, :2])
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "thumbs" / "mine.webp").write_text("mine")
    make(tmp_path, 2)
    assert sorted(p.name for p in (tmp_path / "thumbs").iterdir()) == ["000000.webp", "000001.webp", "mine.webp"]
    assert not list((tmp_path / "sheets").iterdir())
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_page_that_is_no_atlas_is_not_overwritten(tmp_path):
    (tmp_path / "index.html").write_text("<h1>My museum</h1>")
    with pytest.raises(InputError, match="did not make"):
        make(tmp_path)
    assert listing(tmp_path) == {"index.html": b"<h1>My museum</h1>"}
    with pytest.raises(InputError, match="is a file"):
        make(tmp_path / "index.html")


def test_no_index_stands_over_a_half_written_atlas(tmp_path):
    make(tmp_path)

    def break_off(i):
        if i == 3:
            raise KeyboardInterrupt
        return webp("red")

    with pytest.raises(KeyboardInterrupt):
        make(tmp_path, thumbnails=break_off)
    assert not (tmp_path / "index.html").exists()
    make(tmp_path)
    assert (tmp_path / "index.html").exists()
    assert not list(tmp_path.rglob(".tmp-*"))


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_paintings(tmp_path, n):
    make(
        tmp_path,
        n,
        layout=np.zeros((n, 2)),
        neighbors=(np.zeros((n, 0), int), np.zeros((n, 0))),
        typicality=np.zeros(n),
        reference="style",
    )
    data = read(tmp_path)
    assert data["n"] == n
    assert sum(len(c["works"]) for c in data["clusters"]) == n
    assert (data["grid"] is None) == (n == 0)
    assert (tmp_path / "index.html").exists()


def test_inputs_are_not_changed(tmp_path):
    arrays = [np.array([0, 1, -5, 0, 1, 0]), np.random.default_rng(0).random((6, 2)), np.arange(6.0)]
    arrays += [np.zeros((6, 2), int), np.ones((6, 2))]
    for a in arrays:
        a.setflags(write=False)
    paintings = table(6)
    before = paintings.copy()
    make(
        tmp_path,
        labels=arrays[0],
        layout=arrays[1],
        typicality=arrays[2],
        neighbors=tuple(arrays[3:]),
        table=paintings,
    )
    pd.testing.assert_frame_equal(paintings, before)
    assert read(tmp_path)["labels"] == [0, 1, -1, 0, 1, 0]


# ------------------------------------------------------------------------------------------------------ hostile text


def test_no_text_of_the_corpus_can_leave_the_data(tmp_path):
    n = len(HOSTILE)
    paintings = pd.DataFrame(
        dict.fromkeys(("id", "image", "artist", "title", "date", "style"), HOSTILE)
        | {"__proto__": HOSTILE, "<b>": ["1"] * n},
        dtype=object,  # half a surrogate pair fits in no other
    )
    clusters = [{"label": 0, "name": HOSTILE[0], "sentence": HOSTILE[2], "palette": [HOSTILE[2]]}]
    make(
        tmp_path,
        n,
        table=paintings,
        labels=np.zeros(n, int),
        title=HOSTILE[0],
        descriptions=clusters,
        reference="style",
        provenance=[(HOSTILE[0], {HOSTILE[2]: HOSTILE[1]})],
    )
    raw = (tmp_path / "data.js").read_bytes().decode("utf-8")
    assert not re.search("[<>&\u2028\u2029\x00]", raw)
    data = read(tmp_path)
    assert column(data, "title") == HOSTILE
    assert column(data, "__proto__") == HOSTILE
    assert data["clusters"][0]["palette"] == []
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;/script&gt;" in page


def test_ids_never_become_file_names(tmp_path):
    n = len(HOSTILE)
    paintings = pd.DataFrame({"id": HOSTILE, "image": HOSTILE}, dtype=object)
    make(tmp_path / "a", n, table=paintings, labels=np.zeros(n, int))
    assert sorted(p.name for p in (tmp_path / "a" / "thumbs").iterdir()) == [f"{i:06d}.webp" for i in range(n)]
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a.jpg",
        "//example.org/a.jpg",
        "/a.jpg",
        "javascript:alert(1)",
        "file:///a.jpg",
        "\\\\a\\b",
        "//[",
    ],
)
def test_a_source_is_relative(tmp_path, url):
    with pytest.raises(InputError, match="relative"):
        make(tmp_path, sources=lambda i: url)


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.inside, self.loose = [], None, ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_data(self, data):
        if self.inside in ("script", "style"):
            self.loose += data.strip()


def test_the_page_holds_no_script_style_or_handler_of_its_own(tmp_path):
    make(tmp_path)
    page = Page()
    page.feed((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert page.loose == ""
    assert not [t for t, _ in page.tags if t == "style"]
    scripts = [a["src"] for t, a in page.tags if t == "script"]
    assert scripts == ["data.js", *(f"static/{name}" for name in SCRIPTS)]
    assert all((tmp_path / s).exists() for s in scripts)
    for _, attributes in page.tags:
        assert not [a for a in attributes if a.startswith("on") or a == "style"]
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'self' file:;")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_nothing_points_to_a_network_and_nothing_is_parsed_as_html(tmp_path):
    make(tmp_path)
    for name, data in listing(tmp_path).items():
        if name.endswith((".html", ".js", ".css")):
            text = data.decode("utf-8").replace('"http://www.w3.org/2000/svg"', "")  # a name that nothing is fetched by
            assert not re.search(r"https?:|//[a-z]+\.|@import|url\(", text), name
            assert not re.search(
                r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|XMLHttp|WebSocket|EventSource", text
            ), name
            asking = re.findall(r"\bfetch\(", text)  # the server that the page came from, see tests/test_serve.py
            assert len(asking) == (name == "static/live.js"), name
    live = (tmp_path / "static" / "live.js").read_text("utf-8")
    assert live.index("if (!ag.live) return;") < live.index("fetch("), "from the file system nothing is asked"


def test_every_static_file_is_shipped_and_named():
    static = {f.name for f in (files("artgraph.atlas") / "static").iterdir()}
    assert static == {*SCRIPTS, *STYLES, "index.template.html"}


def test_data_script_refuses_nan():
    with pytest.raises(ValueError, match="Out of range"):
        data_script({"a": float("nan")})


# --------------------------------------------------------------------------------------------------------- pictures


def test_no_images_means_no_image(tmp_path):
    def never(i):
        raise AssertionError("asked for a picture")

    make(tmp_path / "a", images=False, thumbnails=never, sources=never, layout=np.eye(6)[:, :2])
    assert not [name for name in listing(tmp_path / "a") if name.endswith(".webp")]
    data = read(tmp_path / "a")
    assert (data["images"], data["sources"], data["sheets"], data["tints"]) == (False, None, None, None)
    assert data["grid"] is not None


def test_missing_and_broken_thumbnails_are_tolerated(tmp_path):
    bytes_of = {0: None, 1: b"", 2: b"<html>404</html>", 3: webp("red")[:30]}
    make(tmp_path, thumbnails=lambda i: bytes_of.get(i, webp("blue")), layout=np.eye(6)[:, :2])
    data = read(tmp_path)
    assert data["missing"] == [0, 1, 2, 3]
    assert data["tints"][:4] == [None] * 4
    assert sorted(p.name for p in (tmp_path / "thumbs").iterdir()) == ["000004.webp", "000005.webp"]


def test_of_many_paintings_heavy_thumbnails_are_written_smaller(tmp_path, monkeypatch):
    noise = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (192, 256, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(noise, "WEBP", quality=75)
    bytes_of = [noise.getvalue(), webp("red", (256, 192))]
    sizes = []
    for many in (3, 2):
        monkeypatch.setattr("artgraph.atlas.pictures._MANY", many)
        make(tmp_path, 2, thumbnails=bytes_of.__getitem__)
        written = [(tmp_path / "thumbs" / f"{i:06d}.webp").read_bytes() for i in range(2)]
        sizes.append([Image.open(io.BytesIO(data)).size for data in written])
    assert sizes == [[(256, 192), (256, 192)], [(208, 156), (256, 192)]]
    assert (tmp_path / "thumbs" / "000001.webp").read_bytes() == bytes_of[1]


def test_the_number_of_processors_changes_no_byte(tmp_path, monkeypatch):
    for cores in (1, 5):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        make(tmp_path / str(cores), 40, layout=np.random.default_rng(0).random((40, 2)))
    assert listing(tmp_path / "1") == listing(tmp_path / "5")


def test_shape_comes_from_the_original_unless_the_thumbnail_lies_otherwise(tmp_path):
    size = {"image_width": [600.0, 400, None, 0], "image_height": [400.0, 600, 10, 10]}
    make(tmp_path, 4, table=table(4, **size), thumbnails=lambda i: None if i == 3 else webp("red", (60, 41)))
    data = read(tmp_path)
    # exact; lying on its side; only the thumbnail is known; nothing is known
    assert data["aspect"] == [1.5, 1.4634, 1.4634, 0.8]
    assert data["small"] == ["image_width", "image_height"]
    assert column(data, "image_width") == ["600", "400", None, "0"]


def test_a_sheet_holds_each_picture_at_its_place(tmp_path):
    colors = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    make(tmp_path, 3, thumbnails=lambda i: webp(colors[i], (90, 30)), layout=np.array([[2, 0], [0, 0], [1, 0.0]]))
    data = read(tmp_path)
    assert data["sheets"] == {"levels": [[64, ["sheets/000.webp"]]], "side": 2048, "slots": [2, 0, 1]}  # as they hang
    with Image.open(tmp_path / "sheets" / "000.webp") as sheet:
        assert sheet.size == (3 * 64, 64)
        for i, color in enumerate(colors):
            seen = np.array(sheet.convert("RGB").getpixel((data["sheets"]["slots"][i] * 64 + 32, 10)), int)
            assert np.abs(seen - color).max() < 16
            tint = [int(data["tints"][i][k : k + 2], 16) for k in (0, 2, 4)]
            assert np.abs(np.array(tint) - color).max() < 16


def test_many_paintings_get_sheets_of_two_levels():
    written = {}
    sheets = Sheets(18, written.__setitem__, side=128)  # 4 near tiles, 64 far ones
    red = Image.new("RGB", (8, 8), "red")
    tiles, tint = tiles_of(red, 1.0, sheets.levels)
    assert [tile.size for tile in tiles] == [(64, 64), (16, 16)]
    assert tint == "ff0000"
    for _ in range(18):
        sheets.add(tiles)
    assert sheets.names == {64: [f"sheets/{k:03d}.webp" for k in range(5)], 16: ["sheets/far-000.webp"]}
    assert set(written) == {*sheets.names[64], *sheets.names[16]}
    with Image.open(io.BytesIO(written["sheets/004.webp"])) as last:
        assert last.size == (2 * 64, 64)  # 18 = 4 · 4 + 2
    with Image.open(io.BytesIO(written["sheets/far-000.webp"])) as far:
        assert far.size == (128, 3 * 16)  # 8 tiles a row
    assert Sheets(16, written.__setitem__).levels == (64,)


def test_what_hangs_together_lies_on_one_sheet():
    # squares of 2 × 2 cells: first band from left to right, second back
    column, row = np.meshgrid(np.arange(4), np.arange(4))
    order = sheet_order(column.ravel(), row.ravel(), part=2)
    assert order.tolist() == [0, 1, 4, 5, 2, 3, 6, 7, 10, 11, 14, 15, 8, 9, 12, 13]


@pytest.mark.parametrize(
    ("aspect", "size"), [(1, (64, 64)), (2, (64, 32)), (0.5, (32, 64)), (20, (64, 4)), (0.05, (4, 64))]
)
def test_tile_size(aspect, size):
    assert tile_size(aspect) == size


# ----------------------------------------------------------------------------------------- what others found out


def test_links_shares_membership_windows_and_worklist_reach_the_page(tmp_path):
    links = sp.csr_array((np.ones(2), ([0, 2], [2, 0])), shape=(3, 3))
    work = {"row": 1, "kind": "date", "score": 0.5, "sentence": "Early.", "evidence": []}
    make(
        tmp_path,
        3,
        labels=np.array([0, 0, 1]),
        neighbors=(np.array([[1], [0], [1]]), np.ones((3, 1))),
        shares=(["color", "texture"], np.array([[[60, 40]], [[50, 50]], [[0, 0]]], np.uint8)),
        artist_links=links,
        membership={"confidence": np.array([0.9, np.nan, 1]), "second": np.array([1, -1, 0])},
        windows={"painting": [2, 0, 2], "x": [0, 0.5, 0.25], "y": [0, 0.1, 0], "scale": [0.5, 0.125, 0.5]},
        worklist=[work],
        name="leiden",
        compare={"other": np.array([1, 1, 0]), "leiden": np.array([0, 0, 0])},
        methods="We did.",
    )
    data = read(tmp_path)
    assert data["shares"] == {"names": ["color", "texture"], "percent": [60, 40, 50, 50, 0, 0]}
    assert data["artist_links"] == [[2], [], [0]]
    assert data["membership"] == {"confidence": [0.9, None, 1.0], "second": [1, -1, 0], "role": None}
    assert data["windows"] == [[[500, 100, 125]], [], [[0, 0, 500], [250, 0, 500]]]
    assert data["worklist"] == [work]
    assert data["compare"]["partitions"] == [["other", [1, 1, 0]]]  # not beside itself
    assert data["compare"]["agreement"] == [{"a": "leiden", "b": "other", "ami": 1.0, "ari": 1.0, "n": 3}]
    assert data["methods"] == "We did."


# -------------------------------------------------------------------------------------------------- wrong arguments


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"labels": np.zeros(5, int)}, "labels have 5 rows, the other input has 6"),
        ({"labels": np.zeros(6)}, "whole numbers"),
        ({"layout": np.zeros((5, 2))}, "5 rows"),
        ({"layout": np.full((6, 2), np.nan)}, "row 0 is not finite"),
        ({"layout": np.zeros((6, 3))}, r"\(n, 2\)"),
        ({"typicality": np.zeros(5)}, "typicality has 5 rows"),
        ({"years": np.zeros(5)}, "years has 5 rows"),
        ({"artists": ["Ann"] * 5}, "artists has 5 rows"),
        ({"neighbors": (np.zeros((6, 2), int), np.zeros((6, 3)))}, "indices, similarity"),
        ({"neighbors": (np.full((6, 2), 6), np.zeros((6, 2)))}, "row 6"),
        ({"reference": "school"}, "school"),
        ({"compare": {"other": np.zeros(5, int)}}, "labels have 5 rows"),
        ({"table": table(6, id=["a", "b", "c", "a", "d", "e"])}, "'a' stands twice"),
        ({"table": table(6).drop(columns="id")}, "needs an id"),
    ],
)
def test_wrong_arguments_are_named_and_nothing_is_written(tmp_path, given, message):
    with pytest.raises(InputError, match=message):
        make(tmp_path / "a", **given)
    assert not (tmp_path / "a").exists()


# ------------------------------------------------------------------------------------------------------------- grid


def test_no_two_paintings_share_a_place():
    layout = np.repeat(np.random.default_rng(0).normal(size=(100, 2)), 5, axis=0)
    column, row, shape = hang(layout)
    assert len(set(zip(column.tolist(), row.tolist(), strict=True))) == 500
    assert (column.min(), row.min()) == (0, 0)
    assert (column.max() + 1, row.max() + 1) == shape


def test_left_stays_left_and_up_is_up():
    column, row, _ = hang([[0, 0], [10, 0], [0, 10], [10, 10.0]])
    assert column[0] < column[1]
    assert column[2] < column[3]
    assert row[2] < row[0]


def test_neighbours_on_the_layout_are_neighbours_on_the_wall():
    r = np.random.default_rng(0)
    group = np.repeat(np.arange(4), 100)
    layout = np.array([[0, 0], [20, 0], [0, 20], [20, 20]])[group] + r.normal(size=(400, 2))
    column, row, _ = hang(layout)
    wall = np.stack([column, row], 1)
    distance = np.abs(wall[:, None] - wall[None]).max(-1) + 1000 * np.eye(400, dtype=int)
    assert (group[distance.argmin(1)] == group).mean() > 0.97


@pytest.mark.parametrize(
    "layout", [np.zeros((0, 2)), np.zeros((1, 2)), np.zeros((7, 2)), np.array([[0, 0], [1e300, 0]])]
)
def test_hanging_degenerate_layouts(layout):
    column, row, _ = hang(layout)
    assert len(set(zip(column.tolist(), row.tolist(), strict=True))) == len(layout)


# ---------------------------------------------------------------------------------------------------------- summary


def test_summary_of_five_paintings():
    neighbors = np.array([[1, 4], [0, 3], [4, 4], [0, -1], [2, 0]])
    first, second, none = summarize(
        np.array([0, 0, 0, -1, 1]),
        ["Ann", "Ann", None, None, "Bo"],
        np.array([1501, 1509.5, -505, np.nan, 1700]),
        typicality=np.array([1, 2, 3, 0, 0.0]),
        neighbors=neighbors,
        reference=["x", "y", "x", None, "x"],
    )
    assert first["works"] == [2, 1, 0]
    assert first["artists"] == [["Ann", 2, 2]]
    assert first["artists_in_all"] == 1
    assert first["years"] == [-505, 1501, 1509.5]
    assert first["decades"] == [(-510, 1), (1500, 2)]
    assert first["reference"] == [["x", 2], ["y", 1]]
    assert first["near"] == [[1, 1.0]]  # links to no cluster do not count
    assert (second["label"], second["near"]) == (1, [[0, 1.0]])
    assert (none["label"], none["years"], none["reference"], none["artists"]) == (-1, None, [[None, 1]], [])
