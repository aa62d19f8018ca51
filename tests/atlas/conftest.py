"""An atlas with hostile texts, and a browser to look at it from disk.

With ``ATLAS_PARTS=1`` every page that is looked at comes in parts, as one of 20,000 paintings or more does.
"""

import io
import os
from functools import partial

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from PIL import Image

from artgraph.dates import parse_years
from tests.atlas.parts import write

N = 90
BOMB = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'


def picture(i):
    if i == 7:
        return None
    out = io.BytesIO()
    Image.new("RGB", [(60, 40), (40, 60), (50, 50)][i % 3], (2 * i, 120, 200 - 2 * i)).save(out, "WEBP")
    return out.getvalue()


@pytest.fixture(scope="session", autouse=bool(os.environ.get("ATLAS_PARTS")))
def in_parts():
    """Let pages come in parts, however few the paintings are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("artgraph.atlas.build.MANY", 2)
        for name, many in {"EACH": 16, "PACK": 8, "_SEARCHED": 32, "_IDS": 40}.items():
            patch.setattr(f"artgraph.atlas.parts.{name}", many)
        yield


@pytest.fixture(scope="session")
def atlas(tmp_path_factory):
    return partial(build, tmp_path_factory)


def build(factory, **given):
    """90 paintings: 60 in cluster 0, 20 in cluster 1, 10 in none; one year each from 1800; early and late styles."""
    title = [f"Work {i}" for i in range(N)]
    title[3], title[4], title[5], title[6] = BOMB, "Перед репетицией", "y" * 10_000, "=HYPERLINK(1)"
    artist = ["Claude Monet" if i % 5 == 0 else "Albrecht Dürer" for i in range(N)]
    artist[8] = BOMB
    paintings = pd.DataFrame(
        {
            "id": [f"dir/ä {i}?#%" for i in range(N)],
            "artist": artist,
            "title": title,
            "date": [str(1800 + i) if i != 9 else None for i in range(N)],
            "style": ["early", "late"] * (N // 2),
            "rights": ["CC0", "in copyright", None] * (N // 3),
            "q": ["x", "y"] * (N // 2),
            "__proto__": [BOMB] * N,
        }
    )
    labels = np.repeat([0, 1, -1], [60, 20, 10])
    r = np.random.default_rng(0)
    neighbors = np.stack([(np.arange(N) + k) % N for k in (1, 2, 30)], 1)
    report = {
        "artists": [],
        "decades": [],
        "columns": {BOMB: [{"name": BOMB, "count": 3, "size": 4, "lift": 2.5, "p": 0.01}]},
        "descriptors": [{"name": "color", "share": 0.75}, {"name": BOMB, "share": 0.25}],
        "near": [{"cluster": 0, "share": 1.0, "bridges": [61]}],
        "suspect": [{"column": BOMB, "value": "yes", "share": 0.9, "in_collection": 0.2}],
    }
    given = {
        "artists": artist,
        "layout": r.normal(size=(N, 2)),
        "neighbors": (neighbors, np.tile([0.9, 0.8, 0.5], (N, 1))),
        "shares": (["color", BOMB], np.tile(np.array([61, 39], np.uint8), (N, 3, 1))),
        "artist_links": sp.csr_array((np.ones(2), ([0, 5], [5, 0])), shape=(N, N)),
        "membership": {"confidence": np.full(N, 0.7), "second": np.where(labels == 0, 1, -1), "role": ["core"] * N},
        "windows": {"painting": [0, 0], "x": [0, 0.5], "y": [0, 0.5], "scale": [0.25, 0.5]},
        "worklist": [
            {
                "row": 8,
                "kind": "attribution",
                "score": 0.9,
                "sentence": BOMB,
                "evidence": [{"descriptor": BOMB, "neighbors": [1, 2]}],
            },
            {"row": 2, "kind": "date", "score": 0.5, "sentence": "Early.", "evidence": []},
        ],
        "name": "leiden",
        "compare": {"spectral": np.where(np.arange(N) % 2, 1, 0)},
        "reference": "style",
        "thumbnails": picture,
        "methods": BOMB,
        "provenance": [("graph", {"n_neighbors": 15})],
        "descriptions": [
            {"label": 1, "name": BOMB, "sentence": BOMB, "palette": ["#112233", "#445566"], "report": report}
        ],
    } | given
    return write(
        factory.mktemp("atlas") / "a b#c",
        table=paintings,
        years=parse_years(paintings["date"]),
        labels=labels,
        title="The atlas",
        **given,
    )


@pytest.fixture(scope="session")
def index(atlas):
    return atlas()


@pytest.fixture
def visit(browser):
    """Open a page; at the end nothing may have complained, run, or asked a network."""
    pages = []

    def go(index, hash="", **context):
        page = browser.new_context(**({"viewport": {"width": 1200, "height": 800}} | context)).new_page()
        page.complaints = []
        page.on("console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: page.complaints.append(str(e)))
        page.on(
            "request",
            lambda q: page.complaints.append(q.url) if not q.url.startswith(("file:", "data:", "blob:")) else None,
        )
        page.goto(index.as_uri() + hash)
        page.wait_for_selector("h1", state="attached")
        pages.append(page)
        return page

    yield go
    for page in pages:
        assert page.complaints == []
        assert page.evaluate("window.ran") is None
        page.context.close()


@pytest.fixture
def until():
    """Wait from outside: the page's own policy forbids the eval that playwright's waiting needs."""

    def wait(page, expression):
        for _ in range(100):
            if page.evaluate(expression):
                return
            page.wait_for_timeout(50)
        pytest.fail(f"never came true: {expression}")

    return wait
