import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from artgraph.errors import InputError
from artgraph.graph import jaccard_weights, knn
from artgraph.vgae import VGAE, Config, bernoulli_edge_loss, encode, kl_divergence, normalised_adjacency, train_vgae
from artgraph.vgae.training import _sample_non_edges, pick_device

QUICK = Config(hidden_dim=16, latent_dim=8, epochs=30)


@pytest.fixture(scope="module")
def graph():
    from artgraph.testing import toy_features

    X, groups = toy_features(90)
    return X, jaccard_weights(knn(X, n_neighbors=8).indices), groups


def test_kl_equals_torch_distributions():
    mu, logstd = torch.randn(5, 3), torch.randn(5, 3)
    expected = torch.distributions.kl_divergence(
        torch.distributions.Normal(mu, logstd.exp()), torch.distributions.Normal(0.0, 1.0)
    )
    torch.testing.assert_close(kl_divergence(mu, logstd), expected)


def test_edge_loss_by_hand():
    loss = bernoulli_edge_loss(torch.tensor([0.0, 2.0]), torch.tensor([-1.0]), torch.tensor([1.0, 3.0]))
    sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    expected = -(0.5 * np.log(sigmoid(0)) + 1.5 * np.log(sigmoid(2))) / 2 - np.log(sigmoid(1))
    assert loss.item() == pytest.approx(expected, rel=1e-6)


def test_edge_loss_does_not_saturate():
    logits = torch.tensor([-200.0], requires_grad=True)
    bernoulli_edge_loss(logits, torch.tensor([-1.0])).backward()
    assert logits.grad.item() == pytest.approx(-1)


def test_propagation_is_kipf_and_welling(graph):
    _, adjacency, _ = graph
    coo, n = adjacency.tocoo(), adjacency.shape[0]
    edges = torch.from_numpy(np.stack([coo.row, coo.col]).astype(np.int64))
    index, weight = normalised_adjacency(edges, torch.from_numpy(coo.data), n)
    got = csr_matrix((weight.numpy(), index.numpy()), shape=(n, n)).toarray()
    loops = adjacency.toarray() + np.eye(n)
    scale = 1 / np.sqrt(loops.sum(axis=1))
    np.testing.assert_allclose(got, scale[:, None] * loops * scale, atol=1e-6)


def test_learns_which_edges_there_are(graph):
    trained = train_vgae(graph[0], graph[1], config=QUICK, device="cpu")
    assert trained.mu.shape == (90, 8)
    assert trained.facts["auc"] > 0.8
    assert trained.history[-1]["loss"] < trained.history[0]["loss"]
    assert trained.facts["warning"] is None
    groups = graph[2]
    near = knn(trained.mu, n_neighbors=5).indices
    assert (groups[near] == groups[:, None]).mean() > 0.95


def test_same_seed_same_bytes_other_seed_other_latents_and_global_state_untouched(graph):
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one = train_vgae(graph[0], graph[1], config=QUICK, device="cpu")
    assert torch.equal(torch.rand(1), expected)
    two = train_vgae(graph[0], graph[1], config=QUICK, device="cpu")
    other = train_vgae(graph[0], graph[1], config=Config(16, 8, epochs=30, seed=1), device="cpu")
    assert one.mu.tobytes() == two.mu.tobytes()
    assert one.mu.tobytes() != other.mu.tobytes()


def test_encoding_is_inductive_and_permutes_with_the_nodes(graph):
    X, adjacency, _ = graph
    trained = train_vgae(X, adjacency, config=QUICK, device="cpu")
    mu, _ = encode(trained.state, X, adjacency, config=QUICK, device="cpu")
    np.testing.assert_allclose(mu, trained.mu, atol=1e-6)
    order = np.random.default_rng(0).permutation(len(X))
    permuted, _ = encode(trained.state, X[order], adjacency[order][:, order], config=QUICK, device="cpu")
    np.testing.assert_allclose(permuted, mu[order], atol=1e-4)
    alone, _ = encode(trained.state, X[:1], csr_matrix((1, 1), dtype=np.float32), config=QUICK, device="cpu")
    assert np.isfinite(alone).all()


def test_isolated_nodes_get_finite_latents(graph):
    X, adjacency, _ = graph
    lonely = adjacency.tolil()
    lonely[0, :] = 0
    lonely[:, 0] = 0
    assert np.isfinite(train_vgae(X, lonely.tocsr(), config=QUICK, device="cpu").mu).all()


def test_sampled_pairs_are_no_edges():
    known = torch.tensor([0 * 4 + 1, 1 * 4 + 2])
    pairs = _sample_non_edges(200, 4, known, torch.Generator().manual_seed(0))
    assert pairs.shape == (2, 200)
    assert {tuple(sorted(pair)) for pair in pairs.T.tolist()} == {(0, 2), (0, 3), (1, 3), (2, 3)}


def test_decoder_is_a_dot_product():
    Z = torch.tensor([[1.0, 2], [3, 4]])
    assert VGAE.decode(Z, torch.tensor([[0], [1]])).item() == 11


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, A: (X[:5], A), "same paintings"),
        (lambda X, A: (np.where(X > 1, np.nan, X), A), "finite"),
        (lambda X, A: (X, csr_matrix(A.shape, dtype=np.float32)), "too small"),
    ],
)
def test_what_cannot_be_trained_on(graph, change, message):
    with pytest.raises(InputError, match=message):
        train_vgae(*change(*graph[:2]), config=QUICK, device="cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_an_error():
    assert pick_device("auto") == "cpu"
    with pytest.raises(InputError, match="no GPU"):
        pick_device("cuda")
