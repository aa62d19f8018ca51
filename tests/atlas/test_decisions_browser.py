"""Decisions in a browser: made by hand and by keys, taken back, saved, sent; hostile texts never become markup."""

import time

import pytest

from artgraph import pipeline
from artgraph.decisions import COLUMNS, read
from artgraph.stages.decided import Decided
from artgraph.testing import toy_corpus
from tests.atlas.conftest import BOMB
from tests.serving import serving

pytestmark = pytest.mark.browser

KINDS = "artgraph.decisions().map((d) => d.kind).join()"


@pytest.fixture(scope="session")
def asked(atlas):
    """An atlas with three questions."""
    return atlas(questions=[(0, 1, BOMB), (2, 3, "Two large clusters meet here."), (10, 65, "")])


def say_who(page, name="Anna " + BOMB):
    page.locator("dialog input[name=who]").fill(name)
    page.keyboard.press("Enter")
    page.locator("dialog").wait_for(state="detached")


def rename(page, name, why="because"):
    page.get_by_role("button", name="Name this cluster").click()
    page.locator(".cluster-tools input[name=name]").fill(name)
    page.locator(".cluster-tools input[name=why]").fill(why)
    page.keyboard.press("Enter")


def saved(page, button, folder):
    with page.expect_download() as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_cluster_is_named_in_place_and_the_name_survives(visit, index, until):
    page = visit(index, "#/cluster/0")
    rename(page, BOMB, why=BOMB)
    say_who(page)
    until(page, f"document.querySelector('h1').textContent === {BOMB + ' (cluster 0)'!r}")
    page.reload()
    page.locator("h1").wait_for()
    assert page.locator("h1").inner_text() == BOMB + " (cluster 0)"
    assert page.locator(".badge").inner_text() == "1"
    assert f"{BOMB}" in page.evaluate("artgraph.csv([0])").replace('""', '"')
    assert "cluster name" in page.evaluate("artgraph.csv([0])")
    page.get_by_role("button", name="Decisions").click()
    drawer = page.get_by_role("dialog", name="Decisions")
    assert BOMB in drawer.inner_text()
    drawer.get_by_role("button", name="Take back").click()
    until(page, KINDS + " === ''")
    page.keyboard.press("Escape")
    assert page.locator("h1").inner_text() == "Cluster 0"


def test_merge_and_split_and_what_the_file_says(visit, index, until, tmp_path):
    page = visit(index, "#/cluster/0")
    page.get_by_role("button", name="Split").click()
    page.keyboard.press("Escape")  # leaves the form, not the page
    assert page.locator(".cluster-tools form").count() == 0
    assert page.evaluate("document.activeElement.textContent") == "Split"
    page.get_by_role("button", name="Merge with another").click()
    page.get_by_role("form", name="Merge with another").get_by_role("button", name="Merge with another").click()
    say_who(page, 'Ann, "A."')
    page.get_by_role("button", name="Split").click()
    page.locator("input[name=parts]").fill("3")
    page.locator(".cluster-tools input[name=why]").fill('two, "or three"')
    page.keyboard.press("Enter")
    until(page, KINDS + " === 'merge,split'")
    page.get_by_role("button", name="Decisions").click()
    path = saved(page, page.get_by_role("button", name="Save decisions"), tmp_path)
    assert path.name == "decisions.csv"
    decisions, problems = read(path)
    assert problems == []
    assert [(d.kind, d.partition, d.cluster, d.to, d.who, d.why) for d in decisions] == [
        ("merge", "leiden", "0", "1", 'Ann, "A."', ""),
        ("split", "leiden", "0", "3", 'Ann, "A."', 'two, "or three"'),
    ]
    assert page.locator(".badge").inner_text() == ""
    # what is in a file is not forgotten when it is taken back: the next file says so
    page.get_by_role("dialog").get_by_role("button", name="Take back").first.click()
    until(page, KINDS + " === 'merge'")
    withdrawn = read(saved(page, page.get_by_role("button", name="Save decisions"), tmp_path))[0]
    assert [d.kind for d in withdrawn] == ["merge", "split", "withdraw"]
    assert withdrawn[2].to == decisions[1].key


