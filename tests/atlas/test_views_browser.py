"""Compare, timeline, artists, filters, worklist and what the painting page says, in a real browser."""

import csv
import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from artgraph.dates import parse_years
from artgraph.graph import linkable_artists
from tests.atlas.parts import open_filters, write

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # playwright leaves its pipe to the interpreter
]

BOMB = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'
WORK = "#/painting/dir%2F%C3%A4%20{}%3F%23%25"


def saved(page, button):
    with page.expect_download() as waiting:
        button.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes().decode("utf-8")


# ------------------------------------------------------------------------------------------------------- filters


def test_filters_by_cluster_year_and_column_stand_in_the_address(visit, index):
    page = visit(index)
    open_filters(page)
    page.locator(".fields [name='in.leiden']").select_option("0")
    page.locator(".fields [name='from']").fill("1850")
    page.locator(".fields [name='from']").blur()
    page.locator(".fields [name='style']").select_option("late")
    assert page.locator(".results h2").inner_text() == "5 paintings"  # 1851, 53, 55, 57, 59
    assert page.evaluate("location.hash") == "#/?in.leiden=0&from=1850&style=late"
    again = visit(index, "#/?in.leiden=0&from=1850&style=late")
    assert again.locator(".results h2").inner_text() == "5 paintings"
    assert again.locator(".conditions a").all_inner_texts() == ["Cluster 0 ×", "from 1850 ×", "style: late ×"]
    again.locator(".conditions a").nth(2).click()
    assert again.locator(".results h2").inner_text() == "10 paintings"


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("#/?to=1809", "9 paintings"),  # 1809 is undated
        ("#/?in.spectral=1&in.leiden=none", "5 paintings"),
        ("#/?rights=(nothing)", "30 paintings"),
        ("#/?.q=x", "45 paintings"),  # a column that has the name of a question
        ("#/?artist=monet", "18 paintings"),  # no artist has exactly this name: a part of it
        ("#/?from=abc&nosuch=1&in.nosuch=1", None),  # nothing that can be asked
    ],
)
def test_what_an_address_asks(visit, index, address, count):
    page = visit(index, address)
    if count is None:
        assert page.locator(".results").is_hidden()
    else:
        assert page.locator(".results h2").inner_text() == count


def test_a_selection_is_saved_without_formulas(visit, index):
    page = visit(index, "#/?in.leiden=0&to=1808")
    name, text = saved(page, page.locator(".results .save:not(.choose)"))
    assert name == "The-atlas.csv"
    assert text.startswith("\ufeffid,cluster,cluster spectral,artist,title")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert len(rows) == 9
    assert [row["title"] for row in rows[2:7]] == ["Work 2", BOMB, "Перед репетицией", "y" * 10_000, "'=HYPERLINK(1)"]
    assert rows[1] == {
        "id": "dir/ä 1?#%",
        "cluster": "0",
        "cluster spectral": "1",
        "artist": "Albrecht Dürer",
        "title": "Work 1",
        "date": "1801",
        "style": "late",
        "rights": "in copyright",
        "q": "y",
        "__proto__": BOMB,
    }


DATES = ["500 BC", "17th century", "1870s", "505-495 BC", "44 BC", "n.d.", "1503", "1506-1507"]
ARTISTS = ["Unbekannt", "Workshop of Rembrandt", "Rembrandt", "Phidias", "Phidias", None, "Rembrandt ?", "Rembrandt"]


@pytest.fixture(scope="session")
def ancient(tmp_path_factory):
    """The cases in which the catalogue's words are not what a work is counted by."""
    table = pd.DataFrame({"id": list("abcdefgh"), "artist": ARTISTS, "title": list("ABCDEFGH"), "date": DATES})
    table["previous_attribution"] = [None, "Jan Lievens (1906)", *[None] * 6]
    keys = linkable_artists(ARTISTS)
    return write(
        tmp_path_factory.mktemp("ancient"),
        table=table,
        artists=[name if key else None for name, key in zip(ARTISTS, keys, strict=True)],
        years=parse_years(DATES),
        labels=np.array([0, 1, 1, 0, 0, 1, 1, 1]),
        title="Ancient",
        thumbnails=lambda i: None,
    )


