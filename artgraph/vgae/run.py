"""One training run: its state between epochs, and what an epoch does."""

import json
import math
from functools import partial

import numpy as np
import torch

from artgraph.errors import InputError
from artgraph.graph.typed import SIMILAR, hetero_data
from artgraph.vgae.edges import EdgeSampler, hold_out_edges, sample_non_edges
from artgraph.vgae.encoders import prepare
from artgraph.vgae.kindred import Kindred
from artgraph.vgae.losses import artist_loss, bernoulli_edge_loss, feature_loss, kindred_loss, kl_divergence
from artgraph.vgae.model import VGAE
from artgraph.vgae.sampling import ArtistSampler, Witnesses, dropout
from artgraph.vgae.validation import FEWEST_ARTISTS, Judge, fold_artists

__all__ = ["Run"]

FEWEST_STEPS, MOST_STEPS = 10, 50  # in an epoch; beyond, batches grow, for a step costs much that no painting asks for
FULL = 512  # paintings whose features are compared where a step takes all paintings
SURVEYED = 8  # works by which an artist's kindred are found
MOST_WORKS = 4000  # that are asked for their fellows after every epoch


class Run:
    """A model in training. Every epoch draws from the seed and its number: a resumed run goes on as it would have.

    Parameters
    ----------
    X : (n, d) float32 array
    adjacency : (n, n) CSR
    codes : (n,) int array
    config : Config
    device : str
    """

    def __init__(self, X, adjacency, codes, config, device):
        self.config, self.device, self.X, self.n = config, device, X, len(X)
        rng = np.random.default_rng([config.seed, 0])
        training, *held_edges = hold_out_edges(adjacency, config.validation_share, rng)
        self.codes = codes
        folds = config.n_parts
        fold = fold_artists(codes, folds, rng) if folds > 1 else np.full(self.n, -1)
        self.folds = folds if (fold >= 0).any() else 1
        self.fold = torch.from_numpy(fold).to(device)
        asked = [  # per part of the latents, works by artists that it never saw
            np.sort(rng.permutation(np.flatnonzero(fold == part))[: MOST_WORKS // self.folds])
            for part in range(self.folds if self.folds > 1 else 0)
        ]
        self.judge = Judge(held_edges, asked, codes, device)
        self.artists = ArtistSampler(codes, config, device)
        self.use_artists = len(self.artists) > 1 and config.artist_weight > 0
        self.use_features = config.learns and not self.use_artists and config.feature_weight > 0
        self.use_kindred = (
            self.use_artists
            and config.kindred_weight > 0
            and config.model != "contrastive"
            and len(self.artists) >= FEWEST_ARTISTS
        )
        self.use_edges = config.model != "contrastive" and config.edge_weight > 0
        if not (self.use_artists or self.use_edges or not config.learns):
            raise InputError(
                f"The model '{config.model}' has nothing to learn from: it needs two artists with two works each "
                "(build the graph with artist edges; see that 'artist' is filled), or edges with a weight"
            )
        self.epoch, self.best_epoch, self.best, self.best_state, self.history = 0, 0, -math.inf, {}, []
        self.gate = Witnesses(X, device) if config.learns and self.use_artists and config.gated else None
        if not config.learns:
            return
        data = hetero_data(X, training)
        self.inputs = prepare(config, data, device=device)
        self.model = VGAE(config, X.shape[1])
        lengths = (self.inputs[0] if isinstance(self.inputs, tuple) else self.inputs).square().sum(dim=1)
        self.model.unit.fill_(max(float(lengths.mean().sqrt()), 1e-12))
        if self.use_features and not config.full_batch:
            self.model.encoder.start_from(torch.tensor(X))
        self.features = torch.tensor(X, device=device) if self.use_features else None
        self.model.to(device)
        self.full = config.full_batch or config.batch_size == 0
        self.edges = EdgeSampler(data, device)
        self.weights = data[SIMILAR].edge_weight.to(device)
        decay, free = [], list(self.model.decoder.parameters())
        for name, parameter in self.model.encoder.named_parameters():
            (free if name.endswith("bias") else decay).append(parameter)
        groups = [{"params": decay, "weight_decay": config.weight_decay}, {"params": free, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=config.learning_rate)
        anchors = max(1, len(self.edges.rows))
        self.batch = max(config.batch_size, math.ceil(anchors / MOST_STEPS))
        self.steps = 1 if self.full else max(FEWEST_STEPS, math.ceil(anchors / self.batch))

    @property
    def selected_by(self):
        """What decides which epoch is kept (str): held-out hands, held-out edges, or nothing, and it is the last.

        Where too few artists are known to hold any out, edges cannot decide for them: what hands teach costs edges.
        Nor can they where latents begin as the features, in which the edges were found: nothing predicts them better.
        Nor can hands where kindred teach, for what artists have in common is learned at the cost of telling them apart.
        """
        if not self.use_artists:
            return "nothing" if self.use_features else "auc + ap"
        return "hands" if self.folds > 1 and not self.use_kindred else "nothing"

    @property
    def finished(self):
        """Whether there is nothing more to do (bool)."""
        config = self.config
        patience = config.patience or config.n_epochs
        return not config.learns or self.epoch >= config.n_epochs or self.epoch - self.best_epoch > patience

    def one_epoch(self):
        """Train for one epoch, judge it on what was held out, and keep its weights if it is the best so far."""
        config, seed = self.config, [self.config.seed, 1, self.epoch]
        rng = np.random.default_rng(seed)
        generator = torch.Generator(self.device).manual_seed(int(rng.integers(2**62)))
        kindred, terms = self._kindred(), {}
        order = self.edges.order(generator)
        for step in range(self.steps):
            progress = (self.epoch + step / self.steps) / config.n_epochs
            for group in self.optimiser.param_groups:
                group["lr"] = config.learning_rate * min(1.0, 2 * (1 - progress))
            anchors = order if self.full else order[step * self.batch : (step + 1) * self.batch]
            if len(anchors) < 2 and not self.full:  # a small graph: its paintings are asked again
                anchors = self.edges.order(generator)[: self.batch]
            loss, parts = self._loss(anchors, kindred, rng, generator)
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            for name, value in parts.items():
                terms[name] = terms.get(name, 0.0) + value.detach() / self.steps
        figures = {"epoch": self.epoch, **{name: float(value) for name, value in terms.items()}, **self._judge()}
        self.history.append(figures)
        score = {"hands": figures.get("hands"), "auc + ap": figures["auc"] + figures["ap"], "nothing": self.epoch}
        score = score[self.selected_by]
        if not math.isfinite(figures["loss"]):
            raise InputError(f"training diverged in epoch {self.epoch}: lower the learning rate")
        self.best = max(self.best, score)
        if score >= self.best - figures.get("hands_error", 0.0):
            self.best_epoch = self.epoch
            self.best_state = {name: value.detach().cpu().clone() for name, value in self.model.state_dict().items()}
        self.epoch += 1

    def _loss(self, anchors, kindred, rng, generator):
        config, parts, pairs = self.config, {}, []
        if self.use_edges and len(anchors):
            if self.full:
                positive = torch.stack([self.edges.source, self.edges.column])
                negative = sample_non_edges(positive.shape[1], self.n, self.edges.known, generator=generator)
            else:
                positive, negative = self.edges.draw(anchors, generator)
            pairs = [positive, negative]
        works, names = self.artists.draw(rng) if self.use_artists else (anchors[:0], anchors[:0])
        held = anchors[:FULL] if self.use_features else anchors[:0]
        asked = torch.cat([pair.flatten() for pair in pairs] + [held, works])
        rows, place = (None, asked) if self.full else asked.unique(return_inverse=True)

        drop = partial(dropout, share=config.dropout, generator=generator)
        mu, logstd = self.model(self.inputs, rows, drop)
        Z = mu
        if config.model == "vgae":  # the reparametrisation trick
            Z = mu + logstd.exp() * torch.randn(mu.shape, generator=generator, device=self.device)
        loss = torch.zeros((), device=self.device)
        if pairs:
            ends = place[: 2 * sum(pair.shape[1] for pair in pairs)]
            positive, negative = ends.split([2 * pair.shape[1] for pair in pairs])
            logits = [self.model.decode(Z, pair.view(2, -1)) for pair in (positive, negative)]
            parts["similarity"] = bernoulli_edge_loss(*logits, self.weights if self.full else None)
            loss = loss + config.edge_weight * parts["similarity"]
        if len(held):
            parts["features"] = feature_loss(Z[place[len(place) - len(held) :]], self.features[held])
            loss = loss + config.feature_weight * parts["features"]
        if len(works):
            parts |= self._artist_terms(Z[place[len(place) - len(works) :]], works, names, kindred)
            loss = loss + config.artist_weight * parts["artist"]
            if kindred is not None:
                loss = loss + config.kindred_weight * parts["kindred"]
        if config.model == "vgae":
            kl = kl_divergence(mu, logstd).mean(dim=0)  # (latent_dim,)
            parts["kl"] = kl.sum()
            loss = loss + config.kl_weight * kl.clamp_min(config.free_bits).sum()
        return loss, {"loss": loss, **parts}

    def _artist_terms(self, Z, works, names, kindred):
        """Return the means over parts of the latents Z (b, latent_dim); none sees the artists of its own fold."""
        parts = Z.tensor_split(self.folds, dim=1)
        width = max(part.shape[1] for part in parts)
        parts = torch.stack([torch.nn.functional.pad(part, (0, width - part.shape[1])) for part in parts])
        own = self.fold[works] == torch.arange(self.folds, device=self.device)[:, None]  # (folds, b)
        seen, temperature = torch.where(own, -1, names), self.config.temperature
        near = None if self.gate is None else self.gate(works)  # (b, b)
        terms = {"artist": artist_loss(parts, seen, temperature=temperature, weight=near).mean()}
        if kindred is not None:
            terms["kindred"] = kindred_loss(parts, seen, kindred(names), temperature=temperature).mean()
        return terms

    def _kindred(self):
        """Return which artists paint alike by the latents so far (Kindred), or None."""
        if not self.use_kindred or self.epoch == 0:
            return None
        rng = np.random.default_rng([self.config.seed, 3, self.epoch])
        rows, artists = self.artists.survey(rng, works=SURVEYED)
        generator = torch.Generator(self.device).manual_seed(int(rng.integers(2**62)))
        return Kindred(self._encoded(rows), artists, parts=self.folds, generator=generator)

    def _judge(self):
        return self.judge(self.model.decode, self._encoded(self.judge.rows))

    def _encoded(self, rows):
        """Return the means of ``rows`` (r,), without gradients: (r, latent_dim)."""
        self.model.eval()
        mu, _ = self.model.encode(self.inputs, rows)
        self.model.train()
        return mu

    def facts(self, mu):
        """Return kept and last epoch and their figures (dict); for a model without weights, those of mu (n, k)."""
        rows = self.judge.rows.cpu().numpy()
        if not self.config.learns:
            mu = torch.nn.functional.normalize(torch.tensor(mu[rows]), dim=1)
            scores = self.judge(lambda Z, pairs: (Z[pairs[0]] * Z[pairs[1]]).sum(dim=1), mu, split=False)
            return {name: round(value, 4) for name, value in scores.items()}
        kept, last = ({k: round(v, 4) for k, v in self.history[at].items()} for at in (self.best_epoch, -1))
        before = None
        if self.folds > 1:
            before = round(self.judge.hands(torch.tensor(self.X[rows], device=self.device), split=False)[0], 4)
        return {
            **kept,
            "last_epoch": last,
            "hands_of_features": before,
            "held_out": {"edges": self.judge.edges[0].shape[1], "works": sum(map(len, self.judge.works))},
            "selected_by": self.selected_by,
        }

    def dump(self):
        """Return all that is needed to go on from here: dict of str to CPU tensor."""
        progress = {"epoch": self.epoch, "best_epoch": self.best_epoch, "best": self.best, "history": self.history}
        tensors = {"progress": torch.frombuffer(bytearray(json.dumps(progress).encode()), dtype=torch.uint8)}
        tensors |= {f"model.{name}": value for name, value in self.model.state_dict().items()}
        tensors |= {f"best.{name}": value for name, value in self.best_state.items()}
        for number, moments in self.optimiser.state_dict()["state"].items():
            tensors |= {f"adam.{number}.{name}": value for name, value in moments.items()}
        return {name: value.detach().cpu().clone() for name, value in tensors.items()}

    def load(self, tensors):
        """Go on from what ``dump`` returned."""

        def part(prefix):
            return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}

        progress = json.loads(bytes(tensors["progress"].numpy()).decode())
        self.epoch, self.best_epoch = progress["epoch"], progress["best_epoch"]
        self.best, self.history, self.best_state = progress["best"], progress["history"], part("best.")
        self.model.load_state_dict(part("model."))
        state = self.optimiser.state_dict()
        for name, value in part("adam.").items():
            number, _, moment = name.partition(".")
            state["state"].setdefault(int(number), {})[moment] = value
        self.optimiser.load_state_dict(state)
