"""Training; which step to keep is decided by artists whose names were held out, never by style."""

import json
import math
import time
from dataclasses import asdict
from typing import NamedTuple

import numpy as np
import torch
from timm.utils import ModelEmaV3
from torch import nn
from torch.nn.functional import cross_entropy, normalize

from artgraph.descriptors.preprocess import resize_crop
from artgraph.descriptors.tuning.config import TuningConfig
from artgraph.descriptors.tuning.loader import Loader, WorkSampler
from artgraph.descriptors.tuning.network import optimiser, precision_of
from artgraph.errors import InputError
from artgraph.vgae.losses import artist_loss
from artgraph.vgae.validation import hand_precision, hold_out_artists

__all__ = ["Run", "Tuning", "train_descriptor"]

EMBED_BATCH = 64
PROJECTION = 128  # dimensions in which cut-outs of one picture are compared


class Tuning(NamedTuple):
    """What a tuning leaves.

    Attributes
    ----------
    state : dict of str to tensor
        The weights of the kept step, under timm's names.
    history : list of dict
        Per check: the step, means of the terms of the loss since the last, ``hands`` on held-out artists.
    facts : dict
        Settings, kept step, who was held out, figures before and after.
    """

    state: dict
    history: list
    facts: dict


def train_descriptor(
    paths,
    start,
    *,
    hands=None,
    subjects=None,
    config=None,
    device="cpu",
    workers=2,
    tell=lambda text: None,
    progress=None,
    resume=None,
    checkpoint=None,
):
    """Tune a network on a collection, so that works of one hand (or cut-outs of one picture) come near each other.

    Parameters
    ----------
    paths : (n,) sequence of Path
        The pictures.
    start : Start
        The network, and what it starts from.
    hands : (n,) int array, optional
        Artist of each painting, -1 where none may be linked. None: no names.
    subjects : (n,) int array, optional
        What is shown, -1 where unknown; see ``WorkSampler``.
    config : TuningConfig, optional
    device : str
    workers : int
        Threads that decode.
    tell : callable(str), optional
        Is told how long it will take, before it starts.
    progress : callable(step, steps), optional
    resume : dict of str to tensor, optional
        A checkpoint to go on from.
    checkpoint : callable(callable() -> dict of str to tensor), optional
        Is called after every step with a function that returns all that is needed to go on.

    Returns
    -------
    Tuning

    Raises
    ------
    InputError
        Fewer than two artists with two works each where names are to teach, or fewer than four pictures.
    """
    run = Run(paths, start, hands=hands, subjects=subjects, config=config, device=device, workers=workers)
    if resume is not None:
        run.load(resume)
    tell(run.forecast())
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
    """A network in training. Every step draws from the seed and its number: a resumed run goes on as it would have.

    Parameters are those of ``train_descriptor``.
    """

    def __init__(self, paths, start, *, hands=None, subjects=None, config=None, device="cpu", workers=2):
        self.config = config = config or TuningConfig()
        self.start, self.device = start, device
        n = len(paths)
        hands = np.full(n, -1) if hands is None else np.asarray(hands)
        if n < 4 or len(hands) != n:
            raise InputError(f"{len(hands)} artists for {n} pictures; four pictures are the least to learn from")
        rng = np.random.default_rng([config.seed, 0])
        known, held = hold_out_artists(hands, config.validation_share, rng)
        self.hands, self.held = hands, _whole_artists(held, hands, config.validation_works)
        sampler = WorkSampler(known, config, subjects=subjects)
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
        self.proxies = nn.Parameter(0.05 * torch.randn(int(hands.max()) + 1, width, generator=generator).to(device))
        self.head = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, PROJECTION))
        with torch.no_grad():
            for parameter in self.head.parameters():
                bound = parameter.shape[-1] ** -0.5
                parameter.uniform_(-bound, bound, generator=generator)
        self.head.to(device)
        self.ema = ModelEmaV3(self.network, decay=config.ema_decay, use_warmup=True)
        self.optimiser = optimiser(self.network, config, extra=[self.proxies, *self.head.parameters()])
        self.step, self.best_step, self.best, self.best_state = 0, 0, -math.inf, {}
        self.history, self.terms = [], []

    @property
    def finished(self):
        """Whether held-out artists have not been found better for long enough (bool)."""
        since = sum(row["step"] > self.best_step for row in self.history)
        return self.config.patience is not None and len(self.held) > 0 and since > self.config.patience

    def forecast(self):
        """Time one step that teaches nothing; return a sentence (str) on how long the rest will take."""
        batch = next(self.loader.steps(self.step, self.step + 1))
        buffers = [(buffer, buffer.clone()) for buffer in self.network.buffers()]  # batch norm has a memory
        self._loss(batch)[0].backward()  # the first is slower
        started = time.perf_counter()
        self._loss(batch)[0].backward()
        seconds = time.perf_counter() - started
        self.optimiser.zero_grad()
        for buffer, before in buffers:
            buffer.copy_(before)
        left = self.steps - self.step
        minutes = math.ceil(left * seconds / 60)
        return (
            f"{left} steps of {batch.pixels.shape[0] * batch.pixels.shape[1]} pictures at {self.start.size} pixels in "
            f"{str(self.dtype).removeprefix('torch.')}, {seconds:.2g} s each: about {minutes} min on {self.device}"
        )

    def one_step(self, batch):
        """Learn from one ``Batch``."""
        config = self.config
        warm, done = max(1, round(config.warm_up * self.steps)), self.step / self.steps
        rate = config.rate * min(1.0, (self.step + 1) / warm) * 0.5 * (1 + math.cos(math.pi * done))
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["lr_scale"]
        loss, terms = self._loss(batch)
        if not torch.isfinite(loss):
            raise InputError(f"training diverged in step {self.step}: lower the learning rate")
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), config.clip)
        self.optimiser.step()
        self.step += 1
        self.ema.update(self.network, step=self.step)
        self.terms.append({name: float(value) for name, value in terms.items()})

    def _loss(self, batch):
        config, terms = self.config, {}
        views = batch.pixels.shape[0]
        x = self.start.normalise(batch.pixels.reshape(-1, *batch.pixels.shape[2:]), self.device)  # (v·b, 3, h, w)
        on = torch.device(self.device)
        with torch.random.fork_rng(devices=[] if on.type == "cpu" else [on]), self._autocast():
            torch.manual_seed(config.seed + self.step)  # of dropout
            Z = self.network(x)
        Z = Z.float()  # (v·b, d)
        hands = torch.from_numpy(batch.hands).to(self.device).repeat(views)
        works = torch.from_numpy(batch.works).to(self.device).repeat(views)
        if config.objective != "simclr":
            different = (works[:, None] != works).float()  # manner is what two works share, not two cut-outs of one
            terms["artist"] = artist_loss(
                Z, hands, temperature=config.temperature, weight=different if views > 1 else None
            )
            if config.proxy_weight:
                cosines = normalize(Z, dim=1) @ normalize(self.proxies, dim=1).T
                smooth = config.label_smoothing
                terms["proxy"] = cross_entropy(config.proxy_scale * cosines, hands, label_smoothing=smooth)
        if config.objective != "artist":
            terms["pictures"] = artist_loss(self.head(Z), works, temperature=config.temperature)
        weights = {"proxy": config.proxy_weight}
        loss = sum(weights.get(name, 1.0) * value for name, value in terms.items())
        return loss, {"loss": loss.detach(), **{name: value.detach() for name, value in terms.items()}}

    def check(self):
        """Ask held-out artists; keep the weights unless their hands are told apart clearly less well than before."""
        row = {"step": self.step}
        if self.terms:
            row |= {name: float(np.mean([terms[name] for terms in self.terms])) for name in self.terms[0]}
        self.terms = []
        network = self.start.at_its_side(self.ema.module)
        score = float(self.step)  # where nobody is held out, the last is kept
        if len(self.held):
            row["hands"], row["hands_error"] = hand_precision(self.embed(network, self.held), self.hands[self.held])
            score = row["hands"]
        self.history.append(row)
        self.best = max(self.best, score)
        if score >= self.best - row.get("hands_error", 0.0):  # no worse than the best, as far as these hands can tell
            self.best_step, self.best_state = self.step, _copied(network.state_dict())

    @torch.inference_mode()
    def embed(self, network, rows):
        """Return the features of works (r,) by a network that takes pictures of the usual side: (r, d) float32."""
        config, parts = self.start.config, []
        for at in range(0, len(rows), EMBED_BATCH):
            pictures = [self.loader.picture(int(row)) for row in rows[at : at + EMBED_BATCH]]
            squares = [resize_crop(picture, self.start.side, mode=config["crop_mode"]) for picture in pictures]
            x = self.start.normalise(np.stack(squares), self.device)
            with self._autocast():
                parts.append(network(x).float())
        return torch.cat(parts)

    def _autocast(self):
        return torch.autocast(torch.device(self.device).type, self.dtype, enabled=self.dtype != torch.float32)

    def facts(self):
        """Return what the label says (dict)."""
        asked = [row["hands"] for row in self.history if "hands" in row]
        return {
            "config": asdict(self.config),
            "steps": self.steps,
            "step": self.best_step,
            "selected_by": "hands" if len(self.held) else "nothing",
            "held_out": {"artists": len(np.unique(self.hands[self.held])), "works": len(self.held)},
            "hands_before": asked[0] if asked else None,
            "hands": {row["step"]: row.get("hands") for row in self.history}.get(self.best_step),
            "precision": str(self.dtype).removeprefix("torch."),
        }

    def dump(self):
        """Return all that is needed to go on from here: dict of str to CPU tensor."""
        progress = {"step": self.step, "best_step": self.best_step, "best": self.best, "history": self.history}
        progress["terms"] = self.terms
        tensors = {"progress": torch.frombuffer(bytearray(json.dumps(progress).encode()), dtype=torch.uint8)}
        for prefix, part in self._parts().items():
            tensors |= {f"{prefix}.{name}": value for name, value in part.items()}
        tensors |= {f"best.{name}": value for name, value in self.best_state.items()}
        for number, moments in self.optimiser.state_dict()["state"].items():
            tensors |= {f"adam.{number}.{name}": value for name, value in moments.items()}
        return _copied(tensors)

    def load(self, tensors):
        """Go on from what ``dump`` returned."""

        def part(prefix):
            return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}

        progress = json.loads(bytes(tensors["progress"].numpy()).decode())
        for name in ("step", "best_step", "best", "history", "terms"):
            setattr(self, name, progress[name])
        self.best_state = part("best.")
        for prefix, own in self._parts().items():
            stored = part(f"{prefix}.")
            with torch.no_grad():
                for name, value in own.items():
                    value.copy_(stored[name])
        state = self.optimiser.state_dict()
        for name, value in part("adam.").items():
            number, _, moment = name.partition(".")
            state["state"].setdefault(int(number), {})[moment] = value
        self.optimiser.load_state_dict(state)

    def _parts(self):
        """Return everything that learns, by name (dict of dict of str to tensor)."""
        return {
            "network": self.network.state_dict(),
            "ema": self.ema.module.state_dict(),
            "head": self.head.state_dict(),
            "proxies": {"weight": self.proxies.data},
        }


def _copied(tensors):
    """Return copies on the CPU (dict), each in the order of its axes, as safetensors asks."""
    return {name: value.detach().cpu().clone(memory_format=torch.contiguous_format) for name, value in tensors.items()}


def _whole_artists(rows, hands, most):
    """Return as many of the works ``rows`` as there may be, all works of an artist or none (at least two artists)."""
    names, first = np.unique(hands[rows], return_index=True)
    names = names[np.argsort(first)]
    sizes = np.cumsum([np.count_nonzero(hands[rows] == name) for name in names])
    kept = names[: max(2, int(np.searchsorted(sizes, most, side="right")))]
    return rows[np.isin(hands[rows], kept)]