def test_a_page_counts_by_the_artists_and_years_of_the_graph(visit, ancient):
    page = visit(ancient, "#/artists?sort=name")
    assert page.locator(".people tbody th").all_inner_texts() == ["Phidias", "Rembrandt", "Workshop of Rembrandt"]
    assert page.locator(".people .span").all_inner_texts() == ["500–44 BC", "1506–1875", "1650"]
    for id_, maker, date in (("a", "Unbekannt", "500 BC"), ("b", "Workshop of Rembrandt", "17th century")):
        work = visit(ancient, f"#/painting/{id_}")  # what the catalogue says, word for word
        assert (work.locator(".maker").inner_text(), work.locator(".date").inner_text()) == (maker, date)
    assert work.locator(".before").inner_text() == "Attributed before to: Jan Lievens (1906)"
    assert visit(ancient, "#/painting/c").locator(".before").count() == 0
    work = visit(ancient, "#/painting/b")
    assert work.locator(".spans p").last.inner_text().split() == ["500", "BC", "1875"]
    facts = visit(ancient).locator("section.cluster .facts").all_inner_texts()
    assert facts == ["3 works · 500–44 BC", "5 works · 1503–1875"]
    spoken = visit(ancient, "#/cluster/0").locator(".decades .columns").get_attribute("aria-label")
    assert spoken == "Works by 20 years: 500–481 BC 2, 60–41 BC 1"


@pytest.mark.parametrize(
    ("query", "titles", "said"),
    [
        ("to=500+BC", ["A", "D"], "until 500 BC ×"),
        ("from=-499&to=AD+100", ["E"], "from 499 BC ×"),
        ("from=1506&to=1506", ["H"], "from 1506 ×"),
        ("to=1650&from=1600", ["B"], "until 1650 ×"),
        ("artist=Rembrandt", ["C", "H"], "artist: Rembrandt ×"),
        ("artist=workshop", ["B"], "artist: workshop ×"),
        ("artist=(nothing)", ["A", "F", "G"], "artist: unknown or uncertain ×"),
    ],
)
def test_a_query_for_years_and_artists(visit, ancient, query, titles, said):
    page = visit(ancient, f"#/?{query}")
    assert page.locator(".results .what").all_inner_texts() == titles
    assert page.locator(".conditions a").first.inner_text() == said


def test_the_timeline_begins_before_christ(visit, ancient):
    page = visit(ancient, "#/timeline")
    periods = page.locator(".counts tbody th").all_inner_texts()
    assert periods == ["500–451 BC", "50–1 BC", "1500–1549", "1650–1699", "1850–1899"]
    page.locator(".counts tbody th a").first.click()
    page.wait_for_selector(".results h2")
    assert page.locator(".results .what").all_inner_texts() == ["A", "D"]
    open_filters(page)
    assert page.locator(".fields [name='from']").get_attribute("placeholder") == "500 BC"


# ------------------------------------------------------------------------------------------------------- compare


def test_two_partitions_beside_each_other(visit, index, until):
    page = visit(index, "#/compare")
    assert page.locator("h1").inner_text() == "leiden compared with spectral"
    until(page, "document.querySelectorAll('.flow .band').length === 6")
    assert page.locator(".counts tbody tr").count() == 3
    assert page.locator(".counts tbody tr").first.locator("td").all_inner_texts() == ["30", "30", "60"]
    page.locator(".fields.pair select").nth(1).select_option("column:style")
    assert page.locator("h1").inner_text() == "leiden compared with style"
    assert page.evaluate("location.hash") == "#/compare/leiden/column%3Astyle"
    page.locator(".counts tbody tr").nth(1).locator("a").first.click()
    page.wait_for_selector(".results h2")
    assert page.locator(".results h2").inner_text() == "10 paintings"  # of the 20 in cluster 1


def test_the_same_grouping_under_two_names_flows_straight(visit, index):
    page = visit(index, "#/compare/spectral/column%3Astyle")
    assert "mutual information 1.00" in page.locator(".lead").inner_text()
    assert page.locator(".difference").count() == 0


