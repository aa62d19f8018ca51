import dataclasses

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from artgraph.errors import InputError
from artgraph.graph import knn
from artgraph.learning.artists import artist_codes
from artgraph.vgae import VGAE, Config, encode, train_vgae
from artgraph.vgae.config import ENCODERS
from artgraph.vgae.losses import NeighborArtists, artist_terms
from artgraph.vgae.training import Run

CONVOLUTIONS = ("gcn", "sage", "gat")
QUICK = Config(latent_dim=8, epochs=8, hops=2)
WITH_EDGES = [(encoder, "cosine") for encoder in ENCODERS] + [("gcn", "dot"), ("sign", "dot")]


def agreement(Z, groups, k=5):
    return (groups[knn(Z, n_neighbors=k).indices] == groups[:, None]).mean()


@pytest.mark.parametrize(("encoder", "decoder"), WITH_EDGES)
def test_learns_which_edges_there_are(toy, encoder, decoder):
    config = Config(
        latent_dim=8, encoder=encoder, decoder=decoder, epochs=60 if encoder in CONVOLUTIONS else 8, dropout=0.0
    )
    trained = train_vgae(*toy[:2], config=config, device="cpu")
    assert trained.mu.shape == (90, 8)
    assert trained.facts["auc"] > 0.8
    assert trained.history[-1]["loss"] < trained.history[0]["loss"]
    assert trained.facts["warning"] is None
    assert agreement(trained.mu, toy[2]) > 0.95


@pytest.mark.parametrize("model", ["contrastive", "gae", "vgae"])
def test_artists_teach_and_the_lesson_holds_for_artists_never_named(thirty_artists, model):
    X, adjacency, artists = thirty_artists
    named = np.where(np.arange(len(X)) < 160, artists, None)  # of twenty artists; ten stay nameless
    unseen = slice(160, None)
    config = Config(model=model, latent_dim=16, epochs=20, hops=1, dropout=0.0)
    trained = train_vgae(X, adjacency, artists=named, config=config, device="cpu")
    before, after = (agreement(values[unseen], artists[unseen], k=3) for values in (X, trained.mu))
    assert after > before + 0.15


def test_without_names_the_artists_say_nothing(thirty_artists):
    X, adjacency, _ = thirty_artists
    config = dataclasses.replace(QUICK, epochs=3)
    blank = train_vgae(X, adjacency, artists=[None] * len(X), config=config, device="cpu")
    none = train_vgae(X, adjacency, config=config, device="cpu")
    assert blank.mu.tobytes() == none.mu.tobytes()
    assert "artist" not in none.history[0]
    assert blank.facts["selected_by"] == "nothing"
    plain = train_vgae(X, adjacency, config=dataclasses.replace(config, feature_weight=0.0), device="cpu")
    assert plain.facts["selected_by"] == "auc + ap"


def test_without_names_latents_hold_to_the_features(thirty_artists):
    X, adjacency, _ = thirty_artists

    def kept(**settings):
        config = Config(latent_dim=16, epochs=10, **settings)
        return train_vgae(X, adjacency, config=config, device="cpu").facts["neighbor_overlap"]

    assert kept() > kept(feature_weight=0.0) + 0.1


def test_without_names_latents_use_no_hops(thirty_artists):
    X, adjacency, _ = thirty_artists
    state = train_vgae(X, adjacency, config=Config(latent_dim=8, epochs=3, hops=2), device="cpu").state
    weight = state["encoder.mu.weight"]
    assert (weight[:, X.shape[1] :] == 0).all()
    assert (weight[:, : X.shape[1]] != 0).all()
    hidden = [value for name, value in state.items() if ".residual." in name]
    assert hidden
    assert not any(value.any() for value in hidden)


@pytest.mark.parametrize("model", ["vgae", "contrastive"])
def test_neighbouring_artists_are_a_term_from_the_second_epoch(thirty_artists, model):
    X, adjacency, artists = thirty_artists
    trained = train_vgae(X, adjacency, artists=artists, config=Config(model=model, latent_dim=16, epochs=3))
    assert ["neighbor_artists" in row for row in trained.history] == [False, model == "vgae", model == "vgae"]
    assert trained.facts["selected_by"] == ("nothing" if model == "vgae" else "artist_precision")
    without = Config(model=model, latent_dim=16, epochs=3, neighbor_artist_weight=0)
    trained = train_vgae(X, adjacency, artists=artists, config=without)
    assert not any("neighbor_artists" in row for row in trained.history)
    assert trained.facts["selected_by"] == "artist_precision"


