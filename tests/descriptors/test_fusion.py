from functools import partial

import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.decomposition import PCA

from artgraph import pipeline
from artgraph.cli import main
from artgraph.descriptors import apply_fusion, fit_fusion, fuse, fusion
from artgraph.errors import InputError, MissingError, StaleError
from artgraph.lineage import Lineage, Ref


def blocks(n=40, *sizes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((n, size)) * 0.8 ** np.arange(size) for size in sizes]


def test_blocks_have_the_same_say_whatever_their_unit():
    a, b = blocks(40, 5, 3)
    np.testing.assert_allclose(fuse([a, b]), fuse([1000 * a, b + 7]), atol=1e-4)


def test_a_row_of_zeros_in_every_block_stays_one_and_teaches_nothing():
    a, b = blocks(40, 5, 3)
    a[7] = b[7] = b[8] = 0
    rest = np.delete(np.arange(40), 7)
    joined = fuse([a, b])
    assert not joined[7].any()
    assert joined[8].any()
    np.testing.assert_array_equal(joined[rest], fuse([a[rest], b[rest]]))


def test_weights(features):
    X = features[0]
    assert np.linalg.norm(fuse([X, X], weights=[1, 0])[:, 8:]) == 0
    np.testing.assert_allclose(fuse([X], weights=[2]), 2 * fuse([X]), rtol=1e-4)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_rows(n):
    assert np.isfinite(fuse([np.arange(4.0 * n).reshape(n, 4), np.ones((n, 2))])).all()


def test_the_explained_variance_is_that_of_scikit_learn():
    a, b = blocks(50, 12, 4)
    fitted = fit_fusion([a, b], components=6)
    expected = np.cumsum(PCA().fit(a).explained_variance_ratio_)
    np.testing.assert_allclose(fitted["0.explained"], expected[:6], atol=1e-5)
    np.testing.assert_allclose(fitted["1.explained"][-1], 1, atol=1e-5)  # all four of four


def test_whitening_evens_the_spreads():
    (a,) = blocks(60, 5)
    lengths = {}
    for whitening in (0, 0.5, 1):
        fitted = fit_fusion([a], whitening=whitening)
        spread = ((a - a.mean(axis=0)) @ fitted["0.components"]).std(axis=0)
        lengths[whitening] = spread / spread[0]
    np.testing.assert_allclose(lengths[0.5], np.sqrt(lengths[0]), rtol=1e-4)
    np.testing.assert_allclose(lengths[1], 1, rtol=1e-4)
    with pytest.raises(InputError, match="from 0 to 1"):
        fuse([a], whitening=2)


def test_rounding_errors_are_not_blown_up():
    rng = np.random.default_rng(0)
    a = np.outer(rng.standard_normal(30), [3.0, 1.0, 2.0])  # one direction, and nothing beside it
    np.testing.assert_allclose(np.abs(fuse([a], whitening=1)).max(axis=0)[1:], 0, atol=1e-6)


def cosines(X):
    """Cosines of all pairs of rows."""
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    return unit @ unit.T


def joined_by_full_svd(X, k):
    """What ``fuse`` gives for one block, by the definition: half whitened, rows of length 1, centred."""
    left, values, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    reduced = left[:, :k] * np.sqrt(values[:k])  # component j has the variance values[j] ** 2 / (n - 1)
    reduced /= np.linalg.norm(reduced, axis=1, keepdims=True)
    return reduced - reduced.mean(axis=0)


def test_more_columns_than_rows_are_joined_exactly():
    wide = np.random.default_rng(0).standard_normal((300, 6000)) * 0.99 ** np.arange(6000)
    np.testing.assert_allclose(cosines(fuse([wide])), cosines(joined_by_full_svd(wide, 128)), atol=1e-4)


def test_a_block_long_on_both_sides_is_near_what_the_full_svd_gives(monkeypatch):
    large = np.random.default_rng(0).standard_normal((400, 300)) * 0.98 ** np.arange(300)
    monkeypatch.setattr(fusion, "EXACT", 300)  # as if either side were too long
    near = fuse([large], components=64)
    np.testing.assert_allclose(cosines(near), cosines(joined_by_full_svd(large, 64)), atol=1e-3)
    assert fuse([large], components=64).tobytes() == near.tobytes()


def test_new_rows_get_the_place_that_they_would_have_had():
    a, b = blocks(50, 12, 4)
    fitted = fit_fusion([a, b], weights=[1, 3])
    np.testing.assert_allclose(apply_fusion([a[7:9], b[7:9]], fitted), fuse([a, b], weights=[1, 3])[7:9], atol=1e-5)
    with pytest.raises(InputError, match=r"learned on \[12, 4\]"):
        apply_fusion([b, a], fitted)


@pytest.mark.parametrize(
    "bad",
    [[np.ones((3, 2)), np.ones((4, 2))], [np.array([[np.nan], [1.0]])], [], [np.ones(3)]],
)
def test_what_cannot_be_fused(bad):
    with pytest.raises(InputError):
        fuse(bad)


@pytest.mark.parametrize("weights", [[1], [1, -1], [0, 0], [1, float("nan")]])
def test_weights_that_cannot_be(weights):
    with pytest.raises(InputError, match="weight each"):
        fuse(blocks(5, 2, 2), weights=weights)