def test_bands_thinner_than_a_hair_are_left_to_the_table(visit, index, until):
    page = visit(index, "#/made")
    page.evaluate(
        """() => {
            const ag = window.artgraph;
            const works = (count) => Array(count).fill(0);
            const group = (label, count) => ({ label, name: `g${label}`, short: `g${label}`, works: works(count) });
            ag.n = 20000;
            const left = { title: "l", groups: [group(0, 20000)] };
            const right = { title: "r", groups: [group(1, 19970), group(2, 30)] };
            const flows = right.groups.map((to) => ({ from: left.groups[0], to, works: to.works }));
            document.getElementById("main").replaceChildren(ag.flowDiagram(left, right, flows));
        }"""
    )
    until(page, "document.querySelectorAll('.flow .band').length === 1")
    text = page.locator(".flow p").inner_text()
    assert text.startswith("Bands of fewer than ")
    assert "not drawn, 30 works in all" in text


def test_whom_a_cluster_is_known_for(visit, index):
    page = visit(index, "#/made")
    known = "(artists) => window.artgraph.knownFor({ label: 0, works: Array(9), artists })"  # a tenth of the collection
    assert page.evaluate(known, [["Ann", 4, 5], ["Bo", 8, 10], ["Cy", 3, 3], ["Di", 2, 2], ["Ed", 9, 80]]) == [
        "Bo",
        "Ann",
    ]
    assert page.evaluate(known, []) == []
    assert page.evaluate("window.artgraph.knownFor({ label: -1, works: [], artists: [['Ann', 4, 4]] })") == []


@pytest.mark.parametrize("address", ["#/compare/nosuch/leiden", "#/artist/Nobody", "#/artist", "#/worklist/x/y"])
def test_unknown_views(visit, index, address):
    heading = visit(index, address).locator("h1").inner_text()
    assert heading == ("Worklist" if "worklist" in address else "Nothing at this address")


# ---------------------------------------------------------------------------------------- timeline, artists, worklist


def test_the_timeline_counts_by_decade_and_cluster(visit, index):
    page = visit(index, "#/timeline")
    assert page.locator(".lead").inner_text().startswith("89 dated paintings")
    assert "1 painting without a year" in page.locator(".lead").inner_text()
    assert page.locator(".counts tbody tr").count() == 9
    assert page.locator(".counts tbody tr").first.locator("td").all_inner_texts() == ["9", "9", "", ""]
    page.locator(".counts tbody tr").nth(6).locator("a").first.click()
    page.wait_for_selector(".results h2")
    assert page.locator(".results h2").inner_text() == "10 paintings"


def test_artists_and_one_of_them(visit, index):
    page = visit(index, "#/artists?sort=name")
    assert page.locator(".people tbody th").all_inner_texts() == [BOMB, "Albrecht Dürer", "Claude Monet"]
    page.locator(".people tbody th a").nth(2).click()
    page.wait_for_selector(".artist-page")
    assert page.evaluate("location.hash") == "#/artist/Claude%20Monet"
    assert page.locator(".facts").inner_text() == "18 works · 1800–1885 · 67 % in Cluster 0"
    assert page.locator(".time-row").count() == 4  # two clusters, none, and the axis
    assert page.locator(".gallery li").count() == 18


def test_the_worklist_shows_its_evidence(visit, index):
    page = visit(index, "#/worklist")
    assert page.locator(".doubt").count() == 2
    assert page.locator(".doubt .sentence").first.inner_text() == BOMB
    assert page.locator(".doubt").first.locator(".evidence li").count() == 2
    page.locator(".kinds a").nth(2).click()
    page.wait_for_selector(".kinds a[aria-current][href*=date]")
    assert page.locator(".doubt").count() == 1


# ------------------------------------------------------------------------------------------- painting, cluster, map


