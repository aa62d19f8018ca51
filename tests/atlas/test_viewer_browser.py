"""Looking closer, side by side, choosing on the map, and a page that was moved to another place, in a real browser."""

import csv
import io
import re
import shutil
import time

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.atlas.parts import write
from tests.atlas.test_views_browser import saved
from tests.atlas.test_write_atlas import webp

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # playwright leaves its pipe to the interpreter
]

N = 12
SERVICE = "https://iiif.example.org/2/a"


@pytest.fixture(scope="session")
def viewed(tmp_path_factory):
    """Twelve works on a grid of 4 by 3: 600 × 400 pictures of those but the last two; one has an address of IIIF."""
    folder = tmp_path_factory.mktemp("viewed")
    (folder / "scans").mkdir()
    Image.new("RGB", (2400, 1600), "red").save(folder / "scans" / "2.jpg")
    table = pd.DataFrame(
        {
            "id": [f"w{i}" for i in range(N)],
            "title": [f"Work {i}" for i in range(N)],
            "iiif": [SERVICE if i == 1 else None for i in range(N)],
            "image_sha256": ["0" * 64] * N,
            "image_width": ["2400"] * N,
            "image_height": ["1600"] * N,
        }
    )
    return write(
        folder / "page",
        table=table,
        labels=np.arange(N) % 2,
        title="Viewed",
        thumbnails=lambda i: None if i == 11 else webp((20 * i, 90, 200), (240, 160)),
        pictures=lambda i: webp((20 * i, 90, 200), (600, 400)) if i < 10 else None,
        sources=lambda i: f"../scans/{i}.jpg",
        neighbors=(np.array([[(i + 1) % N, (i + 2) % N] for i in range(N)]), np.ones((N, 2))),
        layout=np.array([[i % 4, -(i // 4)] for i in range(N)], float),
        worklist=[
            {
                "row": 0,
                "kind": "date",
                "score": 0.5,
                "sentence": "?",
                "evidence": [{"descriptor": "x", "neighbors": [3]}],
            }
        ],
    )


def forgive(page, text="ERR_FILE_NOT_FOUND"):
    """Forget complaints of one kind: that an original is not where it was is looked for, and not found, on purpose."""
    page.complaints[:] = [one for one in page.complaints if text not in one]


def shown(page, k=0):
    """The picture of a pane: left, top, width, height, relative to the pane; and the pane's width and height."""
    return page.evaluate(
        """(k) => { const p = document.querySelectorAll('.pane')[k].getBoundingClientRect();
             const i = document.querySelectorAll('.pane img')[k].getBoundingClientRect();
             return [i.left - p.left, i.top - p.top, i.width, i.height, p.width, p.height]; }""",
        k,
    )


# ------------------------------------------------------------------------------------------------------------ viewer


def test_a_click_on_a_picture_opens_it_in_the_page(visit, viewed, until):
    page = visit(viewed, "#/painting/w0")
    assert page.evaluate("document.querySelector('.work img').getAttribute('src')") == "pictures/000000.webp"
    page.locator(".work img").click()
    page.wait_for_selector(".look-page")
    assert page.evaluate("[location.hash, document.activeElement.className]") == ["#/look/w0", "pane"]
    until(page, "document.querySelector('.pane img').naturalWidth === 600")
    left, top, width, height, wide, tall = shown(page)
    assert width / height == pytest.approx(1.5, rel=0.01)
    assert (left + width / 2, top + height / 2) == pytest.approx(
        (wide / 2, tall / 2), abs=1
    )  # all of it, in the middle
    # the point under the pointer stays under it
    box = page.locator(".pane").bounding_box()
    x, y = 0.3 * wide, 0.6 * tall
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.wheel(0, -240)
    nearer = shown(page)
    assert nearer[2] > 1.5 * width
    assert ((x - nearer[0]) / nearer[2], (y - nearer[1]) / nearer[3]) == pytest.approx(
        ((x - left) / width, (y - top) / height), abs=0.01
    )
    page.mouse.down()
    page.mouse.move(box["x"] + x - 60, box["y"] + y - 30, steps=3)
    page.mouse.up()
    assert shown(page)[:2] == pytest.approx([nearer[0] - 60, nearer[1] - 30], abs=1)
    # however far it is dragged, it does not leave the pane
    page.mouse.down()
    page.mouse.move(box["x"] + 5, box["y"] + 5, steps=3)
    page.mouse.up()
    for _ in range(4):
        page.mouse.move(box["x"] + wide - 5, box["y"] + tall - 5)
        page.mouse.down()
        page.mouse.move(box["x"] + 5, box["y"] + 5, steps=3)
        page.mouse.up()
    left, top, width, height, *_ = shown(page)
    assert left + width >= wide - 1
    assert top + height >= tall - 1
    page.mouse.dblclick(box["x"] + x, box["y"] + y)
    assert shown(page)[2] < nearer[2]
    page.keyboard.press("Escape")
    page.wait_for_selector(".painting-page")
    assert page.evaluate("location.hash") == "#/painting/w0"
    forgive(page)


def test_the_viewer_by_keys(visit, viewed, until):
    page = visit(viewed, "#/look/w0")
    until(page, "document.querySelector('.pane img').naturalWidth === 600")
    page.locator(".pane").focus()
    whole = shown(page)
    page.keyboard.press("ArrowRight")  # all is seen: to the next work of the cluster
    page.wait_for_selector("h1:has-text('Work 2')", state="attached")
    assert page.evaluate("[location.hash, document.activeElement.className]") == ["#/look/w2", "pane"]
    page.keyboard.press("+")
    page.keyboard.press("+")
    before = shown(page)
    assert before[2] > 1.5 * whole[2]
    page.keyboard.press("ArrowRight")  # nearer: the picture moves
    assert page.evaluate("location.hash") == "#/look/w2"
    assert shown(page)[0] < before[0]
    page.keyboard.press("0")
    assert shown(page)[2] == pytest.approx(whole[2], abs=1)
    page.keyboard.press("Enter")
    assert shown(page)[2] > 2 * whole[2]
    page.keyboard.press("-")
    page.keyboard.press("Escape")
    page.wait_for_selector(".painting-page")
    forgive(page)


def test_two_fingers_zoom(visit, viewed, until):
    page = visit(viewed, "#/look/w0", viewport={"width": 390, "height": 800}, has_touch=True)
    until(page, "document.querySelector('.pane img').naturalWidth === 600")
    before = shown(page)
    page.evaluate(
        """() => { const pane = document.querySelector('.pane'), b = pane.getBoundingClientRect();
             pane.setPointerCapture = () => {};
             const send = (type, id, x, y) => pane.dispatchEvent(new PointerEvent(type, { pointerId: id,
               pointerType: 'touch', clientX: b.left + x, clientY: b.top + y, bubbles: true }));
             const [x, y] = [b.width / 2, b.height / 2];
             send('pointerdown', 1, x - 40, y); send('pointerdown', 2, x + 40, y);
             for (let d = 50; d <= 120; d += 10) { send('pointermove', 1, x - d, y); send('pointermove', 2, x + d, y); }
             send('pointerup', 1, x - 120, y); send('pointerup', 2, x + 120, y); }"""
    )
    left, top, width, height, wide, tall = shown(page)
    assert width == pytest.approx(3 * before[2], rel=0.1)
    assert (left + width / 2, top + height / 2) == pytest.approx((wide / 2, tall / 2), abs=20)
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 1  # foot and buttons are in view
    forgive(page)


@pytest.mark.parametrize(
    ("work", "widths"),
    [
        ("w2", [2400]),  # the original beside the page is better than what the page carries
        ("w3", [600]),  # it is gone
        ("w10", [240]),  # the page carries a thumbnail only
        ("w11", []),  # nothing: the title
    ],
)
def test_the_best_picture_that_is_there(visit, viewed, until, work, widths):
    page = visit(viewed, f"#/look/{work}")
    for width in widths:
        until(page, f"document.querySelector('.pane img').naturalWidth === {width}")
    if not widths:
        assert page.locator(".pane .empty").inner_text() == "Work 11"
    page.wait_for_timeout(100)
    forgive(page)


def test_a_page_that_was_moved_leads_nowhere_else(visit, viewed, tmp_path):
    """In another place, without the originals: every link stays within the page, every picture is there."""
    shutil.copytree(viewed.parent, tmp_path / "sent page")
    index = tmp_path / "sent page" / "index.html"
    page = visit(index)
    base = index.as_uri()
    for address in (
        "#/",
        "#/painting/w2",
        "#/painting/w10",
        "#/look/w2",
        "#/beside/w2/w3",
        "#/cluster/0",
        "#/worklist",
    ):
        page.evaluate("(hash) => { location.hash = hash; }", address)
        page.wait_for_timeout(150)
        links = page.evaluate("[...document.querySelectorAll('a')].map((a) => a.getAttribute('href'))")
        assert all(link.startswith("#") for link in links), address
        assert page.evaluate("document.images.length ? [...document.images].every((i) => i.src) : true")
    page.evaluate("location.hash = '#/painting/w2'")
    page.locator(".work img").click()
    page.wait_for_selector(".look-page")
    page.wait_for_timeout(150)
    assert page.evaluate("document.querySelector('.pane img').naturalWidth") == 600
    assert page.url.startswith(base)
    forgive(page)


def test_a_thumbnail_is_not_blown_up(visit, viewed, until):
    page = visit(viewed, "#/painting/w10")
    until(
        page,
        "/^(thumbs\\/000010.webp|data:image\\/webp)/.test(document.querySelector('.work img').getAttribute('src'))",
    )
    until(page, "document.querySelector('.work img').style.maxWidth === '432px'")
    forgive(page)


@pytest.mark.parametrize("good", [True, False])
def test_a_museums_server_is_asked_only_where_the_reader_wants_it(visit, viewed, until, good):
    asked = []

    def answer(route):
        asked.append(route.request.url)
        if good:
            out = io.BytesIO()
            Image.new("RGB", (3000, 2000), "green").save(out, "JPEG")
            route.fulfill(status=200, content_type="image/jpeg", body=out.getvalue())
        else:
            route.abort()

    page = visit(viewed, "#/look/w1")
    page.route(re.compile("^https:"), answer)
    page.wait_for_timeout(200)
    assert asked == []
    assert "Only where you press “Load it larger” is a picture fetched, from iiif.example.org." in (
        page.locator(".foot").text_content()
    )
    page.get_by_text("Load it larger from iiif.example.org").click()
    if good:
        until(page, "document.querySelector('.pane img').naturalWidth === 3000")
        assert page.locator(".pane-remote .save").is_hidden()
    else:
        until(page, "document.querySelector('.pane-note').textContent.includes('gave no picture')")
        assert page.evaluate("document.querySelector('.pane img').naturalWidth") == 600
    assert asked == [f"{SERVICE}/full/!4000,4000/0/default.jpg"]
    page.complaints.clear()  # the request itself, and the original that is not there


def test_no_museum_is_named_where_the_table_names_none(visit, viewed):
    page = visit(viewed, "#/look/w3")
    page.wait_for_timeout(100)
    assert page.locator(".pane-remote").count() == 0
    forgive(page)


# ------------------------------------------------------------------------------------------------------ side by side


def test_two_works_side_by_side(visit, viewed, until):
    page = visit(viewed, "#/painting/w0")
    page.locator("button", has_text="Keep for side by side").click()
    assert page.get_by_role("region", name="Work kept").inner_text().startswith("Work 0 is kept.")
    page.locator(".nearest a[data-row='2']").click()
    page.locator("a", has_text="Side by side with “Work 0”").click()
    page.wait_for_selector(".beside-page")
    assert page.evaluate("location.hash") == "#/beside/w0/w2"
    assert page.locator("[aria-label^='Work kept']").is_hidden()
    until(page, "[...document.querySelectorAll('.pane img')].every((i) => i.naturalWidth > 0)")
    before = [shown(page, k) for k in (0, 1)]
    page.locator(".pane").first.get_by_label("Zoom in").click()
    after = [shown(page, k) for k in (0, 1)]
    for k in (0, 1):
        assert after[k][2] == pytest.approx(1.6 * before[k][2], rel=0.02)
    page.locator("button", has_text="Zoom both together").click()
    page.locator(".pane").nth(1).get_by_label("Show the whole picture").click()
    assert shown(page, 0)[2] == pytest.approx(after[0][2], abs=1)
    assert shown(page, 1)[2] == pytest.approx(before[1][2], abs=1)
    page.locator("a", has_text="Swap").click()
    page.wait_for_selector("h1:has-text('Work 2')", state="attached")
    assert page.evaluate("location.hash") == "#/beside/w2/w0"
    forgive(page)


def test_side_by_side_from_the_nearest_works_and_the_worklist(visit, viewed):
    page = visit(viewed, "#/painting/w0")
    assert page.locator(".nearest a", has_text="side by side").first.get_attribute("href") == "#/beside/w0/w1"
    page.evaluate("location.hash = '#/worklist'")
    page.locator(".evidence a", has_text="side by side").click()
    page.wait_for_selector(".beside-page")
    assert page.evaluate("location.hash") == "#/beside/w0/w3"
    forgive(page)


@pytest.mark.parametrize("address", ["#/beside/w0", "#/beside/w0/none", "#/beside", "#/look", "#/look/none"])
def test_no_such_pair(visit, viewed, address):
    assert visit(viewed, address).locator("h1").inner_text() == "Nothing at this address"


# ------------------------------------------------------------------------------------------------ choosing on the map


def places(page):
    """Where each work stands on the screen: [x, y] of its middle."""
    return page.evaluate(
        """(() => { const m = artgraph.map, c = m.canvas.getBoundingClientRect();
             return artgraph.all.map((i) => { const p = m.camera.screen(m.column[i] + 0.5, m.row[i] + 0.5);
               return [c.left + p.x, c.top + p.y]; }); })()"""
    )


def drag(page, points):
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=4)
    page.mouse.up()


def test_a_box_on_the_map_becomes_a_table_and_a_page(visit, viewed, until):
    page = visit(viewed, "#/map")
    page.wait_for_timeout(200)
    at = places(page)
    chosen = [i for i in range(N) if at[i][0] <= at[5][0] + 1 and at[i][1] <= at[5][1] + 1]
    page.get_by_label("Choose works with a box").click()
    low, high = np.min([at[i] for i in chosen], axis=0) - 20, np.max([at[i] for i in chosen], axis=0) + 20
    drag(page, [low.tolist(), high.tolist()])
    assert page.locator(".map-choice .many").inner_text() == f"{len(chosen)} works chosen"
    assert page.evaluate("[...artgraph.map.lit].map(Boolean)") == [i in chosen for i in range(N)]
    name, text = saved(page, page.locator(".map-choice button", has_text="Save as CSV"))
    assert name == "Viewed-chosen.csv"
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["id"] for row in rows] == [f"w{i}" for i in chosen]
    assert list(rows[0]) == ["id", "cluster", "title", "iiif"]  # no hash, no size of a file
    page.mouse.click(*at[11])  # one more
    page.mouse.click(*at[chosen[0]])  # one less
    left = [*chosen[1:], 11]
    assert page.locator(".map-choice .many").inner_text() == f"{len(left)} works chosen"
    address = page.locator(".map-choice a", has_text="Open as a page").get_attribute("href")
    page.locator(".map-choice a", has_text="Open as a page").click()
    page.wait_for_selector(".results h2")
    assert page.locator(".results .what").all_inner_texts() == [f"Work {i}" for i in left]
    again = visit(viewed, address)  # what was chosen can be sent
    assert again.locator(".conditions a").inner_text() == f"{len(left)} chosen works ×"
    assert again.locator(".results h2").inner_text() == f"{len(left)} paintings"


def test_a_free_line_and_what_takes_a_choice_back(visit, viewed):
    page = visit(viewed, "#/map")
    page.wait_for_timeout(200)
    at = np.array(places(page))
    page.get_by_label("Choose works with a free line").click()
    around = [at[0] + (-25, -25), at[0] + (25, -25), at[5] + (25, 25), at[5] + (-25, 25)]  # a slanted strip
    drag(page, [point.tolist() for point in around])
    assert page.evaluate("[...artgraph.map.choice.rows].sort()") == [0, 5]
    assert page.locator(".map-choice a", has_text="Side by side").get_attribute("href") == "#/beside/w0/w5"
    page.keyboard.press("Escape")
    assert page.evaluate("[artgraph.map.choice.rows.size, artgraph.map.lit, location.hash]") == [0, None, "#/map"]
    assert page.locator(".map-choice").is_hidden()
    page.keyboard.down("Shift")
    drag(page, [(at[0] - 25).tolist(), (at[0] + 25).tolist()])
    page.keyboard.up("Shift")
    assert page.locator(".map-choice .many").inner_text() == "1 work chosen"
    assert page.evaluate("artgraph.map.camera.moved") is False  # the map stayed
    page.locator(".map-choice button", has_text="Clear").click()
    drag(page, [(at[0] - 5).tolist(), (at[0] + 60).tolist()])
    assert page.evaluate("artgraph.map.camera.moved") is True  # and now it is dragged again


@pytest.mark.parametrize(
    "rows", [[], [0], [11], [0, 1, 2], [0, 2, 3, 4, 9, 11], list(range(12))], ids=lambda rows: str(len(rows))
)
def test_an_address_of_works_comes_back(visit, viewed, rows):
    assert visit(viewed).evaluate("(rows) => artgraph.readRows(artgraph.packRows(rows))", rows) == rows


@pytest.mark.parametrize(
    "text", ["deadbeef.0", "", ".", "{stamp}.-1", "{stamp}.zzzzzz-zzzzzz", "{stamp}.c", "{stamp}.0 1"]
)
def test_an_address_of_another_collection_is_not_taken_for_this_one(visit, viewed, text):
    page = visit(viewed)
    text = text.replace("{stamp}", page.evaluate("artgraph.data.stamp"))
    assert page.evaluate("(text) => artgraph.readRows(text)", text) is None
    page.evaluate("(text) => { location.hash = artgraph.link.front({works: text || '?'}); }", text)
    page.wait_for_selector(".results h2")
    assert page.locator(".results h2").inner_text() == "Nothing found"
    assert "chosen in another collection" in page.locator(".conditions").inner_text()


# ------------------------------------------------------------------------------------------------------ small screens


@pytest.mark.parametrize("address", ["#/", "#/map", "#/timeline"])
def test_on_a_narrow_screen_the_tools_cover_no_work(visit, index, address):
    page = visit(index, address, viewport={"width": 390, "height": 844})
    page.wait_for_timeout(200)
    tools, canvas = page.locator(".map-tools").bounding_box(), page.locator(".map canvas").bounding_box()
    assert canvas["y"] + canvas["height"] <= tools["y"] + 0.5
    if address == "#/map":
        assert tools["y"] + tools["height"] <= 844.5


def test_the_timeline_opens_where_works_are(visit, tmp_path, until):
    """A work of 1400 and many of about 1890: a narrow window shows these, not the empty centuries between."""
    n = 40
    years = np.array([1400.0, *np.linspace(1880, 1899, n - 1)])
    table = pd.DataFrame({"id": [str(i) for i in range(n)], "date": [str(int(y)) for y in years]})
    index = write(
        tmp_path / "a", table=table, years=years, labels=np.zeros(n, int), title="T", thumbnails=lambda i: None
    )
    page = visit(index, "#/timeline", viewport={"width": 390, "height": 844})
    page.wait_for_timeout(200)
    until(page, "document.querySelector('.map canvas').width > 0")
    colors = page.locator(".map canvas").screenshot()
    with Image.open(io.BytesIO(colors)) as shot:
        pixels = np.asarray(shot.convert("RGB")).reshape(-1, 3).astype(int)
    assert (np.ptp(pixels, axis=1) > 40).mean() > 0.05  # cells in the colour of their cluster


LONG = {
    "letters": "x" * 12_000, "characters": "夜" * 12_000, "arabic": "م" * 12_000, "accents": "a" + "\u0301" * 12_000,
    "family": "👩\u200d👩\u200d👧" * 4_000, "no-break": "a\u00a0" * 6_000, "soft hyphens": "a\u00ad" * 6_000,
    "address": "https://e.org/" + "a/b?c=d&" * 1_500, "both ways": "aم" * 6_000, "lines": "a\n" * 6_000,
}  # fmt: skip


def test_very_long_values_hang_no_page(visit, tmp_path):
    values = list(LONG.values())
    n = len(values)
    table = pd.DataFrame(
        {"id": [f"i{k}" for k in range(n)], "artist": values, "title": values, "date": values, "note": values}
        | {values[0]: values, "style": values},
        dtype=object,
    )
    index = write(
        tmp_path / "a",
        table=table,
        artists=values,
        labels=np.arange(n) % 2,
        title=values[0],
        thumbnails=lambda i: None,
        layout=np.random.default_rng(0).normal(size=(n, 2)),
        neighbors=(np.array([[(i + 1) % n] for i in range(n)]), np.ones((n, 1))),
        descriptions=[{"label": 0, "name": values[0], "sentence": values[1]}],
        reference="style",
    )
    page = visit(index)
    for address in ("#/", "#/cluster/0", *(f"#/painting/i{k}" for k in range(n)), "#/look/i0", "#/beside/i0/i1"):
        started = time.perf_counter()
        page.evaluate("(hash) => { location.hash = hash; }", address)
        page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert time.perf_counter() - started < 5, address  # minutes, before there were places to break at
