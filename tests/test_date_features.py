"""Dates as features: period beside look, never in secret."""

import shutil

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from artgraph import Corpus, pipeline
from artgraph.atlas.page import data_of
from artgraph.cli import main
from artgraph.dates import parse_years
from artgraph.descriptors.period import impute_period, nearest_dated, period_error, period_features
from artgraph.errors import CircularError, InputError
from artgraph.evaluation.leakage import check_not_circular
from artgraph.lineage import Lineage, Ref
from artgraph.stages.dates import DATED
from artgraph.testing import toy_corpus, toy_pictures


def test_dot_products_fall_with_the_distance_in_years():
    years = np.arange(1200.0, 2001.0, 10)
    found = period_features(years)
    np.testing.assert_allclose(found @ found.T, np.exp(-((years[:, None] - years) ** 2) / (2 * 25**2)), atol=1e-3)
    assert np.isnan(period_features(np.array([np.nan]))).all()


def test_undated_works_lie_between_their_nearest_dated_ones():
    X = np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [1.0, 0.05]], dtype=np.float32)
    years = np.array([1600.0, 1610.0, 1900.0, np.nan])
    near = nearest_dated(X, np.isfinite(years), np.array([3]), n_neighbors=2)
    assert sorted(near[0]) == [0, 1]
    period = period_features(years)
    np.testing.assert_allclose(impute_period(period, near)[3], period[:2].mean(axis=0))
    own = nearest_dated(X, np.isfinite(years), np.array([0, 1, 2]), n_neighbors=1)
    assert own[:2, 0].tolist() == [1, 0]  # no work is its own evidence
    assert own[2, 0] != 2
    assert period_error(np.array([1600.0, 1620.0]), np.array([[1610.0], [1600.0]])) == 15


@pytest.fixture(scope="module")
def dated(tmp_path_factory):
    corpus = toy_corpus(tmp_path_factory.mktemp("dated") / "corpus", n=60)
    pipeline.describe(corpus, descriptors=("color", "texture", "date"))
    pipeline.build_graph(corpus, on=("color", "texture", "date"))
    pipeline.communities(corpus, n_clusters=3)
    return corpus


def test_dates_have_their_own_weight(dated):
    from artgraph.descriptors import fuse
    from artgraph.stages.base import features_of

    blocks = [dated.get("features", key) for key in ("color", "texture", "date")]
    expected = fuse(blocks, weights=[1, 1, 0.35], whitening=[0.5, 0.5, 0])
    np.testing.assert_allclose(features_of(dated, ("color", "texture", "date")), expected, atol=1e-6)
    facts = dated.label("features", "date")["facts"]
    assert (facts["dated"], facts["imputed"]) == (60, 0)
    assert facts["error"] >= 0


def test_one_feature_alone_has_the_weight_of_one(dated):
    from artgraph.stages.base import features_of

    for key in ("color", "date"):
        lengths = np.linalg.norm(features_of(dated, (key,)), axis=1)
        assert 0.8 < lengths.mean() < 1.01, key


def test_what_dates_made_is_not_judged_by_dates(dated):
    assert Lineage(dated).columns_used(Ref("partitions", "leiden")) == ["date"]
    with pytest.raises(CircularError, match="Dates are among the features"):
        pipeline.evaluate(dated, against="date")
    for name in ("objectBeginDate", "Date, from", "Century", "end_year"):
        with pytest.raises(CircularError, match="Dates are among the features"):
            check_not_circular(name, ["date"])
    check_not_circular("image", ["date"])
    check_not_circular("century", ["artist"])
    with pytest.raises(CircularError, match=r"Dates had a say in 'leiden'.*--on color,texture"):
        pipeline.influence(dated)
    facts = pipeline.evaluate(dated, against="style").facts
    assert any("Dates are among the features" in text for text in facts["caveats"])
    found = pipeline.interpret(dated).facts
    assert "date had a say in the features" in found["methods"]
    assert all(not cluster["decades"] for cluster in found["clusters"])
    listed = dated.label("reports", pipeline.worklist(dated).key)["inputs"]
    assert "features/date" not in listed
    assert "features/color" in listed


def test_wherever_clusters_are_shown_it_is_said_that_dates_had_a_say(dated):
    assert DATED in CliRunner().invoke(main, ["info", str(dated.path)]).output
    pipeline.atlas(dated, images="none")
    assert data_of(dated.path / "atlas")["columns_used"] == ["date"]  # and the page says so: see tests/atlas


def test_too_few_dates(tmp_path):
    corpus = toy_corpus(tmp_path / "corpus", n=12)
    with pytest.raises(InputError, match="12 of 12 works have a date"):
        pipeline.describe(corpus, descriptors=("color", "date"))
    assert Corpus(corpus.path).keys("features") == []  # nothing was done before


def test_dates_on_the_second_day(tmp_path):
    from artgraph.stages.project import project

    sheet = toy_pictures(tmp_path / "all", n=48)
    table = pd.read_csv(sheet)
    for name, rows in (("pictures", table.iloc[:42]), ("new", table.iloc[42:])):
        (tmp_path / name / "images").mkdir(parents=True)
        for path in rows["path"]:
            shutil.copy2(tmp_path / "all" / path, tmp_path / name / path)
    table.loc[[5, 44], "date"] = np.nan
    table.to_csv(sheet, index=False)
    corpus = pipeline.ingest(tmp_path / "pictures", tmp_path / "corpus", metadata=sheet)
    pipeline.describe(corpus, descriptors=("color", "date"))
    pipeline.build_graph(corpus, on=("color", "date"), n_neighbors=5)
    pipeline.communities(corpus)
    before = corpus.get("features", "date").copy()
    near = project(corpus, ("color", "date"), [corpus.image_root / corpus.paintings["image"].iloc[0]])
    assert np.isfinite(near).all()

    corpus = pipeline.add(corpus, tmp_path / "new", metadata=sheet).corpus
    after = corpus.get("features", "date")
    np.testing.assert_array_equal(after[:42], before)  # also of the undated one, whose neighbours may be others now
    years = parse_years(corpus.paintings["date"])
    known = np.isfinite(years)
    np.testing.assert_allclose(after[known], period_features(years)[known], atol=1e-6)
    assert known.sum() == 46
    assert np.isfinite(after).all()

    table.loc[0, "date"] = 1500
    table.to_csv(sheet, index=False)
    corpus = pipeline.update(corpus, metadata=sheet).corpus
    row = int(np.flatnonzero(parse_years(corpus.paintings["date"]) == 1500)[0])
    np.testing.assert_allclose(corpus.get("features", "date")[row], period_features(np.array([1500.0]))[0], atol=1e-6)
    corpus = pipeline.remove(corpus, [corpus.paintings["id"].iloc[3]]).corpus
    assert len(corpus.get("features", "date")) == 47
    lineage = Lineage(corpus)
    assert all(not lineage.stale(Ref("features", key)) for key in corpus.keys("features"))