def test_works_are_chosen_with_shift_and_said_to_belong_elsewhere(visit, index, until):
    page = visit(index, "#/cluster/0")
    links = page.locator(".works .gallery a[data-row]")
    rows = [links.nth(k).get_attribute("data-row") for k in (0, 2)]
    for k in (0, 2):
        links.nth(k).click(modifiers=["Shift"])
    page.get_by_role("region", name="Chosen works").get_by_role("button", name="Say what they are").click()
    page.locator("dialog select").select_option("1")
    page.locator("dialog input[name=why]").fill("the same hand")
    page.get_by_role("button", name="Decide").click()
    say_who(page)
    until(page, KINDS + " === 'belongs,belongs'")
    found = page.evaluate(
        "new Promise((done) => artgraph.ready(() => artgraph.decisions().map((d) => "
        "[artgraph.row(d.work), d.partition, d.cluster, d.why].join()), done))"
    )
    assert found == [f"{row},leiden,1,the same hand" for row in sorted(rows, key=int)]
    page.get_by_role("region", name="Last decision").get_by_role("button", name="Undo").click()
    until(page, KINDS + " === ''")


def test_works_of_the_map_can_be_said_to_be_of_one_manner(visit, index, until):
    page = visit(index, "#/map")
    box = page.locator(".map canvas").bounding_box()
    page.get_by_role("button", name="Choose works with a box").click()
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 70, box["y"] + box["height"] - 2, steps=4)
    page.mouse.up()
    page.locator(".map-choice").get_by_role("button", name="Say what they are").click()
    page.get_by_text("are of one manner").click()
    page.get_by_role("button", name="Decide").click()
    say_who(page)
    until(page, "artgraph.decisions().length > 2")
    assert page.evaluate("artgraph.decisions().every((d) => d.kind === 'same')")


def test_questions_are_answered_by_keys_alone(visit, asked, until, tmp_path):
    page = visit(asked, "#/questions")
    until(page, "document.activeElement.matches('.answer')")
    assert BOMB in page.locator(".question-head").inner_text()
    page.keyboard.press("1")
    say_who(page)
    until(page, "document.querySelector('.question-head .figure').textContent === '2 of 3'")
    until(page, "document.activeElement.matches('.answer')")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.question-head .figure').textContent === '3 of 3'")
    assert page.evaluate(KINDS) == "same,different"
    page.keyboard.press("u")
    until(page, "document.querySelector('.question-head .figure').textContent === '2 of 3'")
    page.keyboard.press("3")
    until(page, "document.querySelector('.question-head .figure').textContent === '3 of 3'")
    page.keyboard.press("2")
    until(page, "document.querySelector('h1').textContent === 'All 3 questions are answered'")
    save = page.get_by_role("button", name="Save decisions")
    decisions, problems = read(saved(page, save, tmp_path))
    assert problems == []
    assert [(d.kind, d.work, d.other) for d in decisions] == [
        ("same", "dir/ä 0?#%", "dir/ä 1?#%"),
        ("unsure", "dir/ä 2?#%", "dir/ä 3?#%"),
        ("different", "dir/ä 10?#%", "dir/ä 65?#%"),
    ]
    page.reload()
    page.locator("h1").wait_for()
    assert page.locator("h1").inner_text() == "All 3 questions are answered"


def test_where_a_merged_cluster_was_stands_where_its_works_are(atlas, visit):
    blank = dict.fromkeys(COLUMNS, "") | {"when": "2026-11-29T06:00:00Z", "who": "ann", "partition": "leiden"}
    merges = [
        blank | {"key": f"{k:016x}", "kind": "merge", "cluster": a, "to": b} for k, (a, b) in enumerate(["98", "81"])
    ]
    page = visit(atlas(decisions=merges), "#/cluster/9")
    assert f"Cluster 9 was merged into {BOMB}" in page.locator("#main").inner_text()
    page.locator("#main a").first.click()
    assert page.url.endswith("#/cluster/1")
    page = visit(atlas(), "#/cluster/9")
    assert "may have another name" in page.locator("#main").inner_text()