def test_few_artists_have_no_neighbours(thirty_artists):
    X, adjacency, artists = thirty_artists
    artists = np.where(artists == "Artist 07", None, artists)
    history = train_vgae(X, adjacency, artists=artists, config=Config(latent_dim=16, epochs=2)).history
    assert "neighbor_artists" not in history[-1]


def test_no_part_of_the_latents_depends_on_another(thirty_artists):
    X, _, _ = thirty_artists
    encoder = VGAE(Config(latent_dim=9, hidden_dim=10, folds=2, hops=0), X.shape[1]).encoder
    for part in encoder.residual:
        torch.nn.init.ones_(part.weight)
    mu, _ = encoder(torch.tensor(X), None, lambda values: values, 1.0)
    for own, (dims, units) in enumerate(((slice(0, 5), slice(0, 5)), (slice(5, 9), slice(5, 10)))):
        (gradient,) = torch.autograd.grad(mu[:, dims].sum(), encoder.hidden.weight, retain_graph=True)
        assert gradient[units].any(), own
        gradient[units] = 0
        assert not gradient.any(), own


@pytest.mark.parametrize(("least", "most", "steps", "batch"), [(10, 100, 16, 15), (10, 12, 12, 20), (30, 100, 30, 15)])
def test_an_epoch_takes_every_painting_in_no_more_steps_than_allowed(
    thirty_artists, monkeypatch, least, most, steps, batch
):
    X, adjacency, artists = thirty_artists
    assert len(X) == 240
    monkeypatch.setattr("artgraph.vgae.training.FEWEST_STEPS", least)
    monkeypatch.setattr("artgraph.vgae.training.MOST_STEPS", most)
    run = Run(X, adjacency, artist_codes(artists, len(X)), Config(batch_size=15, epochs=1), "cpu")
    asked = []
    draw = run.edges.draw
    monkeypatch.setattr(run.edges, "draw", lambda anchors, generator: asked.append(anchors) or draw(anchors, generator))
    run.one_epoch()
    assert len(asked) == steps == run.steps
    assert max(map(len, asked)) == batch
    assert set(torch.cat(asked).tolist()) == set(range(240))


def test_each_part_of_the_latents_learns_from_the_artists_outside_its_fold(thirty_artists):
    X, adjacency, artists = thirty_artists
    run = Run(X, adjacency, artist_codes(artists, len(X)), Config(latent_dim=8, folds=2), "cpu")
    Z = torch.randn(len(X), 8, generator=torch.Generator().manual_seed(0)).requires_grad_(True)
    codes = torch.from_numpy(artist_codes(artists, len(X)))
    neighbors = NeighborArtists(Z.detach(), codes, parts=2, generator=torch.Generator().manual_seed(0))
    own = torch.stack([run.fold == 0, run.fold == 1])  # (parts, n)
    terms = artist_terms(Z, codes, own, weight=None, neighbors=neighbors, temperature=0.1)
    (terms["artist"] + terms["neighbor_artists"]).backward()
    own = own.repeat_interleave(4, dim=0).T  # (n, 8)
    assert (Z.grad[own] == 0).all()
    assert (Z.grad[~own] != 0).all()
    validation = run.validation
    assert [set(run.fold[validation.rows[rows]].tolist()) for rows in validation.works] == [{0}, {1}]


def test_baselines_that_learn_nothing(toy):
    X, adjacency, _ = toy
    np.testing.assert_array_equal(train_vgae(X, adjacency, config=Config(model="none"), device="cpu").mu, X)
    smooth = train_vgae(X, adjacency, config=Config(model="smooth"), device="cpu")
    loops = adjacency.toarray() + np.eye(len(X))
    np.testing.assert_allclose(smooth.mu, loops @ X / loops.sum(axis=1, keepdims=True), atol=1e-5)
    assert smooth.state == {}
    assert smooth.history == []


