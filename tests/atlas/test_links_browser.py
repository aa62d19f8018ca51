"""Links from a painting's page to its museum: manifest, page of the work, rights; in a real browser."""

import numpy as np
import pandas as pd
import pytest

from tests.atlas.parts import write

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # playwright leaves its pipe to the interpreter
]

MANIFEST = "https://museum.example/a%20b/manifest.json?v=1&x=2"


def test_a_work_links_to_its_manifest_and_to_nothing_that_is_no_address(tmp_path, visit):
    table = pd.DataFrame(
        {
            "id": ["a", "b", "c"],
            "manifest": [MANIFEST, "javascript:window.ran=1", "https://museum.example/<b> c"],
            "homepage": ["http://museum.example/works/1", None, "data:text/html,x"],
            "rights": ["https://creativecommons.org/publicdomain/zero/1.0/", "CC0", None],
            "note": ["https://museum.example/note", None, None],
        }
    )
    index = write(
        tmp_path,
        table=table,
        labels=np.zeros(3, int),
        artists=["Ann", "Ben", None],
        thumbnails=lambda row: None,
        name="leiden",
        title="The atlas",
    )
    page = visit(index, "#/painting/a")
    links = page.locator(".facts-list a")
    assert links.evaluate_all("all => all.map((one) => one.getAttribute('href'))") == [
        MANIFEST,
        "http://museum.example/works/1",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ]
    assert links.first.get_attribute("rel") == "noopener noreferrer"
    assert links.first.inner_text() == MANIFEST
    for other in "bc":
        assert visit(index, f"#/painting/{other}").locator(".facts-list a").count() == 0
