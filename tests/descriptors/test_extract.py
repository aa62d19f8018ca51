import numpy as np
import pytest
from PIL import Image

from artgraph.descriptors import Color, extract
from artgraph.descriptors import extract as extract_function
from artgraph.descriptors.texture import Texture
from artgraph.errors import IngestError
from artgraph.shards import ShardStore
from artgraph.testing import toy_pictures

module = __import__("sys").modules["artgraph.descriptors.extraction"]


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = toy_pictures(tmp_path_factory.mktemp("pictures"), n=23).parent / "images"
    return sorted(folder.iterdir())


@pytest.fixture
def small_shards(monkeypatch):
    """Shards of 4, batches of 3 and a sample of 10, so that 23 pictures take every turn."""
    for name, value in {"SHARD": 4, "SAMPLE": 10}.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr("artgraph.descriptors.work.BATCH", 3)


def stores(folder, *names):
    folder.mkdir(exist_ok=True)
    return [ShardStore(folder, f".shards-{name}-", "f" * 64) for name in names]


def test_every_row_is_its_own_picture(paths, tmp_path, small_shards):
    ((features, fitted),) = extract(paths, [Color()], stores(tmp_path, "color"))
    assert fitted == {}
    for row in (0, 7, 22):
        ((alone, _),) = extract(paths[row : row + 1], [Color()], stores(tmp_path / str(row), "color"))
        assert (features[row] == alone[0]).all()


def test_one_pass_gives_what_separate_passes_give(paths, tmp_path, small_shards):
    both = extract(paths, [Color(), Texture()], stores(tmp_path / "both", "color", "texture"))
    apart = [extract(paths, [one], stores(tmp_path / one.name, one.name))[0] for one in (Color(), Texture())]
    for (x, _), (y, _) in zip(both, apart, strict=True):
        assert x.tobytes() == y.tobytes()


@pytest.mark.parametrize("die_at", [1, 5, 9, 10, 14, 22])
def test_a_run_that_died_goes_on_and_gives_the_same_bytes(paths, tmp_path, small_shards, die_at):
    whole = extract(paths, [Texture()], stores(tmp_path / "whole", "texture"))[0][0]
    looked = []

    class Dying(Texture):
        def embed(self, batch):
            looked.extend(batch)
            if die_at is not None and len(looked) >= die_at:
                raise KeyboardInterrupt
            return batch

    with pytest.raises(KeyboardInterrupt):
        extract(paths, [Dying()], stores(tmp_path / "cut", "texture"))
    before, die_at = len(looked), None
    looked.clear()
    resumed = extract(paths, [Dying()], stores(tmp_path / "cut", "texture"))[0][0]
    assert resumed.tobytes() == whole.tobytes()
    assert len(looked) >= 23 - before
    assert len(looked) <= 23 - max(0, before - 2 * 4)  # at most one shard, and the batch that died, is done again


def test_workers_do_not_change_the_result(paths, tmp_path):
    results = [extract(paths, [Texture()], stores(tmp_path / str(k), "texture"), workers=k)[0][0] for k in (1, 4)]
    assert results[0].tobytes() == results[1].tobytes()


def test_a_picture_that_is_gone_is_named(paths, tmp_path):
    with pytest.raises(IngestError, match=r"gone\.png.*artgraph update"):
        extract([*paths[:2], tmp_path / "gone.png"], [Color()], stores(tmp_path, "color"))


def test_a_large_network_gets_a_larger_picture_and_the_others_do_not(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (1000, 1100, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "large.png")
    seen = {}

    class Large(Color):
        def __init__(self, size):
            self.size = size

        def prepare(self, image):
            seen[self.size] = image.shape[:2]
            return np.zeros(1, np.float32)

    extract([tmp_path / "large.png"], [Large(518), Large(224), Color()], stores(tmp_path, "a", "b", "c"))
    assert seen == {518: (1000, 1100), 224: (500, 550)}  # 448 is reached by halving, 518 is not
    alone, both = (
        extract([tmp_path / "large.png"], group, stores(tmp_path / str(len(group)), "c", "a")[: len(group)])[0][0]
        for group in ([Color()], [Color(), Large(518)])
    )
    assert alone.tobytes() == both.tobytes()


def test_only_a_descriptor_of_true_scale_is_told_the_size_of_the_painting(paths, tmp_path, small_shards):
    told = []

    class Sized(Color):
        true_scale = True

        def short_side(self, size_cm=None):
            return 64

        def prepare(self, image, *, size_cm=None):
            told.append(size_cm)
            return np.zeros(1, np.float32)

    sizes = np.column_stack([np.arange(23.0), np.full(23, np.nan)])
    extract(paths, [Color(), Sized()], stores(tmp_path, "color", "true"), sizes_cm=sizes)
    assert sorted(height for height, _ in told) == list(range(23))
    assert all(np.isnan(width) for _, width in told)


def test_progress_counts_every_picture_once(paths, tmp_path, small_shards):
    seen = []
    extract_function(paths, [Color()], stores(tmp_path, "color"), progress=lambda done, n: seen.append((done, n)))
    assert seen[-1] == (23, 23)
    assert seen == sorted(seen)
