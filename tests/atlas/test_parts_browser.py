"""A page in parts shows what the same page in one piece does."""

import shutil
from urllib.parse import quote

import numpy as np
import pytest

from tests.atlas.conftest import BOMB, N
from tests.atlas.parts import open_filters

pytestmark = pytest.mark.browser

QUERIES = [
    "q=monet",
    "q=DURER+1811",
    "q=ПЕРЕД",
    "q=work+1%0A2",
    "q=nothing+at+all",
    "style=late&from=1820&to=1850",
    "rights=in+copyright",
    "rights=(nothing)",
    "rights=copy",
    "artist=claude",
    "title=HYPERLINK",
    "in.leiden=1&q=ä",
]


@pytest.fixture(scope="session")
def pages(atlas):
    """The same atlas in one piece and in parts, the second one moved."""
    whole = atlas()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("artgraph.atlas.build.MANY", 2)
        for name, many in {"EACH": 16, "PACK": 8, "_SEARCHED": 32, "_IDS": 40}.items():
            patch.setattr(f"artgraph.atlas.parts.{name}", many)
        made = atlas()
    moved = made.parent.parent / "elsewhere"
    shutil.move(made.parent, moved)
    return whole, moved / "index.html"


@pytest.fixture
def both(visit, pages):
    return [visit(page) for page in pages]


def ask(page, expression):
    """Evaluate what may need parts that have not come."""
    return page.evaluate(f"new Promise((done) => artgraph.ready(() => {expression}, done))")


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_finds_the_same(both, query):
    found = [ask(page, f"artgraph.find(artgraph.parse('#/?{query}').query)") for page in both]
    assert found[0] == found[1]
    assert (len(found[0]) > 0) == ("nothing+at" not in query)


def test_everything_that_is_known_of_a_work_is_the_same(both):
    for what in (
        "artgraph.all.map((i) => artgraph.columns.map((c) => artgraph.value(c, i)))",
        "artgraph.all.map((i) => artgraph.row(artgraph.whole(artgraph.id(i))))",
        "artgraph.all.map((i) => JSON.stringify([artgraph.near(i), artgraph.membership(i)]))",
        "artgraph.all.map((i) => JSON.stringify([artgraph.windows(i), artgraph.sameArtist(i)]))",
        "artgraph.all.map((i) => [artgraph.year(i), artgraph.tint(i), artgraph.aspect(i), artgraph.artistName(i)])",
        "artgraph.groupings().map((g) => [g.key, g.groups.map((of) => [of.name, of.works])])",
        "artgraph.csv(artgraph.all)",
    ):
        whole, parts = (ask(page, what) for page in both)
        if "aspect" in what:
            for one, other in zip(whole, parts, strict=True):
                assert one[2] == pytest.approx(other[2])
                assert [*one[:2], one[3]] == [*other[:2], other[3]]
        else:
            assert whole == parts, what


def test_pictures_come_from_their_packs(visit, pages, until):
    page = visit(pages[1], "#/cluster/0")
    until(page, "document.querySelectorAll('.works .gallery img').length >= 30")
    page.evaluate("document.querySelectorAll('.works .gallery img').forEach((i) => (i.loading = 'eager'))")
    until(page, "[...document.querySelectorAll('.works .gallery img')].every((i) => i.complete && i.naturalWidth > 1)")
    sizes = page.evaluate(
        "[...document.querySelectorAll('.works .gallery a[data-row]')].map((a) => { const i = a.querySelector('img'); "
        "return [Number(a.dataset.row), i ? i.naturalWidth : 0]; })"
    )
    assert all(width == ([60, 40, 50][row % 3] if row != 7 else 0) for row, width in sizes)


def test_a_work_opens_from_its_address_and_only_its_parts_are_read(visit, pages):
    read = []
    page = visit(pages[1])
    page.on("request", lambda q: read.append(q.url.rsplit("/", 1)[1]))
    page.goto(pages[1].as_uri() + "#/painting/" + quote("dir/ä 42?#%", safe=""))
    page.locator("h1", has_text="Work 42").wait_for()
    kinds = [name.split("-")[0] for name in read if name.endswith(".js") and "-0" in name]
    assert kinds.count("ids") <= 1
    assert 1 <= kinds.count("works") < -(-N // 16)
    assert "search" not in kinds


def test_an_address_of_no_work_is_said(visit, pages):
    page = visit(pages[1], "#/painting/none")
    page.locator("h1", has_text="Nothing at this address").wait_for()


def test_the_filters_offer_columns_of_few_values_with_their_counts(both):
    for page in both:
        open_filters(page)
    lists = [page.locator("select[name=rights] option").all_inner_texts() for page in both]
    assert lists[0] == lists[1]
    assert "CC0 (30)" in lists[0]


def test_hostile_texts_in_parts_do_not_run(visit, pages):
    page = visit(pages[1], "#/painting/" + quote("dir/ä 3?#%", safe=""))
    page.locator("h1").wait_for()
    assert page.locator("h1").inner_text() == BOMB


def test_a_part_that_is_gone_leaves_the_rest(pages, browser, tmp_path):
    shutil.copytree(pages[1].parent, tmp_path / "page")
    for file in (tmp_path / "page" / "parts").glob("thumbs-*"):
        file.unlink()
    for file in (tmp_path / "page" / "parts").glob("works-000001.js"):
        file.unlink()
    page = browser.new_context().new_page()
    errors = []
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.goto((tmp_path / "page" / "index.html").as_uri() + "#/cluster/0")
    page.locator(".works .gallery li").first.wait_for()
    page.wait_for_timeout(300)
    assert page.locator(".works .gallery li").count() == 60
    assert errors == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mosaic_shows_every_work_in_its_colour(visit, pages, scheme):
    page = visit(pages[1], "#/map", color_scheme=scheme)
    page.wait_for_timeout(200)
    same = page.evaluate(
        """(() => { const w = artgraph.map;
            w.mosaic = new artgraph.Mosaic(w);
            w.camera.scale = 8; w.draw();
            const { width, height } = w.mosaic.view;
            const { data } = w.mosaic.view.getContext('2d').getImageData(0, 0, width, height);
            const at = (p) => 4 * (Math.floor(p.y * w.pixels) * width + Math.floor(p.x * w.pixels));
            return artgraph.all.filter(artgraph.tint).map((i) => {
              const k = at(w.camera.screen(w.column[i] + 0.5, w.row[i] + 0.5));
              const tint = parseInt(artgraph.tint(i).slice(1), 16);
              return [[...data.slice(k, k + 3)], [tint >> 16, (tint >> 8) & 255, tint & 255]]; });
            })()"""
    )
    assert np.abs(np.array(same)[:, 0] - np.array(same)[:, 1]).max() <= 1
