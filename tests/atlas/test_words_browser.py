"""Search by words, and the words of a cluster, on a page from disk: no network, no model."""

import numpy as np
import pytest

from artgraph.atlas.words import FILE, Words, packed_words
from artgraph.errors import InputError
from tests.atlas.conftest import BOMB, N
from tests.atlas.parts import open_filters

TERMS = [("thick impasto", "technique"), ("night", "mood"), (BOMB, "manner")]
ROWS = np.array([[5, 17, 80, 2], [17, 5, 40, 41], [0, 1, 2, 3]])
COSINES = np.array([[0.30, 0.28, 0.26, 0.20], [0.35, 0.25, 0.24, 0.23], [0.2, 0.2, 0.2, 0.2]])
CLUSTERS = {1: [{"term": "night", "difference": 0.0312, "low": 0.0201, "high": 0.0405, "chance": 0.0157}], 0: []}


@pytest.fixture(scope="module")
def page_of_words(atlas):
    return atlas(words=Words(TERMS, ROWS, COSINES, CLUSTERS))


def shown(page):
    return page.locator(".results .gallery a[data-row]").evaluate_all("links => links.map(a => Number(a.dataset.row))")


def test_what_is_written(page_of_words, index):
    assert f'<script src="{FILE}" defer></script>' in page_of_words.read_text("utf-8")
    script = (page_of_words.parent / FILE).read_bytes()
    assert script.startswith(b"window.artgraph.vocabulary = {")
    assert b"<script" not in script
    assert FILE not in index.read_text("utf-8").replace(f"static/{FILE}", "")
    assert not (index.parent / FILE).exists()


def test_a_vocabulary_of_500_terms_takes_less_than_half_a_megabyte():
    rng = np.random.default_rng(0)
    rows, cosines = rng.integers(0, 60_000, (526, 200)), rng.random((526, 200))
    packed = packed_words(Words([("term", "kind")] * 526, rows, cosines), 60_000)
    assert len(packed["rows"]) + len(packed["scores"]) < 450_000
    assert packed_words(Words([("term", "kind")] * 526, rows, cosines), 70_000)["bytes"] == 4


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match="expected twice"):
        packed_words(Words(TERMS, ROWS, COSINES[:, :2]), N)
    with pytest.raises(InputError, match="rows of 80 paintings"):
        packed_words(Words(TERMS, ROWS, COSINES), 80)


@pytest.mark.browser
def test_a_word_that_is_chosen_finds_its_works_nearest_first(visit, page_of_words):
    page = visit(page_of_words)
    offered = page.locator("#terms option").evaluate_all("all => all.map(o => o.value)")
    assert offered == [f"looks like: {term}" for term, _ in TERMS]
    page.locator("#q").fill("looks like: thick impasto")
    page.locator(".results h2").get_by_text("4 paintings").wait_for()
    assert shown(page) == [5, 17, 80, 2]
    assert page.locator("#q").input_value() == ""
    assert "words=thick+impasto" in page.url
    assert "looks like “thick impasto”, nearest first" in page.locator(".conditions").inner_text()
    page.locator("#q").fill("looks like: night")
    page.locator(".results h2").get_by_text("2 paintings").wait_for()
    assert shown(page) == [17, 5]  # by the sum of the scores
    page.get_by_role("link", name="Remove looks like").click()
    page.locator(".clusters").wait_for()
    assert not page.locator(".results").is_visible()


@pytest.mark.browser
def test_words_go_with_the_other_conditions(visit, page_of_words):
    page = visit(page_of_words, "#/?words=thick+impasto&q=monet")
    assert shown(page) == [5, 80]
    assert page.locator("#q").input_value() == "monet"
    open_filters(page)
    page.locator(".filters select[name='in.leiden']").select_option("none")
    page.locator(".results h2").get_by_text("1 painting").wait_for()
    assert shown(page) == [80]
    page = visit(page_of_words, "#/?words=no+such+word")
    assert page.locator(".clusters").is_visible()


@pytest.mark.browser
def test_a_cluster_shows_its_words_where_one_stands_out(visit, page_of_words):
    page = visit(page_of_words, "#/cluster/1")
    row = page.locator("section.block", has=page.get_by_role("heading", name="Words", exact=True)).locator("tbody tr")
    assert row.inner_text().split() == ["night", "0.031", "0.020", "to", "0.041", "0.016"]
    row.get_by_role("link", name="night").click()
    page.locator(".results h2").wait_for()
    assert shown(page) == [17, 5, 40, 41]
    for hash in ("#/cluster/0", "#/cluster/-1"):
        page = visit(page_of_words, hash)
        assert page.get_by_role("heading", name="Words", exact=True).count() == 0


@pytest.mark.browser
def test_a_page_without_words_is_as_it_was(visit, index):
    page = visit(index)
    assert page.locator("#terms").count() == 0
    assert page.locator("#q").get_attribute("placeholder") == "Artist, title, year"
