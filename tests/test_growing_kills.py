"""A change that is killed leaves the corpus as it was, or as it is to be; made again, it ends as an unbroken one."""

import json
import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from artgraph import pipeline
from artgraph.testing import toy_pictures

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills itself in a forked process")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A small corpus, three new pictures, and a corrected spreadsheet."""
    home = tmp_path_factory.mktemp("kills")
    toy_pictures(home / "all", n=23)
    table = pd.read_csv(home / "all" / "metadata.csv")
    for name, rows in (("pictures", table.iloc[:20]), ("new", table.iloc[20:])):
        (home / name / "images").mkdir(parents=True)
        for path in rows["path"]:
            shutil.copy2(home / "all" / path, home / name / path)
        rows.to_csv(home / name / "metadata.csv", index=False)
    table.iloc[:20].assign(artist=lambda t: ["Someone", *t["artist"][1:]]).to_csv(home / "corrected.csv", index=False)
    corpus = pipeline.ingest(home / "pictures", home / "corpus", metadata=home / "pictures" / "metadata.csv")
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), artist_edges=True, n_neighbors=4)
    pipeline.communities(corpus)
    pipeline.layout(corpus)
    return home


@pytest.mark.parametrize(
    ("what", "points"),
    [
        ("add", (0, 3, 8, 14, 20, 27, 34, 42, 50)),
        ("remove", (1, 9, 17, 25, 33, 41)),
        ("update", (2, 12, 22, 32, 38)),
    ],
)
def test_a_kill_leaves_the_old_state_or_the_new_one(home, tmp_path, what, points):
    ran = subprocess.run(
        [sys.executable, "-m", "tests.kills", str(home), str(tmp_path), what, ",".join(map(str, points))],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["changed"]
    assert found["kills"] == len(points), found
    assert found["between"] == []
    assert found["again"] == []
    assert found["old"] + found["new"] == len(points)