def test_without_questions_the_page_says_how_to_get_them(visit, index):
    assert "artgraph ask" in visit(index, "#/questions").locator("#main").inner_text()


def test_two_works_side_by_side_are_judged(visit, index, until):
    page = visit(index, "#/painting/dir%2F%C3%A4%200%3F%23%25")
    page.get_by_role("link", name="Side by side with").first.click()
    page.keyboard.press("2")
    say_who(page)
    until(page, KINDS + " === 'different'")
    assert page.locator(".answer[aria-pressed=true]").inner_text().endswith("Not one manner")


def test_a_browser_that_keeps_nothing_says_so(visit, index, until):
    page = visit(index, "#/cluster/0")
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })")
    page.reload()
    rename(page, "Harbours")
    say_who(page)
    until(page, "document.querySelector('h1').textContent === 'Harbours (cluster 0)'")
    page.get_by_role("button", name="Decisions").click()
    assert "keeps nothing" in page.get_by_role("dialog").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_findings_of_axe(visit, asked, scheme, until):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def check(page):
        found = axe.run(page, options={"preload": False}).response["violations"]
        serious = [(v["id"], [n["html"] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")]
        assert serious == []

    page = visit(asked, "#/cluster/0", color_scheme=scheme)
    rename(page, "Harbours")
    say_who(page)
    until(page, KINDS + " === 'name'")
    page.get_by_role("button", name="Split").click()
    page.locator(".works .gallery a[data-row]").first.click(modifiers=["Shift"])
    check(page)
    page.get_by_role("button", name="Say what they are").click()
    check(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Decisions").click()
    check(page)
    page.keyboard.press("Escape")
    page.evaluate("location.hash = '#/questions'")
    page.locator(".question-page").wait_for()
    check(page)


def test_two_browsers_see_each_other_and_a_server_that_ends_loses_nothing(browser, until, tmp_path):
    corpus = toy_corpus(tmp_path)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=3)
    pipeline.communities(corpus)
    one, two = (browser.new_context() for _ in range(2))
    with serving(corpus) as (server, _):
        port = server.port
        pages = []
        for context in (one, two):
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}/{server.token}/#/cluster/0")
            page.locator("h1").wait_for()
            pages.append(page)
        rename(pages[0], BOMB)
        say_who(pages[0])
        until(pages[0], "artgraph.unsent().length === 0")
        assert [d["to"] for d in Decided(corpus).read()] == [BOMB]
        until(pages[1], "artgraph.decisions().length === 1")
        assert pages[1].evaluate("artgraph.clusterName(artgraph.cluster(0))") == BOMB + " (cluster 0)"
    pages[0].get_by_role("button", name="Rename").click()
    pages[0].locator(".cluster-tools input[name=name]").fill("Harbours")
    pages[0].keyboard.press("Enter")
    until(pages[0], "artgraph.unsent().length === 1")
    pages[0].get_by_role("button", name="Decisions").click()
    until(pages[0], "document.querySelector('dialog').textContent.includes('does not answer')")
    assert pages[0].evaluate("window.ran") is None
    assert pages[1].evaluate("window.ran") is None
    with serving(corpus, port=port) as (server, _):
        page = one.new_page()
        page.goto(f"http://127.0.0.1:{port}/{server.token}/")
        page.locator("h1").wait_for(state="attached")
        until(page, "artgraph.unsent().length === 0")
        for _ in range(100):
            if len(Decided(corpus).read()) == 2:
                break
            time.sleep(0.05)
        assert [d["to"] for d in Decided(corpus).read()] == [BOMB, "Harbours"]
        page.get_by_role("button", name="Decisions").click()
        page.get_by_role("button", name="Apply").click()
        page.wait_for_event("load", timeout=120_000)  # of itself, when the clusters are found
        assert page.evaluate("artgraph.clusterName(artgraph.cluster(0))") == "Harbours (cluster 0)"
    one.close()
    two.close()
