"""What a thing was made from, whether it still follows from it, and which command makes it again."""

import json
import shlex

import numpy as np
import pytest
from click.testing import CliRunner

from artgraph import pipeline
from artgraph.cli import main
from artgraph.corpus import Corpus
from artgraph.errors import MissingError, StaleError
from artgraph.interpret import methods_text
from artgraph.lineage import Basis, Lineage, Ref
from artgraph.makers import STAGES
from artgraph.settings import GraphSettings
from artgraph.stages.base import columns, features_of, features_under, make
from artgraph.stages.interpret import describe_methods
from artgraph.testing import toy_corpus

PARAMS = {"a": 1}


@pytest.fixture
def small(corpus):
    return corpus


def thing(corpus, ref, *inputs, stage="describe", params=PARAMS, value=None):
    """Put one array that some stage is said to have made from some inputs."""
    value = np.ones((len(corpus), 2), np.float32) if value is None else value
    return make(corpus, stage, ref, params=params, inputs=inputs, compute=lambda: ({"": value}, {}))


X, G = Ref("features", "x"), Ref("graphs", "g")


def test_a_reference_is_read_as_it_is_written():
    assert Ref.of("paintings/inv/no") == Ref("paintings", "inv/no")
    assert str(Ref("features", "gram")) == "features/gram"


def test_up_to_date_needs_the_same_stage_settings_and_inputs(small):
    lineage = Lineage(small)
    inputs = lineage.inputs(columns("artist"))
    assert thing(small, X, *columns("artist")).fresh
    assert not thing(small, X, *columns("artist")).fresh
    assert lineage.up_to_date(X, "describe", PARAMS, inputs)
    assert not lineage.up_to_date(X, "describe", {"a": 2}, inputs)
    assert not lineage.up_to_date(X, "import_vectors", PARAMS, inputs)
    assert not lineage.up_to_date(X, "describe", PARAMS, {})
    assert not lineage.up_to_date(Ref("features", "y"), "describe", PARAMS, inputs)


def test_staleness_runs_downstream_and_says_what_changed(small):
    thing(small, X, *columns("artist"))
    thing(small, G, X, stage="build_graph", params=GraphSettings(on=("x",)).params())
    assert Lineage(small).stale(G) == []
    changed = Corpus.create(small.path, small.paintings.assign(artist="Somebody"), image_root=small.image_root)
    lineage = Lineage(changed)
    assert lineage.stale(X) == ["paintings/artist has changed"]
    assert lineage.stale(G) == ["features/x: paintings/artist has changed"]
    with pytest.raises(StaleError, match=r"graphs 'g'.*artgraph build-graph .* --name g --on x$"):
        lineage.inputs([G])
    assert lineage.remedy(G) == f"{lineage.command(X)} && {lineage.command(G)}"


def test_a_column_that_no_stage_read_makes_nothing_stale(small):
    thing(small, X, *columns("artist"))
    changed = Corpus.create(small.path, small.paintings.assign(title="new"), image_root=small.image_root)
    assert Lineage(changed).stale(X) == []


def test_what_an_earlier_revision_of_a_stage_made_is_stale(small, monkeypatch):
    thing(small, X)
    thing(small, G, X, stage="build_graph", params=GraphSettings(on=("x",)).params())
    assert Lineage(small).stale(G) == []
    newer = STAGES["describe"].__class__(**{**vars(STAGES["describe"]), "revision": STAGES["describe"].revision + 1})
    monkeypatch.setitem(STAGES, "describe", newer)
    lineage = Lineage(small)
    assert "earlier version of artgraph" in lineage.stale(X)[0]
    assert lineage.stale(G)[0].startswith("features/x: it was made by an earlier version")
    assert thing(small, X).fresh  # made again
    assert lineage.stale(X) == []


def test_a_missing_thing_names_what_there_is_and_the_command(small):
    thing(small, X)
    with pytest.raises(MissingError, match=r"there are: none\)\. Make it with: artgraph build-graph .* --name nothing"):
        Lineage(small).label(Ref("graphs", "nothing"))
    thing(small, Ref("features", "x-grey"))
    with pytest.raises(MissingError, match=r"Did you mean 'x-grey'") as error:
        Lineage(small).label(Ref("features", "x-gray"))
    assert "artgraph" not in str(error.value).partition("Did you mean")[2]


def old_label(corpus, ref, function, **params):
    """Write a label as artgraph did before it kept revisions."""
    file = corpus.path / ref.kind / f"{ref.key}.json"
    label = json.loads(file.read_text("utf-8"))
    label["made_by"] = {"function": function, "params": params, "version": "0.1.0"}
    file.write_text(json.dumps(label), "utf-8")


