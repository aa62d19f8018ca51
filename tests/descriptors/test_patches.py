import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter, sobel

from artgraph.descriptors import Patches, extract, make_descriptor
from artgraph.descriptors.patches import fit_pooling, overlaps, pool
from artgraph.descriptors.patches.dog import cut_windows, difference_of_gaussians, stretch
from artgraph.descriptors.patches.windows import choose_windows, gradient_magnitude, luminance, window_means
from artgraph.errors import InputError
from artgraph.shards import ShardStore

extract_module = __import__("sys").modules["artgraph.descriptors.extraction"]


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """Networks this small wait for each other's threads more than they compute."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def noise(h, w, seed=0):
    image = np.random.default_rng(seed).integers(0, 256, (h, w, 3), dtype=np.uint8)
    image.flags.writeable = False
    return image


# ---- where to look


def test_luminance_of_the_primaries():
    primaries = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], dtype=np.uint8)
    np.testing.assert_allclose(luminance(primaries)[0], [76.245, 149.685, 29.07, 255], rtol=1e-5)


def test_gradient_is_sobels():
    grey = np.random.default_rng(0).random((17, 23)).astype(np.float32)
    expected = np.hypot(*(sobel(grey, axis=axis, mode="nearest") for axis in (0, 1)))
    np.testing.assert_allclose(gradient_magnitude(grey), expected, atol=1e-5)
    assert (gradient_magnitude(np.arange(5.0) * np.ones((4, 1)))[:, 1:-1] == 8).all()  # a ramp of 1 per pixel


def test_window_means_by_hand():
    assert window_means(np.array([[1, 1, 3, 3], [1, 1, 3, 3]]), window=2, stride=1).tolist() == [[1, 2, 3]]
    values = np.random.default_rng(0).random((150, 200))
    means = window_means(values)
    assert means.shape == (3, 5)
    assert means[1, 2] == pytest.approx(values[32:96, 64:128].mean())
    with pytest.raises(InputError, match="63 × 70"):
        window_means(np.zeros((70, 63)))


def test_only_the_highest_scores_are_chosen():
    scores = np.arange(100.0)
    for seed in range(20):
        chosen = choose_windows(scores, 5, share=0.1, seed=seed)
        assert len(set(chosen)) == 5
        assert chosen.min() >= 90
        assert (np.diff(chosen) < 0).all()


def test_chance_is_in_proportion_to_the_score():
    scores = np.array([3.0, 1.0])
    first = [choose_windows(scores, 1, share=1, seed=seed)[0] for seed in range(2000)]
    assert np.mean(np.equal(first, 0)) == pytest.approx(0.75, abs=0.03)


def test_few_or_flat_windows():
    assert choose_windows([2.0, 3.0], 5).tolist() == [1, 0, 1, 0, 1]
    assert choose_windows([1.0], 3).tolist() == [0, 0, 0]
    assert sorted(choose_windows(np.zeros(50), 4, share=1)) == sorted(set(choose_windows(np.zeros(50), 4, share=1)))
    with pytest.raises(InputError, match="no windows"):
        choose_windows([], 1)


def test_squares_that_touch_do_not_overlap():
    boxes = np.array([[0, 0, 1], [1, 0, 1], [0.5, 0.5, 1], [0, 0, 1]])
    expected = [[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 1, 1], [1, 0, 1, 1]]
    assert overlaps(boxes).astype(int).tolist() == expected
    assert overlaps(np.zeros((0, 3))).shape == (0, 0)


# ---- what a window looks like


def test_difference_of_gaussians_is_scipys():
    grey = np.random.default_rng(0).random((70, 80)).astype(np.float32)
    expected = np.abs(gaussian_filter(grey, 3, truncate=3) - gaussian_filter(grey, 5, truncate=3))
    np.testing.assert_allclose(difference_of_gaussians(grey), expected, atol=1e-6)
    coloured = np.stack([grey, grey * 0, grey], axis=2)
    np.testing.assert_allclose(difference_of_gaussians(coloured)[..., 2], expected, atol=1e-6)


def test_light_does_not_matter():
    grey = np.random.default_rng(0).random((64, 64)).astype(np.float32)
    assert (stretch(difference_of_gaussians(grey)[None]) == stretch(difference_of_gaussians(0.5 * grey)[None])).all()
    assert np.allclose(difference_of_gaussians(grey + 100), difference_of_gaussians(grey), atol=1e-4)


def test_stretch_and_cut_by_hand():
    assert stretch(np.array([[0.0, 1.0, 2.0], [0.0, 0.0, 0.0]])).tolist() == [[0, 128, 255], [0, 0, 0]]
    picture = np.arange(12).reshape(3, 4)
    assert cut_windows(picture, [(1, 2), (0, 0)], window=2).tolist() == [[[6, 7], [10, 11]], [[0, 1], [4, 5]]]


# ---- pooling


def test_mean_and_spread_by_hand():
    codes = np.array([[[0.0], [2.0]], [[4.0], [4.0]]])
    assert pool(codes, {}, "mean").tolist() == [[1], [4]]
    fitted = fit_pooling(codes, "mean-std")
    assert fitted["mean"].tolist() == [2.5, 0.5]
    assert pool(codes, fitted, "mean-std").tolist() == [[-1, 1], [1, -1]]


def test_vlad_by_hand():
    fitted = {"centers": np.array([[0.0, 0.0], [10.0, 0.0]], dtype=np.float32)}
    codes = np.array([[[0.0, 1.0], [0.0, 2.0], [9.0, 0.0]]])  # residuals (0, 3) and (-1, 0)
    np.testing.assert_allclose(pool(codes, fitted, "vlad"), [[0, 0.5**0.5, -(0.5**0.5), 0]], atol=1e-6)


def test_fisher_is_the_gradient_of_the_log_likelihood():
    fitted = {
        "weights": np.array([0.3, 0.7], np.float32),
        "means": np.array([[0.0], [2.0]], np.float32),
        "variances": np.array([[1.0], [0.5]], np.float32),
    }
    codes = np.array([0.3, 1.4, -0.6])

    def likelihood(means, deviations):
        density = np.exp(-0.5 * ((codes[:, None] - means) / deviations) ** 2) / deviations
        return np.log((fitted["weights"] * density).sum(axis=1)).mean()

    at = [fitted["means"][:, 0].astype(float), np.sqrt(fitted["variances"][:, 0]).astype(float)]
    gradient = []
    for which in (0, 1):
        for k in (0, 1):
            shifted = [[value.copy() for value in at] for _ in range(2)]
            shifted[0][which][k] += 1e-5
            shifted[1][which][k] -= 1e-5
            slope = (likelihood(*shifted[0]) - likelihood(*shifted[1])) / 2e-5
            gradient.append(slope * at[1][k] / np.sqrt(fitted["weights"][k] * (2 if which else 1)))
    expected = np.sign(gradient) * np.sqrt(np.abs(gradient))
    np.testing.assert_allclose(
        pool(codes[None, :, None], fitted, "fisher")[0], expected / np.linalg.norm(expected), atol=1e-4
    )


@pytest.mark.parametrize("kind", ["mean", "mean-std", "vlad", "fisher"])
@pytest.mark.parametrize("n", [1, 2, 40])
def test_every_pooling(kind, n):
    codes = np.random.default_rng(0).standard_normal((n, 5, 64)).astype(np.float32)
    fitted = fit_pooling(codes, kind)
    vectors = pool(codes, fitted, kind)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert vectors.shape[1] <= 512
    np.testing.assert_allclose(pool(codes[:, ::-1], fitted, kind), vectors, atol=1e-4)  # order says nothing
    again = fit_pooling(codes, kind)
    assert all(again[name].tobytes() == fitted[name].tobytes() for name in fitted)


@pytest.mark.parametrize("kind", ["mean-std", "vlad", "fisher"])
def test_codes_that_are_all_alike(kind):
    codes = np.ones((3, 4, 8))
    assert np.isfinite(pool(codes, fit_pooling(codes, kind), kind)).all()


def test_poolings_that_cannot_be():
    with pytest.raises(InputError, match="no pooling 'median'"):
        fit_pooling(np.zeros((1, 2, 3)), "median")
    with pytest.raises(InputError, match="not \\(2, 3\\)"):
        pool(np.zeros((2, 3)), {}, "mean")


# ---- the descriptor


@pytest.mark.parametrize("look", ["dog", "color"])
def test_windows_and_their_places(look):
    image = noise(224, 320)
    descriptor = Patches(look=look, scales=(1,))
    windows, boxes = descriptor.windows(image)
    again, _ = descriptor.windows(image.copy())
    assert windows.shape == ((16, 64, 64) if look == "dog" else (16, 64, 64, 3))
    assert windows.tobytes() == again.tobytes()
    assert len(np.unique(boxes, axis=0)) == 16
    assert (boxes[:, :2] + boxes[:, 2:] <= [320 / 224 + 1e-6, 1 + 1e-6]).all()
    assert boxes[:, 2] == pytest.approx(64 / 224)
    if look == "color":
        x, y = np.rint(boxes[3, :2] * 224).astype(int)
        assert (windows[3] == image[y : y + 64, x : x + 64]).all()


def test_windows_lie_where_much_happens():
    image = np.full((448, 448, 3), 128, np.uint8)
    image[256:, 256:] = noise(192, 192)
    _, boxes = Patches(count=5, share=0.1, scales=(1,)).windows(image)
    assert (boxes[:, :2] * 448 >= 256 - 32).all()


def test_scales_and_sizes():
    descriptor = Patches(count=6, scales=(1, 2, 3), look="dog")
    for shape in ((1, 1), (30, 500), (64, 64), (200, 1000), (900, 900)):
        windows, boxes = descriptor.windows(noise(*shape))
        assert windows.shape == (6, 64, 64)
        assert np.isfinite(boxes).all()
    assert np.unique(boxes[:, 2] * 448).round(2).tolist() == pytest.approx([64, 128, 192], abs=0.5)  # of the 900² one


def test_true_scale():
    descriptor = Patches(count=4, share=1.0, scales=(1,), window_cm=10)
    _, boxes = descriptor.windows(noise(300, 300), size_cm=(50, 50))
    assert boxes[:, 2] * 50 == pytest.approx(10, rel=0.01)  # 10 of 50 cm, whatever the pixels
    _, twice = descriptor.windows(noise(600, 600), size_cm=(50, 50))
    assert twice[:, 2] * 50 == pytest.approx(10, rel=0.01)
    _, too_coarse = descriptor.windows(noise(300, 300), size_cm=(700, 990))
    assert too_coarse[:, 2] * 600 == pytest.approx(64, rel=0.01)  # enlarged twice at most, and the place says so
    for unknown in (None, (0, 5), (float("nan"), 5), (5, float("nan"))):
        _, boxes = descriptor.windows(noise(300, 300), size_cm=unknown)
        assert boxes[:, 2] * 300 == pytest.approx(64)


@pytest.mark.parametrize(
    "options",
    [{"look": "edges"}, {"pooling": "max"}, {"count": 1}, {"count": 5}, {"scales": ()}],
)
def test_options_that_cannot_be(options):
    with pytest.raises(InputError):
        Patches(**options)


def test_wide_vectors_hold_windows_and_places():
    images = [noise(100, 120, seed) for seed in range(3)]
    descriptor = Patches(count=3, scales=(1,))
    wide = np.stack([descriptor.prepare(image) for image in images])
    assert wide.dtype == np.uint8
    for image, row, boxes in zip(images, wide, descriptor.locate(wide), strict=True):
        windows, expected = descriptor.windows(image)
        assert (boxes == expected).all()
        assert (row[: windows.size] == windows.ravel()).all()
    fitted = descriptor.fit(wide)
    features = descriptor.reduce(wide, fitted)
    assert features.shape == (3, 128)
    np.testing.assert_allclose(descriptor.reduce(wide[1:2], fitted), features[1:2], atol=1e-4)
    assert fitted["history.mmd"].shape == (5,)


def test_parameters_name_what_matters():
    params = [
        Patches(**options).params()
        for options in ({}, {"look": "dog"}, {"same_painting_weight": 0.5}, {"window_cm": 5})
    ]
    assert all(a != b for i, a in enumerate(params) for b in params[:i])
    assert make_descriptor("patches", device="cpu", weights="none.pth").params() == params[0]


def test_one_pass_keeps_the_places(tmp_path, monkeypatch):
    monkeypatch.setattr("artgraph.descriptors.work.BATCH", 3)
    for name, value in {"SHARD": 4, "SAMPLE": 5}.items():
        monkeypatch.setattr(extract_module, name, value)
    paths = [tmp_path / f"{i}.png" for i in range(9)]
    for i, path in enumerate(paths):
        Image.fromarray(noise(96, 130, i)).save(path)
    descriptor, store = Patches(count=2, look="dog"), ShardStore(tmp_path, ".shards-patches-", "f" * 64)
    ((features, fitted),) = extract(paths, [descriptor], [store])
    places = store.get("places.npy")
    assert features.shape == (9, 128)
    for row in range(9):
        assert (places[row] == descriptor.windows(noise(96, 130, row))[1]).all()
        wide = descriptor.prepare(noise(96, 130, row))[None]
        np.testing.assert_allclose(descriptor.reduce(wide, fitted)[0], features[row], atol=1e-3)


def test_a_corpus_keeps_the_places_with_a_label(corpus):
    from artgraph import pipeline
    from artgraph.lineage import Lineage, Ref

    (made,) = pipeline.describe(corpus, descriptors=("patches",), look="dog", count=2)
    assert made.fresh
    patches = corpus.get("patches", "patches")
    assert patches["painting"].tolist() == list(range(12))  # pictures of 64 × 64 have one window, kept once
    assert (patches["scale"] == 1).all()
    assert Lineage(corpus).stale(Ref("patches", "patches")) == []
    assert corpus.label("features", "patches")["facts"] == {"n": 12, "dimensions": 128}
    assert not pipeline.describe(corpus, descriptors=("patches",), look="dog", count=2)[0].fresh


def test_true_scale_in_a_corpus(tmp_path):
    from artgraph import pipeline
    from artgraph.testing import toy_pictures

    metadata = toy_pictures(tmp_path / "pictures", n=6)
    table = pd.read_csv(metadata)
    plain = pipeline.ingest(metadata.parent, tmp_path / "plain", metadata=metadata)
    with pytest.raises(InputError, match=r"no column height_cm and no width_cm.*artgraph ingest"):
        pipeline.describe(plain, descriptors=("patches",), window_cm=16)
    table["height_cm"], table["width_cm"] = ["30", "30,0", "30.0", "", "unknown", "-3"], "40"
    table.to_csv(metadata, index=False)
    corpus = pipeline.ingest(metadata.parent, tmp_path / "corpus", metadata=metadata)
    options = {"window_cm": 16, "look": "dog", "count": 2, "scales": (1,)}
    (made,) = pipeline.describe(corpus, descriptors=("patches",), **options)
    assert made.facts == {"n": 6, "dimensions": 128, "true_scale": 3}
    patches = corpus.get("patches", "patches")
    known = patches["painting"] < 3
    np.testing.assert_allclose(patches["scale"][known] * 30, 16, rtol=0.01)  # 16 cm of a short side of 30
    assert (patches["scale"][~known] == 1).all()  # 64 of 64 pixels
    assert set(corpus.label("features", "patches")["inputs"]) >= {"paintings/height_cm", "paintings/width_cm"}
    assert not pipeline.describe(corpus, descriptors=("patches",), **options)[0].fresh