def test_a_painting_says_why_it_is_near_and_how_sure_it_is(visit, index):
    page = visit(index, WORK.format(0))
    assert page.locator(".nearest li .reason .unseen").first.inner_text() == f"color 61 %, {BOMB} 39 %"
    assert "confidence 70 %, typical of the cluster" in page.locator(".home").inner_text()
    assert BOMB in page.locator(".home .second").inner_text()
    assert page.locator(".spans .span-row").count() == 3
    assert page.locator(".facts-list dt", has_text="rights").count() == 1
    page.locator("button", has_text="Show the 2 patches that were analysed").click()
    inside = page.evaluate(
        """(() => { const b = document.querySelector('.work img').getBoundingClientRect();
             return [...document.querySelectorAll('.windows span')].map((s) => { const r = s.getBoundingClientRect();
               const a = 60 / 40, h = Math.min(b.height, b.width / a), w = h * a;
               const left = b.left + (b.width - w) / 2, top = b.top + (b.height - h) / 2;
               return [(r.left - left) / h, (r.top - top) / h, r.width / h, r.height / h]; }); })()"""
    )
    assert inside[0] == pytest.approx([0, 0, 0.25, 0.25], abs=0.01)
    assert inside[1] == pytest.approx([0.5, 0.5, 0.5, 0.5], abs=0.01)


def test_a_cluster_page_says_what_was_found_out(visit, index):
    page = visit(index, "#/cluster/1")
    texts = page.locator(".aside").inner_text()
    assert "Descriptors that separate this cluster" in texts
    assert "2.5" in texts
    assert f"90 % of these works, 20 % of all works: {BOMB} “yes”" in texts
    assert page.locator(".bridges li").count() == 1


def test_the_map_goes_to_a_work_and_draws_its_links(visit, index, until):
    page = visit(index, WORK.format(0))
    page.locator(".home a", has_text="On the map").click()
    page.wait_for_selector(".map-legend:not([hidden])")
    assert page.evaluate("location.hash") == "#/map?at=dir%2F%C3%A4+0%3F%23%25"
    assert page.evaluate("artgraph.map.selected") == 0
    assert page.locator(".map-legend").inner_text().split() == ["similar", "same", "artist"]
    page.locator(".map canvas").focus()
    page.keyboard.press("ArrowRight")
    until(page, "location.hash.includes('view=')")
    there = visit(index, page.evaluate("location.hash"))
    until(there, "artgraph.map.camera.moved")
    seen = [p.evaluate("[artgraph.map.camera.x, artgraph.map.camera.y]") for p in (page, there)]
    assert seen[0] == pytest.approx(seen[1], abs=0.06)


def test_the_keyboard_alone_finds_its_way(visit, index):
    page = visit(index)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Tab")
    names = []
    for _ in range(7):
        names.append(page.evaluate("document.activeElement.textContent"))
        page.keyboard.press("Tab")
    assert names == ["Map", "Timeline", "Artists", "Compare", "Questions", "Worklist", "How it was made"]
    page.locator("#bar a", has_text="Artists").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".artists-page")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.locator("#bar a[aria-current]").inner_text() == "Artists"


# ------------------------------------------------------------------------------------------------- hostile corpora

HOSTILE = [
    BOMB,
    "</script><script>window.ran=1</script>",
    "' onload='window.ran=1' \" onerror=\"window.ran=1",
    "javascript:window.ran=1",
    "line\u2028and\u2029paragraph\x00\x1b[31m\ud800\r\n\t",
    "../../../etc/passwd?#%2F%00",
    "constructor",
    "\u202egnp.gpj",
    "مرحبا Привет 夜の河",
    "x" * 10_000,
    "=cmd()",
    "<!--<style>*{display:none}",
]


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """Every field, column, name and sentence is hostile."""
    n = len(HOSTILE)
    names = ["artist", "title", "style", "rights", *HOSTILE[:9]]
    columns = {name: [HOSTILE[(i + k) % n] for i in range(n)] for k, name in enumerate(names)}
    columns = {"id": HOSTILE, "date": [f"{h[:40]} 19{i:02}" for i, h in enumerate(HOSTILE)]} | columns
    report = {"columns": {BOMB: [{"name": BOMB, "count": 1, "lift": 2.0, "p": 0.01}]}, "descriptors": [], "near": []}
    report["suspect"] = [{"column": BOMB, "value": BOMB, "share": 1.0, "in_collection": 0.1}]
    evidence = [{"descriptor": BOMB, "neighbors": [1, 2]}]
    return write(
        tmp_path_factory.mktemp("hostile"),
        table=pd.DataFrame(columns, dtype=object),
        artists=columns["artist"],
        years=parse_years(columns["date"]),
        labels=np.arange(n) % 2,
        title=BOMB,
        thumbnails=lambda i: None,
        layout=np.random.default_rng(0).normal(size=(n, 2)),
        neighbors=(np.array([[(i + 1) % n] for i in range(n)]), np.ones((n, 1))),
        shares=([BOMB, HOSTILE[2]], np.full((n, 1, 2), 50)),
        descriptions=[
            {"label": k, "name": HOSTILE[k], "sentence": BOMB, "palette": [BOMB], "report": report} for k in (0, 1)
        ],
        worklist=[{"row": i, "kind": HOSTILE[i], "score": 1, "sentence": BOMB, "evidence": evidence} for i in range(n)],
        name="leiden",
        compare={"other": np.arange(n) % 3},
        reference="style",
        provenance=[(BOMB, BOMB), ("caveat", BOMB)],
        methods=BOMB,
    )


