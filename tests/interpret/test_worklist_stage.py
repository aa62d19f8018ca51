"""The worklist from pictures to its file: what is planted comes first, artefacts are left out, the lonely are named."""

import importlib

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image

from artgraph import pipeline
from artgraph.catalogue import Catalogue
from artgraph.cli import main
from artgraph.errors import InputError
from artgraph.graph import knn
from artgraph.settings import WorklistSettings
from artgraph.stages.base import features_of
from artgraph.testing import toy_pictures

stage = importlib.import_module("artgraph.stages.worklist")  # its name in the package is that of the function

WRONG_ARTIST, WRONG_DATE, LONELY, BOTH = 7, 20, 60, 31
TONDI = (4, 14, 24, 34, 44, 54)


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """62 pictures in three manners, each of a time of its own, with what is wrong with some of them."""
    folder = tmp_path_factory.mktemp("planted")
    metadata = toy_pictures(folder / "in", n=62, size=64)
    table = pd.read_csv(metadata, dtype=str)
    manner, n = np.arange(62) % 3, np.arange(62)
    table["artist"] = [f"Artist {k}" for k in manner]
    table["date"] = (1500 + 150 * manner + n % 20).astype(str)
    y, x = np.mgrid[-1:1:64j, -1:1:64j]
    for row in TONDI:  # like each other before they are like their manner
        file = folder / "in" / table.loc[row, "path"]
        picture = np.asarray(Image.open(file)).copy() // 2 + 60
        picture[np.hypot(x, y) > 1] = 255
        Image.fromarray(picture).save(file)
    file = folder / "in" / table.loc[LONELY, "path"]
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)).save(file)
    table.loc[WRONG_ARTIST, "artist"] = f"Artist {(manner[WRONG_ARTIST] + 1) % 3}"
    table.loc[[WRONG_DATE, BOTH], "date"] = str(1500 + 150 * ((manner[WRONG_DATE] + 1) % 3))
    table.loc[BOTH, "date"] = str(1500 + 150 * ((manner[BOTH] + 1) % 3))
    table.loc[BOTH, "artist"] = f"Artist {(manner[BOTH] + 1) % 3}"
    table.to_csv(metadata, index=False)
    corpus = pipeline.ingest(folder / "in", folder / "out", metadata=metadata)
    pipeline.describe(corpus, descriptors=("color", "texture"))
    pipeline.build_graph(corpus, on=("color", "texture"))
    pipeline.communities(corpus, membership=False)
    return corpus


def test_what_is_planted_is_listed_and_nothing_else(planted):
    facts = pipeline.worklist(planted).facts
    ids = planted.paintings["id"].tolist()
    works = {ids.index(work["id"]): work for work in facts["works"]}
    assert {WRONG_ARTIST, WRONG_DATE, BOTH} <= set(works)
    assert set(works) <= {WRONG_ARTIST, WRONG_DATE, BOTH, LONELY}
    assert works[WRONG_ARTIST]["kinds"] == ["attribution"]
    assert works[WRONG_ARTIST]["artists"][0] == f"Artist {WRONG_ARTIST % 3}"
    assert works[WRONG_DATE]["kinds"] == ["date"]
    assert sorted(works[BOTH]["kinds"]) == ["attribution", "date"]
    assert "Catalogued as" in works[BOTH]["sentence"]
    assert "Dated 1" in works[BOTH]["sentence"]
    assert works[LONELY]["kinds"] == ["alone"]
    assert "Nothing here is very like it" in works[LONELY]["sentence"]


def test_each_work_is_listed_once_and_counted_once(planted):
    made = pipeline.worklist(planted)
    facts, n = made.facts, len(made.facts["works"])
    assert len({work["id"] for work in facts["works"]}) == n
    assert sum(facts["counts"].values()) == n
    assert facts["summary"].startswith(f"{n} works to look at again (")
    table = pd.read_csv(planted.path / "exports" / "leiden-worklist.csv")
    assert table["id"].tolist() == [work["id"] for work in facts["works"]]
    shown = CliRunner().invoke(main, ["worklist", str(planted.path)])
    assert shown.exit_code == 0, shown.output
    assert f"{n} works to look at again" in shown.output


def test_every_work_has_evidence_and_nothing_is_claimed(planted):
    facts = pipeline.worklist(planted).facts
    for work in facts["works"]:
        assert 0 <= work["score"] <= 1
        assert 0 <= work["p"] <= 0.1
        assert [one["descriptor"] for one in work["evidence"]] == ["color", "texture"]
        for one in work["evidence"]:
            assert len(one["neighbors"]) == 8
            assert work["id"] not in one["neighbors"]
    p = [work["p"] for work in facts["works"] if work["kind"] != "alone"]
    assert p == sorted(p)
    assert "Nothing here is an attribution" in facts["summary"]


def test_round_pictures_are_known_and_not_listed(planted):
    """Each tondo has another artist and time than its neighbours, the other tondi."""
    assert np.flatnonzero(planted.get("features", "thumbnails", "round")).tolist() == list(TONDI)
    ids = planted.paintings["id"].tolist()
    assert not set(TONDI) & {ids.index(work["id"]) for work in pipeline.worklist(planted).facts["works"]}


def test_what_a_trait_explains_is_left_out_and_counted(planted, monkeypatch):
    """The same work that is listed above, once it and its nearest works are all reproduced in the same way."""
    X = features_of(planted, ("color", "texture"))
    alike = {WRONG_DATE, *knn(X, n_neighbors=4).indices[WRONG_DATE].tolist()}
    monkeypatch.setattr(stage, "_traits", lambda *_: {"one tone": [row in alike for row in range(len(planted))]})
    catalogue = Catalogue(planted.paintings, planted.get("features", "thumbnails"))
    works, left_out = stage._works(planted, catalogue, X, (), school=None, chosen=WorklistSettings())
    name = planted.paintings["id"][WRONG_DATE]
    assert left_out == [{"id": name, "kind": "date", "trait": "one tone"}]
    assert name not in {work["id"] for work in works}
    assert "1 left out, being near its neighbours" in stage._summary({"date": 2}, left_out)


def test_kinds_are_chosen(planted):
    assert {work["kind"] for work in pipeline.worklist(planted, kinds=("date",)).facts["works"]} == {"date"}
    with pytest.raises(InputError, match="no kind 'forgery'"):
        pipeline.worklist(planted, kinds=("forgery",))


def test_names_and_dates_dealt_at_random_are_listed_next_to_never(planted):
    X, chosen, listed = features_of(planted, ("color", "texture")), WorklistSettings(), 0
    for seed in range(10):
        order = np.random.default_rng(seed).permutation(len(planted))
        table = planted.paintings.copy()
        table[["artist", "date"]] = table[["artist", "date"]].to_numpy()[order]
        catalogue = Catalogue(table, planted.get("features", "thumbnails"))
        works, _ = stage._works(planted, catalogue, X, (), school=None, chosen=chosen)
        listed += sum(work["kind"] != "alone" for work in works)
    assert listed <= 3  # of 10 times 3 kinds with a false share of 0.1
