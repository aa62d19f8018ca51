"""scikit-learn's own checks, the same bytes as the stages, and new works where ``artgraph add`` places them."""

import pickle
import shutil

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from artgraph import StyleClusters, pipeline
from artgraph.corpus import Corpus
from artgraph.errors import InputError
from artgraph.stages.base import adjacency_of
from artgraph.stages.dates import describe_dates
from artgraph.stages.lead import names_for
from artgraph.testing import toy_features, toy_pictures

N = 200
ARTISTS = [f"Artist {row % 5}-{row // 5 % 8}" for row in range(N)]  # 40 artists of 5 works, 8 in each group
DATES = [f"{1600 + 40 * (row % 5) + row % 17}" if row % 4 else None for row in range(N)]


@parametrize_with_checks([StyleClusters(n_clusters=3), StyleClusters()])
def test_of_scikit_learn(estimator, check):
    if check.func.__name__ == "check_array_api_input":
        pytest.skip("needs SCIPY_ARRAY_API")
    check(estimator)


def stages(folder, X, *, artists=None, dates=None, lead="auto", graph=None, clusters=None, names=None):
    """The same by the stages: a table and a file of vectors."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = [f"{row:05d}" for row in range(len(X))]
    table = pd.DataFrame({"id": ids, "artist": artists, "date": dates})
    table.to_csv(folder / "table.csv", index=False)
    pd.DataFrame({"id": ids, "vector": list(X)}).to_parquet(folder / "vectors.parquet")
    corpus = pipeline.ingest(None, folder / "corpus", metadata=folder / "table.csv")
    pipeline.import_vectors(corpus, folder / "vectors.parquet")
    on = ["imported"]
    if dates is not None:
        on.append(describe_dates(corpus, near=on).key)
    names = names_for(corpus, names)[0]
    first, _ = pipeline.find_clusters(corpus, on=on, names=names, lead=lead, graph=graph, clusters=clusters)
    return corpus, first


def same(fitted, corpus, first):
    graph = "vgae" if first == "vgae-leiden" else "style"
    assert fitted.lead_ == first
    assert fitted.labels_.tobytes() == corpus.get("partitions", first).tobytes()
    assert fitted.probabilities_.tobytes() == corpus.get("partitions", first, "membership")["membership"].tobytes()
    wanted = adjacency_of(corpus, graph)
    assert fitted.adjacency_.data.tobytes() == wanted.data.tobytes()
    assert (fitted.adjacency_.indices == wanted.indices).all()
    if corpus.has("features", "vgae"):
        assert fitted.latents_.tobytes() == corpus.get("features", "vgae").tobytes()
    else:
        assert fitted.latents_ is None


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, {}),
        ({"n_clusters": 4, "n_neighbors": 9, "seed": 0}, {}),
        ({"metric": "euclidean", "resolution": 0.5}, {}),
        ({"consensus": 4}, {}),
        ({}, {"dates": DATES}),
        ({"artists": False}, {"artists": ARTISTS}),
        ({"artists": None}, {"artists": ARTISTS}),
        ({"lead": "leiden"}, {"artists": ARTISTS, "dates": DATES}),
        ({"lead": "vgae-leiden"}, {}),
    ],
    ids=lambda value: ",".join(value) or "defaults",
)
def test_the_result_is_that_of_the_stages_to_the_byte(tmp_path, settings, told):
    X, _ = toy_features(N, n_groups=5, d=12, spread=0.4)
    fitted = StyleClusters(**settings).fit(X, **told)
    graph = {name: settings[name] for name in ("n_neighbors", "metric") if name in settings}
    clusters = {name: settings[name] for name in ("n_clusters", "resolution", "consensus") if name in settings}
    lead = settings.get("lead", "auto")
    corpus, first = stages(
        tmp_path, X, **told, lead=lead, graph=graph, clusters=clusters, names=settings.get("artists")
    )
    same(fitted, corpus, first)
    assert corpus.has("features", "vgae") == (fitted.latents_ is not None)


def test_names_teach_where_thirty_artists_have_two_works():
    X, _ = toy_features(N, n_groups=5, d=12, spread=0.4)
    assert StyleClusters().fit(X, artists=ARTISTS).latents_ is not None
    assert StyleClusters().fit(X, artists=[f"{one}"[:8] for one in ARTISTS]).latents_ is None  # five artists
    assert StyleClusters(artists=False).fit(X, artists=ARTISTS).latents_ is None


def test_attributes_and_places_among_scikit_learn_s():
    X, groups = toy_features(90)
    fitted = StyleClusters(n_clusters=3).fit(X)
    assert adjusted_rand_score(groups, fitted.labels_) > 0.9
    assert fitted.probabilities_.shape == (90, 3)
    assert fitted.adjacency_.shape == (90, 90)
    np.testing.assert_allclose(fitted.probabilities_.sum(axis=1), 1, atol=1e-5)
    assert clone(fitted).get_params()["n_clusters"] == 3
    again = pickle.loads(pickle.dumps(fitted))
    assert (again.predict(X[:5] * 1.01) == fitted.predict(X[:5] * 1.01)).all()
    piped = make_pipeline(StandardScaler(), StyleClusters(n_clusters=3))
    assert adjusted_rand_score(groups, piped.fit_predict(X)) > 0.9


def test_new_works_go_where_they_belong_and_strange_ones_nowhere():
    X, groups = toy_features(N, n_groups=4, d=12)
    fitted = StyleClusters(n_clusters=4).fit(X)
    of_group = {group: fitted.labels_[groups == group][0] for group in range(4)}
    rng = np.random.default_rng(5)
    new = (np.eye(12)[np.arange(80) % 4] + 0.3 * rng.standard_normal((80, 12))).astype(np.float32)
    placed = fitted.predict(new)
    right = np.array([of_group[group] for group in np.arange(80) % 4])
    assert (placed == right).mean() > 0.85
    assert set(placed[placed != right]) <= {-1, *of_group.values()}
    assert (placed == -1).mean() < 0.15  # one in twenty, and chance
    assert (fitted.predict(10 * np.eye(12, dtype=np.float32)[8:]) == -1).all()  # directions that no fitted work has
    assert (fitted.predict(X) == fitted.labels_).all()


def test_one_new_work_is_placed_as_artgraph_add_places_it(tmp_path):
    X, _ = toy_features(120, n_groups=4, d=8, spread=0.55)
    corpus, _ = stages(tmp_path, X[:100], clusters={"n_clusters": 4})
    predicted = StyleClusters(n_clusters=4).fit(X[:100]).predict(X[100:])
    added = []
    for row in range(100, 120):
        copy = tmp_path / f"corpus-{row}"
        shutil.copytree(corpus.path, copy)
        pd.DataFrame({"id": [f"{row:05d}"]}).to_csv(tmp_path / "one.csv", index=False)
        pd.DataFrame({"id": [f"{row:05d}"], "vector": [X[row]]}).to_parquet(tmp_path / "one.parquet")
        pipeline.add(Corpus(copy), None, metadata=tmp_path / "one.csv", vectors={"imported": tmp_path / "one.parquet"})
        added.append(Corpus(copy).get("partitions", "leiden")[-1])
    assert (predicted == added).mean() >= 0.95, (predicted, added)


def test_works_are_placed_in_the_clusters_of_latents():
    X, groups = toy_features(N, n_groups=5, d=12, spread=0.3)
    fitted = StyleClusters(n_clusters=5, lead="vgae-leiden").fit(X[:180], artists=ARTISTS[:180])
    assert fitted.lead_ == "vgae-leiden"
    placed = fitted.predict(X[180:])
    there = placed >= 0
    assert there.mean() > 0.8
    assert adjusted_rand_score(groups[180:][there], placed[there]) > 0.8


def test_dates_of_new_works_need_not_be_known():
    X, _ = toy_features(N, n_groups=5, d=12)
    fitted = StyleClusters(n_clusters=5).fit(X[:180], dates=DATES[:180])
    assert fitted.predict(X[180:]).shape == (20,)


@pytest.mark.parametrize(
    ("settings", "given", "message"),
    [
        ({"lead": "both"}, {}, "lead is 'both'"),
        ({"n_clusters": 900}, {}, "n_clusters is 900"),
        ({"metric": "l2"}, {}, "metric"),
        ({}, {"artists": ["A"]}, "1 artists for 60 works"),
        ({"artists": True}, {}, "two works"),
        ({}, {"dates": True}, "are for a folder"),
        ({}, {"metadata": "a.csv"}, "are for a folder"),
    ],
)
def test_refusals(features, settings, given, message):
    with pytest.raises(InputError, match=message):
        StyleClusters(**settings).fit(features[0], **given)


# ---- a folder


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    toy_pictures(folder, n=60)
    return folder


def test_from_a_folder_to_an_atlas(pictures, tmp_path):
    clusters = StyleClusters(descriptors=("color", "texture"), n_clusters=3, corpus=tmp_path / "kept")
    clusters.fit(pictures, metadata=pictures / "metadata.csv")
    table = pd.read_csv(pictures / "metadata.csv").set_index("path")
    manners = table.loc[clusters.corpus_.paintings["image"], "style"]
    assert adjusted_rand_score(manners, clusters.labels_) == 1
    assert clusters.ids_.tolist() == clusters.corpus_.paintings["id"].tolist()
    assert (clusters.corpus_.get("partitions", clusters.lead_) == clusters.labels_).all()
    made = pipeline.atlas(clusters.corpus_, partition=clusters.lead_)
    assert (tmp_path / "kept" / "atlas" / "index.html").is_file(), made
    files = [pictures / name for name in clusters.corpus_.paintings["image"][:4]]
    assert (clusters.predict(files) == clusters.labels_[:4]).all()
    assert len(clusters.predict(pictures / "images")) == 60


def test_artists_and_dates_of_a_folder_are_told_by_path(pictures):
    names = {f"images/{row:03d}.png": f"Artist {row % 3}" for row in range(60)}
    clusters = StyleClusters(descriptors=("color",)).fit(pictures, artists=names, dates=dict.fromkeys(names, "1900"))
    table = clusters.corpus_.paintings
    assert table["artist"].tolist() == [names[name] for name in table["image"]]
    assert "date" in clusters.corpus_.keys("features")
    where = clusters.corpus_.path
    del clusters
    assert not where.exists()


def test_what_is_told_of_a_folder_twice_is_refused(pictures):
    with pytest.raises(InputError, match="not both"):
        StyleClusters().fit(pictures, artists={"a.png": "A"}, metadata=pictures / "metadata.csv")
    with pytest.raises(InputError, match="by path"):
        StyleClusters().fit(pictures, artists=["A"])
