import dataclasses

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from artgraph.graph.typed import hetero_data
from artgraph.vgae import VGAE, Config, encode, train_vgae
from artgraph.vgae.config import ENCODERS
from artgraph.vgae.encoders import prepare

QUICK = Config(latent_dim=8, epochs=3)
PATH = csr_matrix(np.array([[0, 2, 0, 0], [2, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]], dtype=np.float32))


def model_and_inputs(encoder, X, adjacency, **settings):
    config = dataclasses.replace(QUICK, encoder=encoder, **settings)
    return VGAE(config, X.shape[1]).eval(), prepare(config, hetero_data(X, adjacency), device="cpu")


def test_gcn_is_two_convolutions_as_kipf_and_welling(toy):
    X, adjacency, _ = toy
    model, inputs = model_and_inputs("gcn", X, adjacency)
    loops = adjacency.toarray() + np.eye(len(X))
    step = loops / np.sqrt(np.outer(loops.sum(axis=1), loops.sum(axis=1)))
    hidden, mu = (
        (layer.lin.weight.detach().numpy().T, layer.bias.detach().numpy())
        for layer in model.encoder.children()
        if layer is not model.encoder.logstd
    )
    H = np.maximum(step @ X @ hidden[0] + hidden[1], 0)
    np.testing.assert_allclose(model.encode(inputs)[0], step @ H @ mu[0] + mu[1], atol=1e-5)


def test_sage_reads_itself_and_the_weighted_mean_of_its_neighbours_by_hand():
    X = np.array([[0.0], [3.0], [9.0], [5.0]], dtype=np.float32)
    model, (features, mean) = model_and_inputs("sage", X, PATH)
    np.testing.assert_allclose(mean @ features, [[3], [3], [3], [0]])  # (2·0 + 9) / 3 in the middle; none: 0
    layer = model.encoder.hidden
    expected = layer.lin_l(mean @ features) + layer.lin_r(features)
    torch.testing.assert_close(layer(features, mean), expected)


def test_attention_depends_on_the_weights_of_edges():
    X = np.array([[0.0], [3.0], [9.0], [5.0]], dtype=np.float32)
    model, inputs = model_and_inputs("gat", X, PATH)
    _, other = model_and_inputs("gat", X, 5 * PATH)
    before, after = model.encode(inputs)[0], model.encode(other)[0]
    assert (before[:3] != after[:3]).any(dim=1).all()
    torch.testing.assert_close(before[3], after[3])


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("model", ["vgae", "gae"])
def test_shapes_and_rows(toy, encoder, model):
    X, adjacency, _ = toy
    net, inputs = model_and_inputs(encoder, X, adjacency, model=model)
    mu, logstd = net.encode(inputs)
    assert mu.shape == (90, 8)
    assert (logstd is None) == (model == "gae")
    rows = torch.tensor([5, 2, 5])
    torch.testing.assert_close(net.encode(inputs, rows)[0], mu[rows])


@pytest.mark.parametrize("encoder", ENCODERS)
def test_first_weights_follow_the_seed_and_leave_the_global_state_alone(encoder):
    before = torch.get_rng_state()
    states = [VGAE(dataclasses.replace(QUICK, encoder=encoder, seed=seed), 4).state_dict() for seed in (0, 0, 1)]
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())
    assert any(not torch.equal(value, states[2][name]) for name, value in states[0].items())


@pytest.mark.parametrize("encoder", ENCODERS)
def test_same_seed_same_bytes_with_one_thread_and_with_two(toy, encoder):
    config, found = dataclasses.replace(QUICK, encoder=encoder), []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        one, two = (train_vgae(*toy[:2], config=config, device="cpu").mu for _ in range(2))
        assert one.tobytes() == two.tobytes()
        found.append(one)
    np.testing.assert_allclose(*found, atol=1e-3)


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("n", [1, 2])
def test_few_paintings_and_no_edges_have_finite_latents(encoder, n):
    X = np.ones((n, 3), dtype=np.float32)
    state = VGAE(dataclasses.replace(QUICK, encoder=encoder), 3).state_dict()
    mu, logstd = encode(state, X, csr_matrix((n, n)), config=dataclasses.replace(QUICK, encoder=encoder), device="cpu")
    assert mu.shape == logstd.shape == (n, 8)
    assert np.isfinite(mu).all()
