import itertools

import numpy as np
import pytest

from artgraph import colors
from artgraph.colors import NO_CLUSTER, cluster_color, cluster_colors, contrast
from artgraph.errors import InputError


def test_a_color_does_not_depend_on_how_many_there_are():
    assert cluster_colors(64)[:5] == cluster_colors(5)
    assert cluster_colors(0) == []
    assert cluster_colors(3) == ["#3475c4", "#3c740d", "#af3365"]


def test_colors_repeat_after_sixty_four():
    many = cluster_colors(130)
    assert many[64:128] == many[:64]
    assert len(set(many)) == 64


def test_contrast_of_known_pairs():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])
def test_every_color_stands_out_on_light_and_on_dark(ground):
    assert min(contrast(c, ground) for c in cluster_colors(64)) >= 3


@pytest.mark.parametrize(("n", "least"), [(8, 0.10), (16, 0.07), (32, 0.04)])
def test_colors_are_far_apart_in_oklab(n, least):
    lab = np.array([oklab(c) for c in [NO_CLUSTER, *cluster_colors(n)]])
    gaps = [np.linalg.norm(a - b) for a, b in itertools.combinations(lab, 2)]
    assert min(gaps) >= least


def test_none_is_grey_and_labels_agree_with_the_list():
    assert cluster_color(-1) == NO_CLUSTER
    assert [cluster_color(i) for i in range(70)] == cluster_colors(70)
    assert cluster_color(np.int32(2)) == cluster_colors(3)[2]


def test_oklab_of_primaries_is_inverted():
    # Ottosson's table: white is L = 1, a = b = 0; red is 0.628, 0.225, 0.126
    assert colors._linear_rgb(np.array([[1.0, 0, 0]])) == pytest.approx(np.ones((1, 3)), abs=1e-6)
    assert colors._linear_rgb(np.array([[0.627955, 0.224863, 0.125846]])) == pytest.approx(
        np.array([[1.0, 0, 0]]), abs=1e-4
    )


def oklab(color):
    rgb = colors.hex_to_rgb([color])[0] / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lms = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ linear
    )
    return (
        np.array(
            [
                [0.2104542553, 0.793617785, -0.0040720468],
                [1.9779984951, -2.428592205, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.808675766],
            ]
        )
        @ lms
    )


def test_hexadecimal_colors():
    found = colors.hex_to_rgb(["#ff0080", "#012Abc"])
    assert found.dtype == np.uint8
    assert found.tolist() == [[255, 0, 128], [1, 42, 188]]
    assert colors.hex_to_rgb([]).shape == (0, 3)
    for wrong in ("red", "#fff", "#12345g", None):
        with pytest.raises(InputError, match="colors must be"):
            colors.hex_to_rgb([wrong])
