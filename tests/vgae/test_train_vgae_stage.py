import json

import numpy as np
import pytest

from artgraph import pipeline
from artgraph.errors import CircularError
from artgraph.stages.base import features_of
from artgraph.stages.train_vgae import diagnose_training
from artgraph.testing import toy_corpus


@pytest.fixture
def corpus(tmp_path):
    corpus = toy_corpus(tmp_path, n=24)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=5, artist_edges=True)
    return corpus


def test_latents_are_features_and_are_not_made_twice(corpus):
    first = pipeline.train_vgae(corpus, latent_dim=4, epochs=2)
    again = pipeline.train_vgae(corpus, latent_dim=4, epochs=2)
    assert (first.fresh, again.fresh) == (True, False)
    assert corpus.get("features", "vgae").shape == (24, 4)
    assert [row["epoch"] for row in first.facts["history"]] == [0, 1]
    assert "artist" in first.facts["history"][0]
    assert pipeline.train_vgae(corpus, latent_dim=4, epochs=2, kl_weight=0.1).fresh


def test_latents_lost_are_read_from_the_model(corpus):
    pipeline.train_vgae(corpus, latent_dim=4, epochs=2)
    before = corpus.get("features", "vgae")
    (corpus.path / "features" / "vgae.json").unlink()
    (corpus.path / "features" / "vgae.npy").unlink()
    assert not pipeline.train_vgae(corpus, latent_dim=4, epochs=2).fresh
    np.testing.assert_array_equal(corpus.get("features", "vgae"), before)


@pytest.mark.parametrize("model", ["none", "smooth"])
def test_baselines_have_features_and_no_weights(corpus, model):
    pipeline.train_vgae(corpus, model=model, name=model)
    X = features_of(corpus, ("color",))
    assert corpus.get("features", model).shape == X.shape
    assert np.array_equal(corpus.get("features", model), X) == (model == "none")


def test_what_artists_taught_is_not_judged_by_artists(corpus):
    pipeline.train_vgae(corpus, latent_dim=4, epochs=1)
    pipeline.build_graph(corpus, on=("vgae",), name="vgae", n_neighbors=5)
    pipeline.communities(corpus, graph="vgae", n_clusters=3)
    with pytest.raises(CircularError):
        pipeline.evaluate(corpus, partition="vgae-leiden", against="artist")
    caveats = pipeline.evaluate(corpus, partition="vgae-leiden", against="style").facts["caveats"]
    assert any("artist" in caveat for caveat in caveats)


def test_plot_and_report(corpus):
    made = pipeline.train_vgae(corpus, latent_dim=4, epochs=3)
    json.dumps(made.facts)
    drawn = diagnose_training(corpus)
    assert (corpus.path / "plots" / "vgae.png").stat().st_size > 5000
    assert drawn.facts["active_units"] <= 4