def test_same_seed_same_bytes_other_seed_other_latents_and_global_state_untouched(thirty_artists):
    X, adjacency, artists = thirty_artists
    config = dataclasses.replace(QUICK, epochs=3)
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one = train_vgae(X, adjacency, artists=artists, config=config, device="cpu")
    assert torch.equal(torch.rand(1), expected)
    two = train_vgae(X, adjacency, artists=artists, config=config, device="cpu")
    other = train_vgae(X, adjacency, artists=artists, config=dataclasses.replace(config, seed=1), device="cpu")
    assert one.mu.tobytes() == two.mu.tobytes()
    assert one.mu.tobytes() != other.mu.tobytes()


class Killed(Exception):
    """Stands for a kill."""


@pytest.mark.parametrize("encoder", ["sign", "gcn", "gat"])
def test_resumed_is_as_unbroken(thirty_artists, encoder):
    X, adjacency, artists = thirty_artists
    config = dataclasses.replace(QUICK, epochs=6, encoder=encoder)
    given = {"artists": artists, "config": config, "device": "cpu"}
    whole = train_vgae(X, adjacency, **given)
    kept = []

    def until_the_third(dump):
        kept.append(dump())
        if len(kept) == 3:
            raise Killed

    with pytest.raises(Killed):
        train_vgae(X, adjacency, checkpoint=until_the_third, **given)
    resumed = train_vgae(X, adjacency, resume=kept[-1], **given)
    assert resumed.mu.tobytes() == whole.mu.tobytes()
    assert resumed.history == whole.history


def test_the_state_is_copied_only_where_it_is_kept(toy, monkeypatch):
    X, adjacency, _ = toy
    dumped, given = [], []
    monkeypatch.setattr("artgraph.vgae.training.pack", lambda *parts: dumped.append(1))
    train_vgae(X, adjacency, config=dataclasses.replace(QUICK, epochs=3), device="cpu", checkpoint=given.append)
    assert (len(given), dumped) == (3, [])
    given[-1]()
    assert dumped == [1]


@pytest.mark.parametrize("encoder", ENCODERS)
def test_encoding_is_inductive_and_permutes_with_the_nodes(toy, encoder):
    X, adjacency, _ = toy
    config = dataclasses.replace(QUICK, epochs=3, encoder=encoder)
    trained = train_vgae(X, adjacency, config=config, device="cpu")
    mu, logstd = encode(trained.state, X, adjacency, config=config, device="cpu")
    np.testing.assert_allclose(mu, trained.mu, atol=1e-6)
    assert logstd.shape == mu.shape
    order = np.random.default_rng(0).permutation(len(X))
    permuted, _ = encode(trained.state, X[order], adjacency[order][:, order], config=config, device="cpu")
    np.testing.assert_allclose(permuted, mu[order], atol=1e-4)
    alone, _ = encode(trained.state, X[:1], csr_matrix((1, 1), dtype=np.float32), config=config, device="cpu")
    assert np.isfinite(alone).all()


@pytest.mark.parametrize("encoder", ENCODERS)
def test_isolated_duplicate_and_zero_rows(toy, encoder):
    X, adjacency = toy[0].copy(), toy[1].tolil()
    adjacency[0, :] = 0
    adjacency[:, 0] = 0
    X[1] = 0
    X[3] = X[2]
    trained = train_vgae(
        X, adjacency.tocsr(), config=dataclasses.replace(QUICK, epochs=2, encoder=encoder), device="cpu"
    )
    assert np.isfinite(trained.mu).all()
    assert np.isfinite(list(trained.history[-1].values())).all()


def test_a_heavy_kl_collapses_free_bits_do_not_and_held_out_edges_keep_an_epoch_before(toy):
    config = Config(latent_dim=8, epochs=10, learning_rate=0.1, kl_weight=100.0, dropout=0.0, feature_weight=0.0)
    heavy = train_vgae(*toy[:2], config=config, device="cpu")
    free = train_vgae(*toy[:2], config=dataclasses.replace(config, free_bits=1.0), device="cpu")
    assert heavy.history[-1]["kl"] < 0.2 < 2 < free.history[-1]["kl"]
    assert heavy.facts["epoch"] < 9


