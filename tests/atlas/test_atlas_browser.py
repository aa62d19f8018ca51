"""The atlas in a real browser, from disk. Run with: pytest -m browser (needs playwright and Chromium)."""

import io
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # playwright leaves its pipe to the interpreter
]

VIEWS = ("#/timeline", "#/artists", "#/artist/Claude%20Monet", "#/compare", "#/worklist", "#/?style=late")
BOMB = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'


def test_the_front_page_opens_from_disk(visit, index, until):
    page = visit(index)
    assert page.title() == "The atlas"
    assert page.locator("h1").inner_text() == "The atlas"
    assert page.locator("section.cluster h2").all_inner_texts() == ["Cluster 0", BOMB, "In no cluster"]
    lead = page.locator(".lead").inner_text()
    assert "90 paintings in 2 clusters" in lead
    assert "grouped by visual similarity; no column of the catalogue was used." in lead
    assert page.locator(".ribbon a").count() == 3
    until(page, "document.querySelector('.strip img').naturalWidth > 0")
    # the map is painted: more than the one colour of its ground
    shot = Image.open(io.BytesIO(page.locator(".map canvas").screenshot()))
    assert len(shot.convert("RGB").resize((100, 50)).getcolors(5000)) > 50


@pytest.mark.parametrize(
    ("used", "said"),
    [
        (["artist"], "by visual similarity and by the column “artist”."),
        (["date"], "Dates had a say, so clusters show period as well as look."),
        (["artist", "style", BOMB], f"by visual similarity and by the columns “artist”, “style”, “{BOMB}”."),
    ],
)
def test_the_front_page_says_which_columns_had_a_say(atlas, visit, used, said):
    assert said in visit(atlas(columns_used=used)).locator(".lead").inner_text()


def test_rows_of_the_strip_are_full_and_pictures_keep_their_shape(visit, index, until):
    page = visit(index)
    until(page, "document.querySelector('.strip img').naturalWidth > 0")
    boxes = page.evaluate(
        """[...document.querySelector('.strip').children].filter((li) => !li.hidden).map((li) => {
             const b = li.querySelector('img, .empty').getBoundingClientRect();
             return [b.left, b.top, b.width, b.height, parseFloat(li.style.getPropertyValue('--shape'))]; })"""
    )
    right = page.evaluate("document.querySelector('.strip').getBoundingClientRect().right")
    for _, _, width, height, shape in boxes:
        assert width / height == pytest.approx(shape, rel=0.02)
    rows = {}
    for left, top, width, height, _ in boxes:
        rows.setdefault(round(top), []).append((left + width, height))
    assert len(rows) == 3
    for row in rows.values():
        assert max(end for end, _ in row) == pytest.approx(right, abs=1)
        assert max(h for _, h in row) - min(h for _, h in row) < 1.5


def test_hostile_text_is_shown_and_not_run(visit, index):
    for i in (3, 4, 5, 8):
        page = visit(index, f"#/painting/dir%2F%C3%A4%20{i}%3F%23%25")
        shown = page.evaluate(
            f"[document.querySelector('h1').textContent, artgraph.title(artgraph.row('dir/ä {i}?#%'))]"
        )
        assert shown[0] == shown[1]
        assert page.locator("main script, main [onerror]").count() == 0
    assert visit(index, "#/cluster/1").locator("h1").inner_text() == BOMB


def test_search_filters_and_its_address_can_be_sent(visit, index, until):
    page = visit(index)
    page.keyboard.press("/")
    page.keyboard.type("durer 1801")
    until(page, "document.querySelector('.results h2')?.textContent === '1 painting'")
    assert page.locator(".conditions a").inner_text() == "“durer 1801” ×"
    assert page.locator(".clusters").is_hidden()
    address = page.evaluate("location.hash")
    assert address == "#/?q=durer+1801"
    assert visit(index, address).locator(".results .gallery li").count() == 1
    page.keyboard.press("Escape")
    page.wait_for_selector(".clusters", state="visible")
    assert visit(index, "#/?artist=Claude%20Monet").locator(".results h2").inner_text() == "18 paintings"
    assert "Nothing found" in visit(index, "#/?q=zzz").locator(".results h2").inner_text()


def test_a_cluster_shows_all_its_works_as_one_reads_on(visit, index):
    page = visit(index, "#/cluster/0")
    assert page.locator(".cluster-head .facts").inner_text().startswith("60 works · 1800–1859")
    assert page.locator(".works li").count() == 60
    assert page.locator(".shares tbody tr").count() == 2
    assert page.locator(".artist-table tbody tr").first.inner_text().split("\t")[1] == "47"
    assert page.locator(".near-clusters li").count() == 1


@pytest.mark.parametrize(
    "address", ["#/cluster/99", "#/cluster/x", "#/painting/none", "#/painting/%E0%A4%A", "#/nowhere", "#/cluster"]
)
def test_unknown_addresses_say_so(visit, index, address):
    assert visit(index, address).locator("h1").inner_text() == "Nothing at this address"


def test_keys_walk_along_the_works_and_go_back(visit, index):
    page = visit(index, "#/cluster/0")
    page.locator(".works a").nth(1).click()
    page.wait_for_selector(".painting-page")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.locator("h1").inner_text() == "Work 1"
    page.keyboard.press("ArrowRight")
    assert page.locator("h1").inner_text() == "Work 2"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.locator("h1").inner_text() == "Work 0"
    page.keyboard.press("ArrowLeft")  # the first stays the first
    assert page.locator("h1").inner_text() == "Work 0"
    assert page.locator(".nearest li").count() == 3
    page.keyboard.press("Escape")
    page.wait_for_selector(".cluster-page")
    assert page.evaluate("location.hash") == "#/cluster/0"