def test_nothing_of_a_hostile_corpus_runs_and_nothing_breaks(visit, hostile):
    page = visit(hostile, "#/")
    links = page.evaluate(
        """(() => { const a = artgraph, rows = [...Array(a.n).keys()];
             return [a.link.front({q: 'x'}), ...a.columns.map((c) => a.link.front({[a.queryKey(c)]: a.value(c, 0)})),
               ...a.clusters.map((c) => a.link.cluster(c.label)), ...rows.map((i) => a.link.painting(i)),
               ...rows.map((i) => a.link.look(i)), ...rows.map((i) => a.link.beside(0, i)),
               a.link.front({works: a.packRows([1, 3])}),
               ...[...a.artists().keys()].map((n) => a.link.artist(n)), a.link.map(0), a.link.timeline(),
               a.link.artists('name'), a.link.compare('leiden', 'column:style'), a.link.worklist(),
               a.link.worklist(a.data.worklist[0].kind), a.link.made()]; })()"""
    )
    assert len(links) > 40
    for link in links:
        page.evaluate("(hash) => { location.hash = hash; }", link)
        page.wait_for_timeout(40)
        assert page.locator("h1").first.text_content() != "Nothing at this address", link
        assert page.locator("main script, main [onerror], main [onload], main style").count() == 0
        assert page.evaluate("document.querySelectorAll('a[href]:not([href^=\"#\"])').length") == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), link
    page.evaluate("location.hash = artgraph.link.front({'in.leiden': '0'})")
    _, text = saved(page, page.locator(".results .save:not(.choose)"))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) == 1 + len(HOSTILE) // 2
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


# ------------------------------------------------------------------------------------------------- accessibility


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The source of axe-core: from AXE_CORE, else from npm."""
    if "AXE_CORE" in os.environ:
        return Path(os.environ["AXE_CORE"]).read_text("utf-8")
    if not shutil.which("npm"):
        pytest.skip("no npm to fetch axe-core with")
    folder = tmp_path_factory.mktemp("axe")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
    command += ["axe-core@4.14.1"]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("npm cannot fetch axe-core")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


PAGES = ("#/", "#/?style=late", "#/cluster/1", WORK.format(0), WORK.format(7), "#/map", "#/timeline", "#/artists")
PAGES += (
    "#/look/" + WORK.format(0)[len("#/painting/") :],
    "#/beside/" + "/".join([WORK.format(0)[len("#/painting/") :]] * 2),
)
PAGES += ("#/artist/Claude%20Monet", "#/compare", "#/worklist", "#/made", "#/nowhere")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_serious(browser, index, axe, address, scheme):
    context = browser.new_context(viewport={"width": 1200, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.add_init_script(axe)
    page.goto(index.as_uri() + address)
    page.wait_for_selector("h1", state="attached")
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    page.wait_for_timeout(200)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations))")
    serious = [
        (v["id"], [n["target"] for n in v["nodes"]][:3])
        for v in json.loads(found)
        if v["impact"] in ("serious", "critical")
    ]
    context.close()
    assert serious == []
