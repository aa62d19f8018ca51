"""Works that came later, on the page. The counts of a whole corpus are compared in tests/test_generations.py."""

import io

import numpy as np
import pytest
from PIL import Image

from artgraph.errors import InputError
from tests.atlas.parts import open_filters, read

N = 90
DAYS = ("2026-06-02", "2026-09-14", "2026-11-29")
BATCH = np.repeat([0, 1, 2], [70, 12, 8])  # 70 ... 79 are in cluster 1, 80 ... 89 in none
NEW, APART = np.arange(N) >= 70, np.isin(np.arange(N), (80, 88))
GROWN = {"batch": BATCH, "days": DAYS, "new": NEW, "apart": (0.95, APART)}

browser = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # playwright leaves its pipe to the interpreter
]


def address(row):
    return f"#/painting/dir%2F%C3%A4%20{row}%3F%23%25"


@pytest.fixture(scope="module")
def grown(atlas):
    return atlas(**GROWN)


def test_what_the_page_is_told(grown):
    assert read(grown.parent)["added"] == {
        "batch": BATCH.tolist(),
        "days": list(DAYS),
        "new": list(range(70, 90)),
        "apart": {"share": 0.95, "rows": [80, 88]},
    }


@pytest.mark.parametrize("given", [{}, {"batch": np.zeros(N, int), "days": DAYS[:1]}])
def test_a_collection_of_one_day_is_told_nothing(atlas, given):
    assert read(atlas(**given).parent)["added"] is None


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"batch": BATCH[1:]}, "batch has 89 rows and there are 90 paintings"),
        ({"days": DAYS[:2]}, "2 days and a work of batch 2"),
        ({"new": NEW[1:]}, "new has 89 rows"),
        ({"apart": (0.95, APART[1:])}, "apart has 89 rows"),
    ],
)
def test_parts_that_do_not_fit(atlas, given, error):
    with pytest.raises(InputError, match=error):
        atlas(**(GROWN | given))


