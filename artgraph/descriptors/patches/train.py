"""Training the InfoVAE on the windows of many paintings, and encoding windows with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from artgraph.descriptors.patches.infovae import Decoder, Encoder, infovae_loss
from artgraph.descriptors.patches.windows import WINDOW, overlaps
from artgraph.errors import InputError
from artgraph.learning.contrastive import contrastive_loss

__all__ = ["InfoVAEConfig", "TrainedInfoVAE", "decode", "encode", "train_infovae"]

GROUP = 4  # windows of one painting that stand in a batch together
ENCODE_BATCH = 256


@dataclass(frozen=True)
class InfoVAEConfig:
    """Everything that the model depends on besides the windows."""

    latent_dim: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    epochs: int = 5
    batch_size: int = 128
    mmd_weight: float = 0.1  # beside a reconstruction error that is a mean over pixels
    same_painting_weight: float = 0.0  # of drawing windows of one painting together; 0: as published
    windows_per_epoch: int = 6144  # at most; other windows in every epoch
    seed: int = 0


class TrainedInfoVAE(NamedTuple):
    """What training leaves.

    Attributes
    ----------
    encoder, decoder : Weights, and the running statistics of batch norm.
    history : Means over each epoch: ``reconstruction`` (mean squared error, pixels in 0 … 1), ``mmd``,
        ``same_painting``.
    """

    encoder: dict[str, np.ndarray]
    decoder: dict[str, np.ndarray]
    history: dict[str, np.ndarray]


def train_infovae(
    windows: np.ndarray, *, boxes: np.ndarray | None = None, config: InfoVAEConfig | None = None, device: str = "cpu"
) -> TrainedInfoVAE:
    """Learn codes from which windows can be drawn again, distributed like a normal distribution.

    The loss is ``infovae_loss`` + same_painting_weight · ``contrastive_loss`` with the windows of one painting as
    positives: no style and no artist is read. Windows that share pixels are left out of the comparison, or codes would
    learn to find pixels again. A batch holds up to four windows of a painting. The result depends on the seed, and on
    nothing else that is random; the same bytes on the same machine.

    Parameters
    ----------
    windows : (n, m, 64, 64) or (n, m, 64, 64, c) uint8, m windows of each of n paintings; two in all at least.
    boxes : (n, m, 3) float array, x, y and side of each window, in any one unit per painting: which windows share
        pixels. Default: none do.
    config : Default: ``InfoVAEConfig()``.
    device : A torch device.
    """
    config = config or InfoVAEConfig()
    windows = np.asarray(windows)
    if windows.dtype != np.uint8 or windows.ndim not in (4, 5) or windows.shape[2:4] != (WINDOW, WINDOW):
        raise InputError(f"Windows are uint8 (n, m, 64, 64) or (n, m, 64, 64, c), not {windows.dtype} {windows.shape}.")
    n, m = windows.shape[:2]
    if n * m < 2:
        raise InputError(f"{n * m} windows are too few to learn from; 2 is the least.")
    boxes = np.tile(np.arange(m)[:, None] * [2, 0, 0] + [0, 0, 1], (n, 1, 1)) if boxes is None else np.asarray(boxes)
    channels = windows.shape[4] if windows.ndim == 5 else 1
    rng, generator = np.random.default_rng(config.seed), torch.Generator().manual_seed(config.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        encoder, decoder = Encoder(channels, config.latent_dim), Decoder(channels, config.latent_dim)
    for module in (encoder, decoder):
        module.to(device, memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(
        [*encoder.parameters(), *decoder.parameters()], lr=config.learning_rate, weight_decay=config.weight_decay
    )
    history = []
    for _ in range(config.epochs):
        steps = []
        for painting, window in _batches(n, m, config, rng):
            batch = _pixels(windows[painting, window]).to(device)
            codes = encoder(batch)  # (b, latent_dim)
            prior = torch.randn(codes.shape, generator=generator).to(device)
            loss, *parts = infovae_loss(batch, decoder(codes), codes, prior=prior, mmd_weight=config.mmd_weight)
            same = painting[:, None] == painting
            shared = torch.from_numpy(same & overlaps(boxes[painting, window])).to(device)
            same_painting = contrastive_loss(codes, torch.from_numpy(same).to(device), excluded=shared)
            optimizer.zero_grad()
            (loss + config.same_painting_weight * same_painting).backward()
            optimizer.step()
            steps.append(torch.stack([*parts, same_painting]).detach())
        history.append(torch.stack(steps).mean(dim=0).cpu().numpy())
    curves = dict(zip(("reconstruction", "mmd", "same_painting"), np.transpose(history), strict=True))
    return TrainedInfoVAE(_arrays(encoder), _arrays(decoder), curves)


def _batches(
    n: int, m: int, config: InfoVAEConfig, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield an epoch's batches: the painting and the number of each window, (b,) and (b,) int64."""
    group = min(GROUP, m)
    budget = max(1, config.windows_per_epoch // group)
    order = np.argsort(rng.random((n, m)), axis=1)[:, : m // group * group].reshape(n, -1, group)
    rounds = min(order.shape[1], max(1, budget // n))
    painting = np.concatenate([rng.permutation(n) for _ in range(rounds)])  # a round holds every painting once
    groups = np.stack([order[p, i // n] for i, p in enumerate(painting)])[:budget]  # (groups, group)
    painting = np.repeat(painting[:budget, None], group, axis=1)
    parts = max(1, round(groups.size / config.batch_size))
    for p, w in zip(np.array_split(painting, parts), np.array_split(groups, parts), strict=True):
        yield p.ravel(), w.ravel()


@torch.inference_mode()
def encode(windows: np.ndarray, state: dict[str, np.ndarray], *, device: str = "cpu") -> np.ndarray:
    """Return the codes of windows, (..., latent_dim) float32.

    Parameters
    ----------
    windows : (..., 64, 64) or (..., 64, 64, c) uint8, with a channel axis if the model was trained with one.
    state : ``TrainedInfoVAE.encoder``.
    device : A torch device.
    """
    windows = np.asarray(windows)
    channels, latent_dim = state["0.weight"].shape[1], len(state["13.bias"])
    encoder = _restore(Encoder, channels, latent_dim, state).to(device)
    axes = 3 if windows.shape[-2:] != (WINDOW, WINDOW) else 2
    flat = windows.reshape(-1, *windows.shape[-axes:])
    codes = np.empty((len(flat), latent_dim), dtype=np.float32)
    for start in range(0, len(flat), ENCODE_BATCH):
        part = slice(start, start + ENCODE_BATCH)
        codes[part] = encoder(_pixels(flat[part]).to(device)).cpu().numpy()
    return codes.reshape(*windows.shape[:-axes], latent_dim)


@torch.inference_mode()
def decode(codes: np.ndarray, state: dict[str, np.ndarray]) -> np.ndarray:
    """Draw windows, (b, 64, 64, c) uint8, from ``codes``, (b, latent_dim); ``state`` is ``TrainedInfoVAE.decoder``."""
    decoder = _restore(Decoder, state["11.weight"].shape[1], state["0.weight"].shape[1], state)
    drawn = decoder(torch.from_numpy(np.asarray(codes, dtype=np.float32)))
    return np.rint(drawn.permute(0, 2, 3, 1).numpy() * 255).astype(np.uint8)


def _pixels(windows: np.ndarray) -> torch.Tensor:
    """Return windows (b, 64, 64) or (b, 64, 64, c) uint8 as a tensor (b, c, 64, 64) in 0 … 1."""
    pixels = torch.from_numpy(np.array(windows)).float() / 255
    pixels = pixels[:, None] if pixels.ndim == 3 else pixels.permute(0, 3, 1, 2)
    return pixels.contiguous(memory_format=torch.channels_last)


def _arrays(module: torch.nn.Module) -> dict[str, np.ndarray]:
    return {
        name: value.detach().cpu().contiguous().numpy()
        for name, value in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def _restore(
    kind: type[Encoder] | type[Decoder], channels: int, latent_dim: int, state: dict[str, np.ndarray]
) -> Encoder | Decoder:
    with torch.device("meta"):  # draws no random numbers
        module = kind(channels, latent_dim)
    counters = {name: torch.tensor(0) for name in module.state_dict() if name.endswith("num_batches_tracked")}
    tensors = {name: torch.from_numpy(np.array(value)) for name, value in state.items()}
    module.load_state_dict(tensors | counters, assign=True)
    return module.to(memory_format=torch.channels_last).eval().requires_grad_(False)
