"""Everything again elsewhere, whatever the features are called."""

import pytest

from artgraph import pipeline
from artgraph.testing import toy_corpus


@pytest.mark.parametrize("grey", [False, True])
def test_features_keep_their_keys(tmp_path, grey):
    corpus = toy_corpus(tmp_path, n=30)
    made = pipeline.describe(corpus, descriptors=("eye", "lite", "texture"), ignore_color=grey)
    pipeline.build_graph(corpus, on=[one.key for one in made])
    pipeline.communities(corpus)
    outcome = pipeline.replay(corpus, tmp_path / "again")
    assert {f"features/{one.key}" for one in made} <= set(outcome)
    assert set(outcome.values()) == {"the same"}
