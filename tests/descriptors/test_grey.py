import numpy as np
import pytest

from artgraph import pipeline
from artgraph.descriptors import Color, Grey, Patches, make_descriptor
from artgraph.descriptors.grey import without_color
from artgraph.descriptors.texture import Texture
from artgraph.errors import InputError


def picture(seed=0):
    image = np.random.default_rng(seed).integers(0, 256, (80, 90, 3), dtype=np.uint8)
    image.flags.writeable = False
    return image


def test_by_hand():
    red, green, blue, white = without_color(np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255] * 3]], np.uint8))[0]
    assert (red.tolist(), green.tolist(), blue.tolist()) == ([76] * 3, [150] * 3, [29] * 3)
    assert white.tolist() == [255] * 3


def test_what_is_grey_already_stays():
    grey = without_color(picture())
    assert (without_color(grey) == grey).all()
    assert np.array_equal(Texture().prepare(grey), Grey(Texture()).prepare(picture()))


def test_a_colour_picture_and_its_reproduction_are_one_to_it():
    image = picture()
    for descriptor in (Texture(), Patches(count=2)):
        blind = Grey(descriptor)
        assert np.array_equal(blind.prepare(image), blind.prepare(without_color(image)))
        assert not np.array_equal(Patches(count=2).prepare(image), Patches(count=2).prepare(without_color(image)))
        assert blind.params() == {**descriptor.params(), "grey": True}


def test_features_stand_beside_those_with_colour(corpus):
    plain, grey = pipeline.describe(corpus, descriptors=("texture", Grey(make_descriptor("texture"))))
    assert (plain.key, grey.key) == ("texture", "texture-grey")
    (again,) = pipeline.describe(corpus, descriptors=("texture",), ignore_color=True)
    assert (again.key, again.fresh) == ("texture-grey", False)
    assert pipeline.build_graph(corpus, on=("texture-grey",)).facts["n"] == 12


def test_colour_alone_cannot_be_ignored():
    with pytest.raises(InputError, match="leave it out"):
        Grey(Color())
    with pytest.raises(InputError, match="leave it out"):
        make_descriptor("color", ignore_color=True)
