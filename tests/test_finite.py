"""Every array is checked before it is stored, and every file of numbers before it is used: NaN, infinity, size."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from scipy.sparse import csr_matrix

from artgraph import pipeline
from artgraph.descriptors import read_vectors
from artgraph.descriptors.base import Descriptor
from artgraph.descriptors.weights import read_state
from artgraph.errors import InputError, WeightsError
from artgraph.soundness import check_parts

MADE = {"stage": "test", "revision": 0, "params": {}}
nan, inf = np.nan, np.inf
GOOD = np.ones((12, 2), np.float32)


def with_value(value, dtype=np.float32):
    array = GOOD.astype(dtype)
    array[7, 1] = value
    return array


@pytest.mark.parametrize("value", [nan, inf, -inf, 1e30, -1e16])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_features_are_finite_and_can_be_compared(corpus, value, dtype):
    corpus.put("features", "x", {"": GOOD}, made_by=MADE, inputs={})
    with pytest.raises(InputError, match=r"features/x.*(row 7|1e\+30|1e\+16)"):
        corpus.put("features", "x", {"": with_value(value, dtype)}, made_by=MADE, inputs={})
    np.testing.assert_array_equal(corpus.get("features", "x"), GOOD)  # what was there stays


@pytest.mark.parametrize(
    ("kind", "parts", "where"),
    [
        ("graphs", {"": csr_matrix(with_value(nan))}, "graphs/x"),
        ("graphs", {"": csr_matrix(GOOD), "artists": csr_matrix(with_value(inf))}, "part 'artists'"),
        ("graphs", {"knn": {"indices": np.zeros((12, 2), int), "distances": with_value(nan)}}, "'distances'"),
        ("layouts", {"": with_value(nan)}, "layouts/x"),
        ("patches", {"": {"painting": np.arange(3), "scale": np.array([1, nan, 2])}}, "'scale'.*row 1"),
        ("models", {"": {"a.weight": torch.ones(2), "b.bias": torch.tensor([1.0, nan])}}, "'b.bias'"),
        ("models", {"": {"half": torch.tensor([inf], dtype=torch.float16)}}, "'half'"),
        ("partitions", {"membership": {"confidence": np.array([inf])}}, "'confidence'"),
    ],
)
def test_so_is_everything_else(corpus, kind, parts, where):
    with pytest.raises(InputError, match=where):
        corpus.put(kind, "x", parts, made_by=MADE, inputs={})
    assert not corpus.has(kind, "x")


@pytest.mark.parametrize(
    ("kind", "key", "parts"),
    [
        ("features", "thumbnails", {"": with_value(nan), "tiny": np.zeros((12, 2), np.uint8)}),  # a thumbnail is gone
        ("partitions", "x", {"": np.full(12, -1), "membership": {"confidence": with_value(nan)}}),  # in no cluster
        ("graphs", "x", {"knn": {"distances": with_value(inf)}}),  # a shorter list
        ("features", "x", {"": np.empty((0, 3))}),
        ("models", "x", {"": {"steps": torch.tensor(3)}}),
    ],
)
def test_gaps_that_mean_something_are_stored(kind, key, parts):
    check_parts(kind, key, parts)


@pytest.mark.parametrize("ending", ["safetensors", "pth"])
@pytest.mark.parametrize("value", [nan, inf])
def test_weights_that_are_not_finite_are_refused_by_the_name_of_the_tensor(tmp_path, ending, value):
    file = tmp_path / f"weights.{ending}"
    state = {"stem.weight": torch.ones(3, 3), "head.bias": torch.tensor([0.0, value]), "steps": torch.tensor(1)}
    (save_file if ending == "safetensors" else torch.save)(state, file)
    with pytest.raises(WeightsError, match=r"weights\.\w+: the tensor 'head.bias' holds NaN or infinity"):
        read_state(file)


@pytest.mark.parametrize(("value", "fits"), [(1e30, False), (1e16, False), (1e14, True), (1e-11, True), (1e-13, False)])
def test_vectors_of_an_absurd_size_are_refused(tmp_path, value, fits):
    np.save(tmp_path / "v.npy", np.full((2, 3), value))
    if fits:
        assert read_vectors(tmp_path / "v.npy", ["a", "b"])[0].shape == (2, 3)
        return
    with pytest.raises(InputError, match=r"v\.npy: the largest value is 1e.*Divide"):
        read_vectors(tmp_path / "v.npy", ["a", "b"])


class Broken(Descriptor):
    name, size = "broken", 8

    def params(self):
        return {}

    def embed(self, batch):
        wide = batch.reshape(len(batch), -1).astype(np.float32)
        if len(wide) == 8:  # the first part of the batch
            wide[4, 0] = nan
        return wide


def test_a_descriptor_that_gives_nan_is_an_error_that_names_the_picture(corpus):
    with pytest.raises(InputError, match=r"'broken' gives values.*004\.png"):
        pipeline.describe(corpus, descriptors=[Broken()])
    assert not corpus.has("features", "broken")
