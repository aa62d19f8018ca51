"""Training; which step to keep is decided by artists whose names were held out, never by style."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from timm.utils import ModelEmaV3
from torch import nn
from torch.nn.functional import cross_entropy, normalize

from artgraph.descriptors.preprocess import resize_crop
from artgraph.descriptors.tuning.config import TuningConfig
from artgraph.descriptors.tuning.loader import Batch, Loader
from artgraph.descriptors.tuning.network import Start, make_optimizer, precision_of
from artgraph.errors import InputError
from artgraph.learning.artists import WorkSampler, hold_out_artists
from artgraph.learning.checkpoint import on_cpu, pack, unpack
from artgraph.learning.contrastive import contrastive_loss, same_group
from artgraph.learning.measures import artist_precision

__all__ = ["Run", "Tuning", "train_descriptor"]

EMBED_BATCH = 64
PROJECTION = 128  # dimensions in which cut-outs of one picture are compared


class Tuning(NamedTuple):
    """What a tuning leaves.

    Attributes
    ----------
    state : The weights of the kept step, under timm's names.
    history : Per check: step, means of the loss terms since the last, artist_precision among held-out artists.
    facts : Settings, kept step, who was held out, figures before and after.
    """

    state: dict[str, torch.Tensor]
    history: list[dict]
    facts: dict


def train_descriptor(
    paths: Sequence[Path],
    start: Start,
    *,
    artists: np.ndarray | None = None,
    subjects: np.ndarray | None = None,
    config: TuningConfig | None = None,
    device: str = "cpu",
    workers: int = 2,
    tell: Callable[[str], object] = lambda text: None,
    progress: Callable[[int, int], object] | None = None,
    resume: dict[str, torch.Tensor] | None = None,
    checkpoint: Callable[[Callable[[], dict[str, torch.Tensor]]], object] | None = None,
) -> Tuning:
    """Tune a network on a collection, so that works by one artist (or cut-outs of one picture) come near each other.

    Parameters
    ----------
    paths : Of n pictures, four at least.
    start : The network, and what it starts from.
    artists : (n,) int, artist of each painting, -1 where none may be linked. None: no names. Two artists with two works
        each are needed unless the objective is "simclr".
    subjects : (n,) int, what is shown, -1 where unknown; see ``artgraph.learning.artists.WorkSampler``.
    config, device : Default: ``TuningConfig()`` on the CPU.
    workers : Threads that decode.
    tell : Is given a sentence on how much there is to do, before it starts.
    progress : Called with (step, steps); how long it will take shows only once some steps are done.
    resume : A checkpoint to go on from.
    checkpoint : Is called after every step with a function that returns all that is needed to go on.
    """
    run = Run(paths, start, artists=artists, subjects=subjects, config=config, device=device, workers=workers)
    if resume is not None:
        run.load(resume)
    tell(run.size())
    if not run.history:
        run.check()
    for batch in run.loader.steps(run.step, run.steps):
        run.one_step(batch)
        if run.step % run.interval == 0 or run.step == run.steps:
            run.check()
        if checkpoint is not None:
            checkpoint(run.dump)
        if progress is not None:
            progress(run.step, run.steps)
        if run.finished:
            break
    return Tuning(run.best_state, run.history, run.facts())


class Run:
    """A network in training, with the parameters of ``train_descriptor``.

    Every step draws from the seed and its number: a resumed run goes on as it would have.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        start: Start,
        *,
        artists: np.ndarray | None = None,
        subjects: np.ndarray | None = None,
        config: TuningConfig | None = None,
        device: str = "cpu",
        workers: int = 2,
    ) -> None:
        self.config = config = config or TuningConfig()
        self.start, self.device = start, device
        n = len(paths)
        self.artists = artists = np.full(n, -1) if artists is None else np.asarray(artists)
        if n < 4 or len(artists) != n:
            raise InputError(f"{len(artists)} artists for {n} pictures; four pictures are the least to learn from")
        rng = np.random.default_rng([config.seed, 0])
        known, self.held = hold_out_artists(artists, config.validation_share, rng, most_works=config.validation_works)
        sampler = WorkSampler(
            known,
            artists_per_batch=config.artists_per_batch,
            works_per_artist=config.works_per_artist,
            subjects=subjects,
        )
        if config.objective != "simclr" and sampler.artists < 2:
            raise InputError(
                f"The objective '{config.objective}' needs two artists with two works each; there are {sampler.artists}"
                ". Fill the column 'artist', or take --objective simclr, which needs no names."
            )
        self.loader = Loader(paths, sampler, size=start.size, side=start.side, config=config, workers=workers)
        self.steps = config.n_steps(n)
        self.interval = max(1, math.ceil(self.steps / config.checks))
        self.network = start.network(config.seed).to(device, memory_format=torch.channels_last)
        if config.checkpointing:
            try:
                self.network.set_grad_checkpointing(True)
            except (AssertionError, AttributeError, ValueError) as error:
                raise InputError(f"'{start.backbone}' cannot compute its activations again: {error}") from error
        self.dtype = precision_of(config, device)
        width = self.network.num_features
        generator = torch.Generator().manual_seed(config.seed)
        self.proxies = nn.Parameter(0.05 * torch.randn(int(artists.max()) + 1, width, generator=generator).to(device))
        self.head = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, PROJECTION))
        with torch.no_grad():
            for parameter in self.head.parameters():
                bound = parameter.shape[-1] ** -0.5
                parameter.uniform_(-bound, bound, generator=generator)
        self.head.to(device)
        self.ema = ModelEmaV3(self.network, decay=config.ema_decay, use_warmup=True)
        self.optimizer = make_optimizer(self.network, config, extra=[self.proxies, *self.head.parameters()])
        self.step, self.best_step, self.best, self.best_state = 0, 0, -math.inf, {}
        self.history, self.terms = [], []

    @property
    def finished(self) -> bool:
        """Whether precision among held-out artists has not grown for long enough."""
        since = sum(row["step"] > self.best_step for row in self.history)
        return self.config.patience is not None and len(self.held) > 0 and since > self.config.patience

    def size(self) -> str:
        """Return a sentence on how many steps are left; how long they take is known once some are done."""
        dtype = str(self.dtype).removeprefix("torch.")
        return f"{self.steps - self.step} steps at {self.start.size} pixels in {dtype} on {self.device}"

    def one_step(self, batch: Batch) -> None:
        """Learn from one ``Batch``."""
        config = self.config
        warm, done = max(1, round(config.warm_up * self.steps)), self.step / self.steps
        rate = config.rate * min(1.0, (self.step + 1) / warm) * 0.5 * (1 + math.cos(math.pi * done))
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["lr_scale"]
        loss, terms = self._loss(batch)
        if not torch.isfinite(loss):
            raise InputError(f"training diverged in step {self.step}: lower the learning rate")
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), config.clip)
        self.optimizer.step()
        self.step += 1
        self.ema.update(self.network, step=self.step)
        self.terms.append({name: float(value) for name, value in terms.items()})

    def _loss(self, batch: Batch) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        config, terms = self.config, {}
        views = batch.pixels.shape[0]
        x = self.start.normalise(batch.pixels.reshape(-1, *batch.pixels.shape[2:]), self.device)  # (v·b, 3, h, w)
        on = torch.device(self.device)
        with torch.random.fork_rng(devices=[] if on.type == "cpu" else [on]), self._autocast():
            torch.manual_seed(config.seed + self.step)  # of dropout
            Z = self.network(x)
        Z = Z.float()  # (v·b, d)
        artists = torch.from_numpy(batch.artists).to(self.device).repeat(views)
        works = torch.from_numpy(batch.works).to(self.device).repeat(views)
        if config.objective != "simclr":
            # manner is what two works share, not two cut-outs of one
            different = (works[:, None] != works).float() if views > 1 else None
            terms["artist"] = contrastive_loss(Z, same_group(artists), weight=different, temperature=config.temperature)
            if config.proxy_weight:
                cosines = normalize(Z, dim=1) @ normalize(self.proxies, dim=1).T
                smooth = config.label_smoothing
                terms["proxy"] = cross_entropy(config.proxy_scale * cosines, artists, label_smoothing=smooth)
        if config.objective != "artist":
            terms["pictures"] = contrastive_loss(self.head(Z), same_group(works), temperature=config.temperature)
        weights = {"proxy": config.proxy_weight}
        loss = sum(weights.get(name, 1.0) * value for name, value in terms.items())
        return loss, {"loss": loss.detach(), **{name: value.detach() for name, value in terms.items()}}

    def check(self) -> None:
        """Measure precision among held-out artists; keep the weights unless it is clearly lower than before."""
        row = {"step": self.step}
        if self.terms:
            row |= {name: float(np.mean([terms[name] for terms in self.terms])) for name in self.terms[0]}
        self.terms = []
        network = self.start.at_its_side(self.ema.module)
        score = float(self.step)  # where nobody is held out, the last is kept
        if len(self.held):
            score, error = artist_precision(self.embed(network, self.held), self.artists[self.held])
            row |= {"artist_precision": score, "artist_precision_error": error}
        self.history.append(row)
        self.best = max(self.best, score)
        if score >= self.best - row.get("artist_precision_error", 0.0):  # within the error of the best
            self.best_step, self.best_state = self.step, on_cpu(network.state_dict())

    @torch.inference_mode()
    def embed(self, network: nn.Module, rows: np.ndarray) -> torch.Tensor:
        """Return the features of works (r,) by a network that takes pictures of the usual side: (r, d) float32."""
        config, parts = self.start.config, []
        for at in range(0, len(rows), EMBED_BATCH):
            pictures = [self.loader.picture(int(row)) for row in rows[at : at + EMBED_BATCH]]
            squares = [resize_crop(picture, self.start.side, mode=config["crop_mode"]) for picture in pictures]
            x = self.start.normalise(np.stack(squares), self.device)
            with self._autocast():
                parts.append(network(x).float())
        return torch.cat(parts)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(torch.device(self.device).type, self.dtype, enabled=self.dtype != torch.float32)

    def facts(self) -> dict:
        """Return what the label says."""
        precision = {row["step"]: row["artist_precision"] for row in self.history if "artist_precision" in row}
        return {
            "config": asdict(self.config),
            "steps": self.steps,
            "step": self.best_step,
            "selected_by": "artist_precision" if len(self.held) else "nothing",
            "held_out": {"artists": len(np.unique(self.artists[self.held])), "works": len(self.held)},
            "artist_precision_before": next(iter(precision.values()), None),
            "artist_precision": precision.get(self.best_step),
            "precision": str(self.dtype).removeprefix("torch."),
        }

    def dump(self) -> dict[str, torch.Tensor]:
        """Return all that is needed to go on from here, on the CPU."""
        progress = {name: getattr(self, name) for name in ("step", "best_step", "best", "history", "terms")}
        return pack(progress, {**self._parts(), "best": self.best_state}, self.optimizer)

    def load(self, tensors: dict[str, torch.Tensor]) -> None:
        """Go on from what ``dump`` returned."""
        progress, parts = unpack(tensors, self.optimizer)
        for name, value in progress.items():
            setattr(self, name, value)
        self.best_state = parts.get("best", {})
        with torch.no_grad():
            for prefix, own in self._parts().items():
                for name, value in own.items():
                    value.copy_(parts[prefix][name])

    def _parts(self) -> dict[str, dict[str, torch.Tensor]]:
        """Return everything that learns, by name."""
        return {
            "network": self.network.state_dict(),
            "ema": self.ema.module.state_dict(),
            "head": self.head.state_dict(),
            "proxies": {"weight": self.proxies.data},
        }
