"""The network that comes with artgraph."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from safetensors.torch import load_file, save_file

from artgraph import pipeline
from artgraph.descriptors import eye, make_descriptor
from artgraph.descriptors.weights import file_sha256
from artgraph.errors import InputError, WeightsError
from artgraph.evaluation import precision_at_k
from artgraph.graph import knn
from data.painter import paint
from data.painter.exhibition import catalogue

CARD = (Path(eye.__file__).parent / "MODEL_CARD.md").read_text("utf-8")
RESULTS = Path(__file__).parents[2] / "experiments" / "results"


def test_it_is_small_and_its_card_is_about_these_weights():
    network = timm.create_model(eye.BACKBONE, num_classes=0)
    assert sum(parameter.numel() for parameter in network.parameters()) <= 6e6
    assert eye.WEIGHTS.stat().st_size <= 12e6
    assert file_sha256(eye.WEIGHTS) in CARD


def test_every_figure_of_the_card_is_one_that_an_experiment_printed():
    figures = re.findall(r"<!-- ([\w-]+):([^>]+?) -->\s*\+?(-?[\d.]+)", CARD)
    assert len(figures) >= 5
    for experiment, path, shown in figures:
        value = json.loads((RESULTS / f"{experiment}.json").read_text("utf-8"))["figures"]
        for part in path.split("."):
            value = value[part]
        decimals = len(shown.partition(".")[2])
        assert f"{round(value, decimals) + 0.0:.{decimals}f}" == shown, path


def test_statistics_by_hand():
    """Two channels, 1 and 3 everywhere but for half of the second: mean, deviation, and products of the reduced."""
    network = eye.Eye().eval()
    flat = torch.zeros(1, 32, 2, 2)
    flat[:, 0], flat[:, 1, 0] = 1, 3
    network.stem = torch.nn.Identity()
    network.stages = torch.nn.ModuleList()
    reduce = torch.nn.Conv2d(32, 24, 1, bias=False)
    with torch.no_grad():
        reduce.weight.zero_()
        reduce.weight[0, 0], reduce.weight[1, 1] = 2, 1
    network.reduce = torch.nn.ModuleList([reduce])
    with torch.inference_mode():
        found = network.forward_features(flat)[0]
    assert found.shape == (2 * 32 + 300,)
    assert torch.allclose(found[:3], torch.tensor([1.0, 1.5, 0.0]))
    assert torch.allclose(found[32:35], torch.tensor([0.01, 1.5, 0.01]), atol=1e-3)
    # products of the reduced channels, mean over places, signed root: (2·2), (2·3)/2, then (3·3)/2 in the second row
    assert torch.allclose(found[64:66] ** 2, torch.tensor([4.0, 3.0]), atol=1e-3)
    assert torch.allclose(found[64 + 24] ** 2, torch.tensor(4.5), atol=1e-3)


def test_it_tells_manners_of_the_painter_apart():
    works = catalogue(seed=7)[::6]
    descriptor = make_descriptor("eye")
    descriptor.load()
    X = descriptor.embed(np.stack([descriptor.prepare(paint(work)) for work in works]))
    assert X.shape == (len(works), 256)
    X = X - X.mean(axis=0)
    found = precision_at_k(knn(X, n_neighbors=1).indices, np.array([work.style for work in works]), k=1)["precision"]
    assert found > 0.7  # by chance one in ten


def test_damaged_weights_are_refused(tmp_path):
    state = load_file(eye.WEIGHTS)
    state.pop("project.bias")
    save_file(state, tmp_path / "eye.safetensors")
    descriptor = make_descriptor("cnn:artgraph_eye", weights=tmp_path / "eye.safetensors")
    with pytest.raises(WeightsError, match=r"project\.bias"):
        descriptor.load()


def test_weights_that_nobody_uses_are_refused(tmp_path):
    from artgraph.testing import toy_corpus

    corpus = toy_corpus(tmp_path / "toy")
    with pytest.raises(InputError, match="--with gram"):
        pipeline.describe(corpus, descriptors=("eye",), weights=("resnet18.safetensors",))
    with pytest.raises(InputError, match="--with gram"):
        pipeline.run(tmp_path, tmp_path / "out", backbone="resnet18")
