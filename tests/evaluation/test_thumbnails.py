import io

import numpy as np
import pytest
from PIL import Image

from artgraph.errors import InputError
from artgraph.evaluation import near_duplicates, separated_duplicates
from artgraph.evaluation.thumbnails import hue_spread, margin, tiny_picture
from artgraph.images import inspect_image
from data.painter import paint_scene


@pytest.fixture(scope="module")
def painted():
    manners = ("impasto", "pointillist", "watercolour", "cubist")
    scenes = [(scene, manner) for scene in ("bridge", "interior") for manner in manners]
    return [paint_scene(*names, seed=seed, size=(160, 200)) for seed, names in enumerate(scenes)]


def as_file(picture, quality=90, size=None):
    buffer = io.BytesIO()
    image = Image.fromarray(picture)
    (image.resize(size) if size else image).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def test_margin_by_hand(painted):
    picture = painted[0]
    h, w = picture.shape[:2]
    assert margin(picture) == 0
    for value in (0, 255):
        framed = np.full((h + 40, w + 60, 3), value, dtype=np.uint8)
        framed[10 : h + 10, 20 : w + 20] = picture
        share = 1 - h * w / ((h + 40) * (w + 60))
        assert margin(framed) == pytest.approx(share, abs=0.01)
        saved = np.asarray(Image.open(io.BytesIO(as_file(framed, 75))))
        assert margin(saved) == pytest.approx(share, abs=0.03)
    assert margin(np.full((30, 40, 3), 7, dtype=np.uint8)) == 1
    assert margin(np.zeros((1, 1, 3), dtype=np.uint8)) == 1
    with pytest.raises(InputError, match=r"\(h, w, 3\)"):
        margin(np.zeros((3, 3)))


def test_one_tone(painted):
    for picture in painted:
        grey = np.asarray(Image.fromarray(picture).convert("L").convert("RGB"))
        sepia = np.clip(grey * [1.0, 0.86, 0.65], 0, 255).astype(np.uint8)
        assert hue_spread(grey) < 0.5
        assert hue_spread(sepia) < 1.5
    assert np.median([hue_spread(picture) for picture in painted]) > 3


def test_copies_are_found_and_others_not(painted):
    files = [as_file(picture) for picture in painted]
    files += [as_file(painted[0], quality=40), as_file(painted[1], size=(120, 96))]
    grey = np.asarray(Image.fromarray(painted[2]).convert("L").convert("RGB"))
    files.append(as_file(grey))
    hashes = [inspect_image(file).dhash for file in files]
    tiny = np.stack([tiny_picture(np.asarray(Image.open(io.BytesIO(file)))) for file in files])
    assert near_duplicates(hashes, tiny).tolist() == [[0, 8], [1, 9], [2, 10]]
    assert near_duplicates([None, *hashes[1:8]]).shape[1] == 2


def test_a_shared_hash_alone_is_no_copy():
    rng = np.random.default_rng(0)
    tiny = rng.integers(0, 256, (2, 16, 16, 3)).astype(np.uint8)
    same = ["b5f16221192b3555"] * 2
    assert near_duplicates(same).tolist() == [[0, 1]]
    assert near_duplicates(same, tiny).tolist() == []
    assert near_duplicates(same, tiny[[0, 0]]).tolist() == [[0, 1]]


def test_few_and_bad_hashes():
    assert near_duplicates([]).shape == (0, 2)
    assert near_duplicates([None, "b5f16221192b3555"]).shape == (0, 2)
    for bad in ("b5f1", "not a hash at all"):
        with pytest.raises(InputError, match="16 hexadecimal"):
            near_duplicates([bad])


def test_pairs_that_stand_apart():
    pairs = np.array([[0, 1], [0, 2], [1, 3]])
    counts = separated_duplicates(pairs, {"cluster": [0, 0, 1, -1], "split": ["train", "test", "train", None]})
    assert counts == {"pairs": 3, "cluster": 1, "split": 1}
