import numpy as np
import pytest
from sklearn.cluster import KMeans

from artgraph.descriptors.color import Color, color_vector, dominant_colors
from artgraph.descriptors.texture import Texture, texture_vector


def plain(*rgb, size=64):
    return np.full((size, size, 3), rgb, np.uint8)


def stripes(period, *, angle=0.0, size=64):
    y, x = np.mgrid[:size, :size]
    wave = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period)
    return np.repeat(((wave + 1) * 127).astype(np.uint8)[..., None], 3, axis=2)


def test_a_white_picture_by_hand():
    vector = color_vector(plain(255, 255, 255))
    histogram, quantiles, moments, dominant = np.split(vector, [392, 410, 417])
    assert sorted(histogram)[-1] == 1  # one bin
    assert np.count_nonzero(histogram) == 1
    np.testing.assert_allclose(quantiles[:9], 1, atol=1e-4)  # lightness
    np.testing.assert_allclose(quantiles[9:], 0, atol=1e-3)  # chroma
    np.testing.assert_allclose(moments, [0, 0, 1, 0, 0, 0, 1], atol=1e-6)
    np.testing.assert_allclose(dominant.reshape(5, 4)[:, 0], 1, atol=1e-4)
    assert dominant.reshape(5, 4)[:, 3].tolist() == [1, 0, 0, 0, 0]


def test_hue_is_an_angle():
    red, also_red = color_vector(plain(255, 0, 10)), color_vector(plain(255, 10, 0))
    np.testing.assert_allclose(red[414:416], also_red[414:416], atol=0.1)
    assert red[414] > 0.98


def test_dominant_colours_are_those_of_k_means():
    rng = np.random.default_rng(0)
    groups = np.array([[20.0, 0, 0], [50, 40, 0], [80, -30, 20]])
    pixels = rng.permutation(
        np.concatenate([group + rng.normal(0, 1, (50 * (k + 1), 3)) for k, group in enumerate(groups)])
    )
    pixels.flags.writeable = False
    colors, share = dominant_colors(pixels, count=3)
    reference = KMeans(3, n_init=3, random_state=0).fit(pixels).cluster_centers_
    np.testing.assert_allclose(colors, reference[np.argsort(reference[:, 0])], atol=1e-6)
    np.testing.assert_allclose(share, [1 / 6, 2 / 6, 3 / 6])


def test_fewer_colours_than_dominant_ones():
    colors, share = dominant_colors(np.tile([50.0, 1, 2], (6, 1)))
    assert (colors == [50, 1, 2]).all()
    assert share.sum() == 1


def test_colour_does_not_care_where():
    picture = np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    np.testing.assert_allclose(color_vector(picture), color_vector(picture[::-1, ::-1]), atol=1e-6)


@pytest.mark.parametrize(("function", "d"), [(color_vector, 437), (texture_vector, 120)])
@pytest.mark.parametrize("picture", [plain(0, 0, 0), plain(255, 255, 255), plain(90, 10, 200), stripes(6)])
def test_shapes_and_finite_values_even_for_plain_pictures(function, d, picture):
    picture.flags.writeable = False
    vector = function(picture)
    assert vector.shape == (d,)
    assert vector.dtype == np.float32
    assert np.isfinite(vector).all()


def test_texture_tells_width_and_direction_and_not_colour():
    distance = lambda a, b: np.linalg.norm(texture_vector(a) - texture_vector(b))  # noqa: E731
    assert distance(stripes(4), stripes(16)) > 3
    assert distance(stripes(8), stripes(8, angle=np.pi / 2)) > 1
    assert distance(plain(200, 0, 0), plain(0, 102, 0)) < 0.05  # equal luma


def test_texture_is_standardised_by_what_it_learned():
    sample = np.random.default_rng(0).normal(5, 3, (50, 120)).astype(np.float32)
    descriptor = Texture()
    reduced = descriptor.reduce(sample, descriptor.fit(sample))
    np.testing.assert_allclose(reduced.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(reduced.std(axis=0), 1, atol=1e-2)
    constant = np.ones((3, 120), np.float32)
    assert (descriptor.reduce(constant, descriptor.fit(constant)) == 0).all()


def test_parameters_name_everything():
    assert Color().params()["descriptor"] == "color"
    assert Texture().params()["descriptor"] == "texture"