# ---- as a feature of a corpus


@pytest.fixture
def fused(corpus):
    *_, made = pipeline.describe(
        corpus, descriptors=("color", "texture"), fuse=True, fuse_name="both", fuse_weights={"texture": 2}
    )
    assert made.fresh
    return corpus


def test_a_fused_feature_has_a_label(fused):
    label = fused.label("features", "both")
    assert label["made_by"]["params"] == {
        "on": ["color", "texture"],
        "weights": [1.0, 2.0],
        "components": 128,
        "whitening": 0.5,
    }
    assert set(label["inputs"]) == {"features/color", "features/texture", "models/both"}
    curve = label["facts"]["explained"]["texture"]
    assert curve == sorted(curve)
    assert curve[-1] == pytest.approx(1, abs=1e-3)  # 12 rows have at most 11 directions
    assert len(curve) == 12
    parts = [fused.get("features", key) for key in ("color", "texture")]
    assert fused.get("features", "both").tobytes() == fuse(parts, weights=[1, 2]).tobytes()


def test_a_new_painting_is_placed_by_what_is_stored(fused):
    stored = {name: tensor.numpy() for name, tensor in fused.get("models", "both").items()}
    parts = [fused.get("features", key)[3:4] for key in ("color", "texture")]
    np.testing.assert_allclose(apply_fusion(parts, stored), fused.get("features", "both")[3:4], atol=1e-5)


def test_it_is_made_once_and_goes_stale_with_its_parts(fused):
    assert not pipeline.fuse_features(fused, on=("color", "texture"), name="both", weights=[1, 2]).fresh
    assert pipeline.fuse_features(fused, on=("color", "texture"), name="both").fresh
    pipeline.build_graph(fused, on=("both",))
    label = fused.label("features", "texture")
    X = fused.get("features", "texture") + 1
    fused.put("features", "texture", {"": X}, made_by=label["made_by"], inputs=label["inputs"])
    assert "features/texture has changed" in Lineage(fused).stale(Ref("features", "both"))
    with pytest.raises(StaleError, match="both"):
        pipeline.build_graph(fused, on=("both",))


def test_a_graph_on_the_fused_feature_is_the_graph_on_its_parts(fused):
    pipeline.fuse_features(fused, on=("color", "texture"), name="both")
    one, several = (
        fused.get("graphs", pipeline.build_graph(fused, on=on, name=name, n_neighbors=4).key)
        for name, on in (("one", ("both",)), ("several", ("color", "texture")))
    )
    assert (one != several).nnz == 0
    assert one.nnz > 0


def test_graphs_that_a_part_was_learned_on_stay_in_sight(fused):
    pipeline.build_graph(fused, on=("color",), artist_edges=True)
    inputs = {"graphs/style": fused.label("graphs", "style")["sha256"]}
    X = fused.get("features", "color")
    fused.put("features", "latent", {"": X}, made_by={"function": "f", "params": {}}, inputs=inputs)
    pipeline.fuse_features(fused, on=("latent", "texture"))
    assert Ref("graphs", "style") in Lineage(fused).ancestors(Ref("features", "fused"))
    assert Lineage(fused).columns_used(Ref("features", "fused")) == ["artist"]


def test_from_the_command_line(fused):
    call = partial(CliRunner().invoke, main)
    command = ["describe", str(fused.path), "--with", "color,texture", "--fuse"]
    result = call([*command, "--fuse-name", "both", "--fuse-weights", "texture=2"])
    assert result.exit_code == 0, result.output
    assert "features both: 12 paintings, 24 numbers each (up to date)" in result.output
    assert "features fused: 12 paintings, 24 numbers each\n" in call(command).output
    assert call([*command, "--fuse-weights", "texture"]).exit_code == 2
    assert "not among color" in call([*command, "--fuse-weights", "gram=2"]).output


def test_wrong_names(fused):
    with pytest.raises(InputError, match="one of its parts"):
        pipeline.fuse_features(fused, on=("color", "texture"), name="color")
    with pytest.raises(InputError, match="'gram', which is not among color"):
        pipeline.describe(fused, descriptors=("color",), fuse=True, fuse_weights={"gram": 1})
    with pytest.raises(MissingError, match="gram"):
        pipeline.fuse_features(fused, on=("color", "gram"))
    with pytest.raises(InputError, match="differ in their keys"):
        pipeline.describe(fused, descriptors=("color", "color"))


def test_components_of_small_variance_are_not_rounding_errors():
    """Spreads falling to a 300th (variances to a 100,000th), lifted by whitening: as in float64, not by processor."""
    rng = np.random.default_rng(0)
    turn = np.linalg.qr(rng.normal(size=(24, 24)))[0]
    X = (rng.normal(size=(200, 24)) * np.geomspace(1, 3e-3, 24) @ turn + 1).astype(np.float32)
    exact = X.astype(np.float64) - X.astype(np.float64).mean(axis=0)
    U, spread, _ = np.linalg.svd(exact, full_matrices=False)
    expected = U * spread * (spread**2 / (spread**2).sum()) ** -0.25
    expected = expected / np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(fuse([X]) @ fuse([X]).T, _centred(expected) @ _centred(expected).T, atol=2e-5)


def _centred(X):
    return X - X.mean(axis=0)