def test_labels_of_the_version_before_are_read_right_or_are_stale(described):
    corpus = Corpus(described.path)
    lineage, ref = Lineage(corpus), Ref("graphs", "style")
    before = (corpus.path / "graphs" / "style.json").read_text("utf-8")
    try:
        old = {"on": ["color", "texture"], "n_neighbors": 15, "metric": "cosine", "weights": "jaccard"}
        old |= {"symmetry": "union", "hubness": "none", "merge": "features", "seed": 0}
        old_label(corpus, ref, "artgraph.graph.knn", **old)
        assert lineage.stage(ref) == "build_graph"
        assert lineage.params(ref)["kernel"] == "jaccard"
        assert "earlier version" in lineage.stale(ref)[0]  # artists and years are read otherwise since
        assert lineage.basis("leiden") == Basis("style", ("color", "texture"), ())
        assert pipeline.build_graph(corpus, on=("color", "texture")).fresh
        assert lineage.stale(ref) == []
        old_label(corpus, ref, "artgraph.vgae.train_vgae")
        assert "earlier version" in lineage.stale(ref)[0]
    finally:
        (corpus.path / "graphs" / "style.json").write_text(before, "utf-8")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A corpus in which every stage has been run, with settings that are not the defaults."""
    corpus = toy_corpus(tmp_path_factory.mktemp("whole"), n=60)
    pipeline.describe(corpus, descriptors=("color", "texture"), fuse=True)
    pipeline.build_graph(corpus, on=("fused",), n_neighbors=8, regress_out=("brightness",), artist_edges=True)
    pipeline.train_vgae(corpus, epochs=2, latent_dim=8, name="z")
    pipeline.build_graph(corpus, on=("z",), name="z", n_neighbors=9, cross_artist=True)
    pipeline.communities(corpus, graph="z", name="fine", resolution=2.0, levels=2)
    pipeline.communities(corpus, method="kmeans", n_clusters=3, membership=False)
    pipeline.evaluate(corpus, partition="fine", n_neighbors=5)
    pipeline.interpret(corpus, partition="fine", n_exemplars=4)
    pipeline.worklist(corpus, partition="fine", max_fdr=0.2)
    return corpus


def test_the_lineage_of_a_partition(whole):
    lineage, fine = Lineage(whole), Ref("partitions", "fine")
    assert lineage.basis("fine") == Basis("z", ("z",), ())
    assert lineage.basis("kmeans") == Basis("style", ("fused",), ("brightness",))
    assert lineage.descriptors(("z",)) == lineage.descriptors(("fused",)) == ("color", "texture")
    assert lineage.columns_used(fine) == ["artist"]
    assert lineage.columns_used(Ref("partitions", "kmeans")) == []  # the graph's artist edges are only measured in
    assert lineage.taught_by_names(fine) == [Ref("models", "z"), Ref("features", "z")]
    order = lineage.ancestors(fine)
    assert order.index(Ref("graphs", "style")) < order.index(Ref("features", "z")) < order.index(Ref("graphs", "z"))
    assert order[-1] == fine


def test_regressed_features_are_the_same_wherever_they_are_asked_for(whole):
    plain, without = features_of(whole, ("fused",)), features_under(whole, "kmeans")
    assert not np.allclose(plain, without)
    brightness = whole.paintings["image_brightness"].to_numpy(float)
    assert np.abs(without.T @ (brightness - brightness.mean())).max() < 1e-3


@pytest.mark.parametrize(
    ("partition", "settings", "said", "unsaid"),
    [
        ("fine", {}, "Artists' names taught the latents", "No artist's name"),
        ("fine", {}, "No style label was used before the clusters were found", "Style labels were used"),
        ("fixed", {"graph": "z", "fixed": "style"}, "Style labels were used", "No style label was used"),
        ("kmeans", {}, "What brightness tells of the features had been regressed out", "latents"),
        ("plain", {"graph": "plain"}, "No style label was used before the clusters were found", "names taught"),
    ],
)
def test_the_methods_paragraph_follows_from_the_lineage(whole, partition, settings, said, unsaid):
    if settings:
        pipeline.build_graph(whole, on=("color",), name="plain")
        pipeline.communities(whole, name=partition, membership=False, **settings)
    text = methods_text(describe_methods(whole, partition))
    assert said in text, text
    assert unsaid not in text, text


def test_every_command_makes_the_thing_again(whole):
    """What ``info`` prints is run, on a corpus in which one artist's name was corrected, until nothing is stale."""
    artists = whole.paintings["artist"].copy()
    artists.iloc[0] = "Somebody Else"
    corpus = Corpus.create(whole.path, whole.paintings.assign(artist=artists), image_root=whole.image_root)
    before = {(t["kind"], t["key"]): t["params"] for t in pipeline.info(corpus)["things"]}
    run = []
    for _ in range(20):
        stale = [thing for thing in pipeline.info(corpus)["things"] if thing["stale"]]
        if not stale:
            break
        first = min(stale, key=lambda thing: len(Lineage(corpus).ancestors(Ref(thing["kind"], thing["key"]))))
        words = shlex.split(first["command"])
        run.append(words[1])
        result = CliRunner().invoke(main, words[1:])
        assert result.exit_code == 0, (first["command"], result.output)
    assert stale == []
    assert "describe" not in run
    assert {"build-graph", "train-vgae", "communities", "evaluate"} <= set(run)
    after = {(t["kind"], t["key"]): t["params"] for t in pipeline.info(corpus)["things"]}
    assert after == before  # with the settings that it had


def test_shared_ancestors_are_looked_at_once(small, monkeypatch):
    """Eight layers of two things, each made of both below: 2 ** 8 paths, and 17 things."""
    thing(small, Ref("features", "x0"), *columns("artist"))
    below = [Ref("features", "x0")]
    for layer in range(1, 9):
        pair = [Ref("features", f"x{layer}{side}") for side in "ab"]
        for ref in pair:
            thing(small, ref, *below)
        below = pair
    looked, hashed = [], []
    column = Corpus.column_sha256
    monkeypatch.setattr(
        Lineage, "_revision", lambda self, ref, real=Lineage._revision: (looked.append(ref), real(self, ref))[1]
    )
    monkeypatch.setattr(Corpus, "column_sha256", lambda self, name: (hashed.append(name), column(self, name))[1])
    assert Lineage(small).stale(below[0]) == []
    assert len(looked) == 16
    assert hashed == ["artist"]