def test_esc_never_leaves_the_atlas(visit, index):
    page = visit(index, "#/painting/dir%2F%C3%A4%200%3F%23%25")
    page.keyboard.press("Escape")
    page.wait_for_selector(".cluster-page")
    page.keyboard.press("Escape")
    page.wait_for_selector(".front")
    page.keyboard.press("Escape")
    assert page.title() == "The atlas"


def test_a_click_on_the_map_opens_a_painting(visit, index):
    page = visit(index, "#/map")
    page.locator(".map canvas").focus()
    where = page.evaluate(
        """(() => { const g = artgraph.data.grid, c = document.querySelector('canvas').getBoundingClientRect();
             const s = Math.min((c.width - 32) / g.shape[0], (c.height - 32) / g.shape[1], 150);
             return [c.left + c.width / 2 + (g.column[10] + 0.5 - g.shape[0] / 2) * s,
                     c.top + c.height / 2 + (g.row[10] + 0.5 - g.shape[1] / 2) * s]; })()"""
    )
    page.mouse.move(*where)
    page.wait_for_selector(".map-card:not([hidden])")
    assert "Work 10" in page.locator(".map-card").inner_text()
    page.mouse.click(*where)
    page.wait_for_selector(".painting-page")
    assert page.locator("h1").inner_text() == "Work 10"


def test_the_wheel_is_left_to_the_page_until_the_map_is_touched(visit, index, until):
    page = visit(index)
    page.locator(".map canvas").hover()
    page.mouse.wheel(0, 300)
    until(page, "scrollY > 100")


def test_pictures_that_are_missing_become_titles(visit, index):
    page = visit(index, "#/painting/dir%2F%C3%A4%207%3F%23%25")
    assert page.locator(".work .empty").inner_text() == "Work 7"


def test_an_atlas_without_images_or_map_works(visit, atlas):
    page = visit(atlas(images=False, layout=None, neighbors=None, shares=None, reference=None))
    assert page.locator(".map").count() == 0
    assert page.locator("img").count() == 0
    assert page.locator(".strip .empty").first.inner_text() == "Work 0"
    page.locator(".strip a").first.click()
    page.wait_for_selector(".painting-page")
    for address in VIEWS:
        page.goto(page.url.split("#")[0] + address)
        page.wait_for_timeout(100)
        assert page.locator("h1").inner_text() != "Nothing at this address"
        assert page.locator("img, image").count() == 0
    page.goto(page.url.split("#")[0] + "#/map")
    page.wait_for_selector(".made")


@pytest.mark.parametrize("width", [360, 768, 2560])
def test_no_page_is_wider_than_the_window(visit, index, width):
    for address in ("#/", "#/cluster/1", "#/painting/dir%2F%C3%A4%205%3F%23%25", "#/made", "#/map", *VIEWS):
        page = visit(index, address)
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(150)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_narrow_pages_keep_words_whole(visit, atlas):
    """A hash is given a line of its own, every page stands in the menu, and nothing collides."""
    digest = "0123456789abcdef" * 4
    artists = ["Ann"] * 60 + ["Joan Mitchell"] * 30
    index = atlas(artists=artists, provenance=[("Features · color", {"sha256": digest, "method": "leiden"})])
    page = visit(index, "#/made", viewport={"width": 390, "height": 800})
    box = page.locator("dd", has_text=digest).bounding_box()
    assert box["width"] > 200
    assert box["height"] < 80
    for link in page.locator("#bar nav a").all():
        assert link.bounding_box()["x"] + link.bounding_box()["width"] <= 390
    page = visit(index, "#/cluster/0")
    assert page.locator(".near-clusters .known").inner_text() == "Joan Mitchell"
    for label in page.locator(".near-clusters .label").all():
        boxes = [part.bounding_box() for part in label.locator("> *").all()]
        for a, b in pairwise(boxes):
            assert a["x"] + a["width"] + 4 <= b["x"] or a["y"] + a["height"] <= b["y"] + 1


def test_a_long_value_gets_places_to_break(visit, index):
    page = visit(index, "#/painting/dir%2F%C3%A4%205%3F%23%25")
    assert page.locator("h1").text_content() == "y" * 10_000
    assert (
        page.evaluate("Math.max(...[...document.querySelector('h1').childNodes].map((n) => n.textContent.length))")
        == 100
    )


def test_names_on_the_map_cover_no_pictures_where_there_is_room(visit, atlas, until):
    n = np.arange(90) // 6  # groups of six, far from each other
    layout = np.stack([n % 5, n // 5], 1) * 20.0 + np.random.default_rng(0).normal(size=(90, 2))
    page = visit(atlas(layout=layout, descriptions=[]), viewport={"width": 700, "height": 600})
    page.evaluate(
        """() => { const c = document.querySelector('.map canvas').getContext('2d'), fill = c.fillText.bind(c);
             window.names = [];
             c.fillText = (t, x, y) => { window.names.push([t, x, y]); fill(t, x, y); };
             artgraph.map.redraw(); }"""
    )
    until(page, "window.names.length >= 2")
    under = page.evaluate("window.names.map(([, x, y]) => artgraph.map.under(x, y))")
    assert set(under) == {-1}


def test_landmarks_names_and_alternative_texts(visit, index):
    page = visit(index, color_scheme="dark", reduced_motion="reduce")
    assert page.locator("main").count() == page.locator("header.bar").count() == page.locator("footer").count() == 1
    assert page.locator("h1").count() == 1
    nameless = """[...document.querySelectorAll('a, button')].filter((e) => !(e.textContent.trim()
        || e.getAttribute('aria-label') || e.querySelector('img')?.alt)).length"""
    assert page.evaluate(nameless) == 0
    assert page.evaluate("[...document.images].filter((i) => !i.alt || !i.width || !i.height).length") == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 22, 21)"