class TestInABrowser:
    pytestmark = browser

    def test_a_collection_of_one_day_shows_no_mark_and_no_filter(self, visit, index):
        page = visit(index)
        assert page.locator(".new-mark, .new-legend").count() == 0
        assert "added" not in page.locator(".lead").inner_text()
        open_filters(page)
        assert page.locator("[name=since]").count() == 0
        page = visit(index, address(85))
        assert page.locator(".added, .apart-note").count() == 0
        assert visit(index, "#/?since=1").locator(".results").is_hidden()

    def test_counts_on_the_page_are_the_same_everywhere(self, visit, grown):
        page = visit(grown)
        said = f"20 works added since {DAYS[1]}; 2 fit nothing yet."
        assert said in page.locator(".lead").inner_text()
        assert page.locator(".hero .new-legend").inner_text().split("\n") == [
            f"20 works added since {DAYS[1]}",
            "2 fit nothing yet",
        ]
        facts = [text.rpartition(" · ")[2] for text in page.locator("section.cluster .facts").all_inner_texts()]
        assert facts[1:] == ["10 new", "10 new"]
        assert "new" not in facts[0]
        page.locator(".lead a").first.click()
        page.wait_for_selector(".results:not([hidden])")
        assert page.locator(".results h2").inner_text() == "20 paintings"
        assert page.locator(".conditions a").inner_text() == f"added since {DAYS[1]} ×"
        assert page.locator(".results .new-mark").count() == 20
        assert page.locator(".results .new-mark.apart").count() == 2
        with_csv = page.evaluate("artgraph.csv(artgraph.all)").splitlines()
        assert with_csv[0].startswith("\ufeffid,cluster,cluster spectral,added,new,fits_nothing,")
        assert sum(",yes," in line for line in with_csv) == 20

    @pytest.mark.parametrize(("batch", "works"), [("1", 20), ("2", 8)])
    def test_a_filter_of_works_added_since(self, visit, grown, until, batch, works):
        page = visit(grown)
        open_filters(page)
        options = page.locator("[name=since] option").all_inner_texts()
        assert options == ["any", f"{DAYS[1]} (20)", f"{DAYS[2]} (8)"]
        page.locator("[name=since]").select_option(batch)
        until(page, f"document.querySelector('.results h2')?.textContent === '{works} paintings'")
        assert page.evaluate("location.hash") == f"#/?since={batch}"
        assert page.locator(".results .gallery li").count() == works
        page.locator(".conditions a").click()
        until(page, "document.querySelector('.results').hidden")

    @pytest.mark.parametrize("since", ["0", "3", "x", "2026-11-29"])
    def test_a_batch_that_is_not_there_is_no_condition(self, visit, grown, since):
        assert visit(grown, f"#/?since={since}").locator(".results").is_hidden()

    def test_batches_of_one_day_and_of_unknown_days_are_told_apart(self, visit, atlas):
        page = visit(atlas(**(GROWN | {"days": (DAYS[0], DAYS[0], None)})))
        open_filters(page)
        options = page.locator("[name=since] option").all_inner_texts()
        assert options == ["any", f"{DAYS[0]}, batch 1 (20)", "batch 2, on an unknown day (8)"]
        page = visit(atlas(**(GROWN | {"days": (None, None, None)})))
        assert "20 works added since the last fresh run" in page.locator(".lead").inner_text()

    def test_a_column_called_since_is_still_a_column(self, visit, grown):
        assert visit(grown, "#/").evaluate("artgraph.queryKey('since')") == ".since"

    def test_the_page_of_a_work_says_when_it_was_added(self, visit, grown):
        page = visit(grown, address(3))
        assert page.locator(".added").inner_text() == f"Added on {DAYS[0]}"
        page = visit(grown, address(75))
        assert page.locator(".added").inner_text() == f"Added on {DAYS[1]}, after the clusters were found"
        assert page.locator(".apart-note").count() == 0
        page = visit(grown, address(88))
        assert page.locator(".apart-note").inner_text() == (
            "Fits nothing yet: farther from everything than 95 % of the collection’s own works are."
        )

    def test_a_cluster_counts_its_new_works(self, visit, grown):
        page = visit(grown, "#/cluster/1")
        assert "10 new" in page.locator(".cluster-head .facts").inner_text()
        block = page.locator(".block", has_text="New here")
        assert block.locator("li").count() == 6
        block.locator(".quiet a").click()
        page.wait_for_selector(".results:not([hidden])")
        assert page.locator(".results h2").inner_text() == "10 paintings"
        assert visit(grown, "#/cluster/0").locator(".block", has_text="New here").count() == 0

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("zoom", [0.12, 1, 4])
    def test_marks_are_seen_at_every_zoom_on_light_and_dark(self, visit, grown, scheme, zoom):
        """Ink within ground, whatever picture is below: both colours are there where a new work hangs."""
        page = visit(grown, "#/map", color_scheme=scheme)
        page.wait_for_timeout(120)
        at = page.evaluate(
            f"""(() => {{ const w = artgraph.map, c = w.camera, [x, y] = [w.column[88], w.row[88]];
                c.scale = Math.min(c.scale, 60) * {zoom};
                c.x = x + 0.5; c.y = y + 0.5; w.selected = -1; w.draw();
                const b = w.canvas.getBoundingClientRect(), p = c.screen(x + 0.5, y + 0.5);
                return [b.left + p.x, b.top + p.y, c.scale]; }})()"""
        )
        side = max(at[2], 12)
        shot = page.screenshot(clip={"x": at[0] - side / 2, "y": at[1] - side / 2, "width": side, "height": side})
        pixels = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)
        ink, ground = ((29, 28, 26), (251, 251, 250)) if scheme == "light" else ((236, 234, 229), (22, 22, 21))
        for color in (ink, ground):
            assert (np.abs(pixels - color).max(axis=2) < 60).sum() >= 4, (color, at)
