"""A network by ONNX Runtime: the values of PyTorch up to rounding, under a name of their own in the label."""

import importlib.util

import numpy as np
import pytest
import timm
import torch
from click.testing import CliRunner
from safetensors.torch import save_file

from artgraph import pipeline
from artgraph.cli import main
from artgraph.corpus import Corpus
from artgraph.descriptors import make_descriptor
from artgraph.descriptors.runtime import run_by
from artgraph.errors import InputError
from artgraph.stages.project import descriptor_of
from artgraph.testing import toy_pictures
from tests.descriptors.test_csd import tensors

pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")

SMALL = {"cnn": "resnet10t", "gram": "resnet10t", "moments": "vit_tiny_patch16_224"}


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Files of random weights for small networks."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    for name in set(SMALL.values()):
        save_file(timm.create_model(name).state_dict(), folder / f"{name}.safetensors")
    save_file(tensors(), folder / "csd.safetensors")
    return folder


def batch_of(descriptor, n=5):
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (n, 8, 8, 3), dtype=np.uint8).repeat(40, axis=1).repeat(40, axis=2)
    return np.stack([descriptor.prepare(one) for one in pictures])


@pytest.mark.parametrize(
    ("spec", "options"),
    [
        ("eye", {}),
        ("lite", {}),
        ("eye", {"size": 96}),
        ("cnn:resnet10t", {}),
        ("gram:resnet10t", {"layers": ["conv3", "conv5"]}),
        ("moments:vit_tiny_patch16_224", {}),
        ("csd", {"size": 32}),
        ("csd", {"size": 48, "tiles": True}),
    ],
)
def test_values_are_those_of_torch_up_to_rounding(weights, spec, options):
    options = options | ({"weights": weights} if ":" in spec or spec == "csd" else {})
    ours, theirs = (make_descriptor(spec, **options, runtime=name) for name in ("torch", "onnxruntime"))
    batch = batch_of(ours)
    found = []
    for one in (ours, theirs):
        one.load()
        found.append(one.embed(batch).astype(np.float64))
    assert np.abs(found[1] - found[0]).max() < 0.01 * found[0].std()
    assert theirs.params() == {**ours.params(), "runtime": "onnxruntime"}
    assert "runtime" not in ours.params()
    # any number of pictures at once, and each the same beside others
    np.testing.assert_allclose(theirs.embed(batch[:3]), found[1][:3], atol=1e-3 * found[0].std())


def test_the_label_says_it_and_what_comes_later_is_made_by_it(tmp_path):
    toy_pictures(tmp_path / "toy", n=14)
    scans, late = tmp_path / "scans", tmp_path / "late"
    scans.mkdir(), late.mkdir()
    files = sorted((tmp_path / "toy").rglob("*.*g"))
    for k, file in enumerate(files):
        (late if k % 7 == 0 else scans).joinpath(file.name).write_bytes(file.read_bytes())
    corpus = pipeline.ingest(scans, tmp_path / "corpus")
    ask = ["describe", str(corpus.path), "--with", "eye,color"]

    def described(*words):
        result = CliRunner().invoke(main, [*ask, *words])
        assert result.exit_code == 0, result.output
        labels = [Corpus(corpus.path).label("features", key) for key in ("eye", "color")]
        return [label["made_by"]["params"].get("runtime") for label in labels], labels[0]["sha256"]

    before = described()
    found = described("--runtime", "onnxruntime")
    assert (before[0], found[0]) == ([None, None], ["onnxruntime", None])
    assert found[1] != before[1]
    assert described("--runtime", "onnxruntime", "--workers", "1") == found  # up to date
    # however many threads, the same bytes
    (corpus.path / "features" / "eye.npy").unlink()
    (corpus.path / "features" / "eye.json").unlink()
    assert described("--runtime", "onnxruntime", "--workers", "5") == found
    corpus = Corpus(corpus.path)
    assert descriptor_of(corpus, "eye").runtime == "onnxruntime"
    whole = corpus.get("features", "eye").copy()
    pipeline.build_graph(corpus, on=("eye",), n_neighbors=3)
    pipeline.communities(corpus)
    pipeline.add(corpus, late)
    grown = Corpus(corpus.path)
    assert grown.label("features", "eye")["made_by"]["params"]["runtime"] == "onnxruntime"
    np.testing.assert_array_equal(grown.get("features", "eye")[: len(whole)], whole)


def test_grey_and_the_runtime_go_together():
    descriptor = make_descriptor("eye", ignore_color=True, runtime="onnxruntime")
    assert descriptor.params()["runtime"] == "onnxruntime"
    assert descriptor.params()["grey"] is True


def test_what_cannot_be_had_is_said_before_the_work(monkeypatch, weights):
    with pytest.raises(InputError, match="is for the CPU, and the device is cuda"):
        make_descriptor("eye", runtime="onnxruntime", device="cuda")
    with pytest.raises(InputError, match="gives the network's own pooling, not 'mean'"):
        make_descriptor("cnn:resnet10t", weights=weights, runtime="onnxruntime", pool="mean")
    with pytest.raises(InputError, match="no runtime 'onyx'"):
        make_descriptor("eye", runtime="onyx")
    result = CliRunner().invoke(main, ["describe", "nowhere", "--with", "color", "--runtime", "onnxruntime"])
    assert result.exit_code != 0
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"needs onnx and onnxruntime, not installed: pip install 'artgraph\[onnx\]'"):
        make_descriptor("eye", runtime="onnxruntime")


def test_the_runtime_is_refused_where_no_descriptor_has_a_network(tmp_path):
    toy_pictures(tmp_path / "toy", n=4)
    corpus = pipeline.ingest(tmp_path / "toy", tmp_path / "corpus")
    with pytest.raises(InputError, match="--runtime is of no use to color"):
        pipeline.run(tmp_path / "toy", out=tmp_path / "run", descriptors=("color",), runtime="onnxruntime")
    result = CliRunner().invoke(main, ["describe", str(corpus.path), "--with", "color", "--runtime", "onnxruntime"])
    assert "--runtime is of no use to color" in result.output


def test_a_network_that_onnx_does_not_know():
    class Odd(torch.nn.Module):
        def forward(self, x):
            return torch.linalg.eigvals(x[:, 0])

    with pytest.raises(InputError, match="cannot be run by onnxruntime"):
        run_by("onnxruntime", Odd(), size=8)