def test_patience_ends_training(toy):
    config = dataclasses.replace(QUICK, epochs=40, patience=2, feature_weight=0.0)
    facts = train_vgae(*toy[:2], config=config, device="cpu").facts
    assert facts["last_epoch"]["epoch"] < 39
    assert facts["last_epoch"]["epoch"] - facts["epoch"] <= 3


def test_decoders_by_hand():
    Z, pair = torch.tensor([[1.0, 2], [3, 4]]), torch.tensor([[0], [1]])
    assert VGAE(Config(decoder="dot"), 2).decode(Z, pair).item() == 11
    cosine = VGAE(Config(decoder="cosine"), 2).decode(Z, pair).item()
    assert cosine == pytest.approx(5 * 11 / (5**0.5 * 5) - 2, rel=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, A: (X[:5], A), "same paintings"),
        (lambda X, A: (np.where(X > 1, np.nan, X), A), "finite"),
        (lambda X, A: (X, -A), "negative weight"),
        (lambda X, A: (X, csr_matrix(A.shape, dtype=np.float32)), "too small"),
    ],
)
def test_what_cannot_be_trained_on(toy, change, message):
    with pytest.raises(InputError, match=message):
        train_vgae(*change(*toy[:2]), config=QUICK, device="cpu")


def test_contrast_without_artists_has_nothing_to_learn_from(toy):
    with pytest.raises(InputError, match="two artists with two works"):
        train_vgae(*toy[:2], config=Config(model="contrastive"), device="cpu")


@pytest.mark.parametrize(
    "wrong", [{"model": "gan"}, {"encoder": "mlp"}, {"latent_dim": 0}, {"dropout": 1.0}, {"validation_share": 0.0}]
)
def test_settings_out_of_range(wrong):
    with pytest.raises(InputError):
        Config(**wrong)


@pytest.mark.gpu
def test_gpu_agrees_with_cpu(toy):
    trained = train_vgae(*toy[:2], config=QUICK, device="cuda")
    on_cpu, _ = encode(trained.state, *toy[:2], config=QUICK, device="cpu")
    np.testing.assert_allclose(trained.mu, on_cpu, atol=1e-3)


@pytest.mark.gpu
@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("model", ["vgae", "gae", "contrastive"])
@pytest.mark.parametrize("told", [True, False])
def test_a_gpu_agrees_with_the_cpu_whatever_the_model(thirty_artists, model, encoder, told):
    X, adjacency, artists = thirty_artists
    if model == "contrastive" and not told:
        pytest.skip("nothing to learn from")
    config, names = Config(model=model, encoder=encoder, latent_dim=16, epochs=3), artists if told else None
    trained = train_vgae(X, adjacency, artists=names, config=config, device="cuda")
    assert all(np.isfinite(row["loss"]) for row in trained.history)
    assert all(not value.is_cuda for value in trained.state.values())
    there, here = (encode(trained.state, X, adjacency, config=config, device=device)[0] for device in ("cuda", "cpu"))
    assert cosines(there, here).min() > 0.9999
    there, here = (
        encode(trained.state, X, adjacency, artists=names, config=config, device=device)[0]
        for device in ("cuda", "cpu")
    )
    assert cosines(there, here).min() > 0.99  # each of Adam's steps has one length, however small the difference
    assert cosines(there, trained.mu).min() > 0.99


@pytest.mark.gpu
def test_a_gpu_goes_on_where_it_was(thirty_artists):
    X, adjacency, artists = thirty_artists
    config, kept = Config(latent_dim=16, epochs=4), []
    whole = train_vgae(
        X, adjacency, artists=artists, config=config, device="cuda", checkpoint=lambda dump: kept.append(dump())
    )
    rest = train_vgae(X, adjacency, artists=artists, config=config, device="cuda", resume=kept[1])
    assert cosines(rest.mu, whole.mu).min() > 0.99
    assert len(rest.history) == 4


def cosines(A, B):
    """Return the cosine of each row of A (n, k) with its row of B, (n,)."""
    return (A * B).sum(axis=1) / np.linalg.norm(A, axis=1) / np.linalg.norm(B, axis=1)
