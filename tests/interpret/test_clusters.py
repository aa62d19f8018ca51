"""What a cluster is: works, descriptors, neighbours, words."""

import io

import numpy as np
import pytest
from PIL import Image
from scipy.sparse import csr_matrix

from artgraph.interpret import (
    cluster_sentence,
    descriptor_shares,
    exemplars,
    neighboring_clusters,
    palette,
    typicality,
)


def test_typicality_by_hand():
    X = np.array([[1.0, 0], [0, 1], [0, 0], [3, 0]])
    # cluster 0: unit rows (1, 0) and (0, 1), middle (1/2, 1/2)
    assert typicality(X, np.array([0, 0, -1, 1])) == pytest.approx([2**-0.5, 2**-0.5, 0, 1])


def test_exemplars_are_typical_and_of_several_artists():
    typical = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    labels = np.array([0, 0, 0, 0, 1, -1])
    artists = ["a", "a", "a", None, "a", "a"]
    assert exemplars(typical, labels, artists, n_works=3, per_group=2) == {0: [0, 1, 3], 1: [4]}
    assert exemplars(typical, labels, n_works=3) == {0: [0, 1, 2], 1: [4]}
    # no other artists are left: the passed over come in at the end
    assert exemplars(typical, labels, artists, n_works=4, per_group=1)[0] == [0, 3, 1, 2]
    assert exemplars(np.zeros(2), np.array([-1, -1])) == {}


def test_palette_finds_the_colours_by_frequency():
    picture = np.zeros((24, 24, 3), dtype=np.uint8)
    picture[:18] = (200, 30, 30)
    picture[18:] = (20, 40, 180)
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    first, second = palette([buffer.getvalue()], n_colors=2)
    assert first == "#c81e1e"
    assert second == "#1428b4"
    assert palette([]) == []


def test_separation_is_that_of_the_long_way():
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(30, 4)) + np.eye(4)[0], np.arange(30) % 3
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    cosine = unit @ unit.T
    pairs = ~np.eye(30, dtype=bool)
    for label, (row,) in descriptor_shares({"one": X}, labels).items():
        own = labels == label
        within = cosine[np.ix_(own, own)][~np.eye(10, dtype=bool)].mean()
        outside = cosine[np.ix_(own, ~own)].mean()
        assert row["separation"] == pytest.approx((within - outside) / cosine[pairs].std(), rel=1e-4)
    wide = descriptor_shares({"one": np.hstack([X, np.zeros((30, 40))])}, labels)
    assert wide[0][0]["separation"] == pytest.approx(
        descriptor_shares({"one": X}, labels)[0][0]["separation"], rel=1e-4
    )


def test_shares_at_the_edges():
    blocks = {"flat": np.ones((3, 2)), "zero": np.zeros((3, 2))}
    for rows in descriptor_shares(blocks, np.array([0, 0, 1])).values():
        assert [row["share"] for row in rows] == [0, 0]
    assert descriptor_shares(blocks, np.array([-1, -1, -1])) == {}


def test_bridges_by_hand():
    # cluster 0 = {0, 1}, 1 = {2, 3}, 2 = {4}; links across: 1-2 of weight 3, 0-3 of weight 1, 1-4 of weight 1
    dense = np.zeros((5, 5))
    for i, j, weight in ((0, 1, 9), (2, 3, 9), (1, 2, 3), (0, 3, 1), (1, 4, 1)):
        dense[i, j] = dense[j, i] = weight
    near = neighboring_clusters(csr_matrix(dense), np.array([0, 0, 1, 1, 2]))
    assert near[0] == [
        {"cluster": 1, "share": 0.8, "bridges": [1, 2, 0, 3]},
        {"cluster": 2, "share": 0.2, "bridges": [1, 4]},
    ]
    assert near[2] == [{"cluster": 0, "share": 1.0, "bridges": [1, 4]}]
    assert neighboring_clusters(csr_matrix((2, 2)), np.array([0, 1])) == {0: [], 1: []}


def facts(**changes):
    return {"size": 20, "artists": [], "decades": [], "columns": {}, "visual": []} | changes


def test_the_sentence_claims_no_more_than_its_figures():
    weak = {"name": "A", "count": 2, "size": 9, "cluster_size": 20, "lift": 1.3, "p": 0.2}
    assert cluster_sentence(facts(artists=[weak], decades=[weak], columns={"x": [weak]}), n_works=90) == (
        "20 of 90 works."
    )
    strong = weak | {"p": 0.001, "count": 10}
    seen = [{"words": "darker", "adjective": True, "effect": -0.6}]
    said = cluster_sentence(
        facts(columns={"art_school": [strong]}, decades=[strong | {"name": "1870s"}], visual=seen), n_works=90
    )
    assert said == (
        "20 of 90 works. Compared with the rest, these works tend to be darker. More frequent here: "
        "the art school A (50% of the works here, 1.3 times its share of all); the 1870s."
    )


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("greyscale", "yes", "90% of them are reproduced in black and white (10% of all works)"),
        ("one tone", "yes", "90% of them are pictures in a single hue (10% of all works)"),
        ("margin", "wide", "90% of them have a wide even margin (10% of all works)"),
        ("folder", "scans/a", "90% of them have folder 'scans/a' (10% of all works)"),
    ],
)
def test_the_sentence_cautions_in_plain_words(column, value, said):
    suspect = [{"column": column, "value": value, "share": 0.9, "in_collection": 0.1}]
    found = cluster_sentence(facts(descriptors=[{"name": "gram", "share": 1.0}]), n_works=90, suspect=suspect)
    assert found == f"20 of 90 works. Caution: {said}, which may be what holds them together."
