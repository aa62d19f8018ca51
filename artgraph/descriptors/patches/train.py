"""Training the InfoVAE on windows, and encoding windows with it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from artgraph.descriptors.patches.infovae import Decoder, Encoder, infovae_loss
from artgraph.errors import InputError

__all__ = ["InfoVAEConfig", "TrainedInfoVAE", "active_units", "decode", "encode", "train_infovae"]

ENCODE_BATCH = 256


@dataclass(frozen=True)
class InfoVAEConfig:
    """Everything that the model depends on besides the windows."""

    latent_dim: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    epochs: int = 5
    batch_size: int = 128
    mmd_weight: float = 0.1
    max_windows: int = 8192
    seed: int = 0


class TrainedInfoVAE(NamedTuple):
    """What training leaves.

    Attributes
    ----------
    encoder, decoder : dict of str to float32 array
        Weights, and the running statistics of batch norm.
    history : dict of str to (epochs,) float32
        ``reconstruction`` and ``mmd``: means over the batches of each epoch.
    """

    encoder: dict
    decoder: dict
    history: dict


def _tensor(windows):
    """Return uint8 windows (m, 64, 64) or (m, 64, 64, c) as a float tensor (m, c, 64, 64) in 0 … 1."""
    tensor = torch.from_numpy(np.ascontiguousarray(windows)).float() / 255
    tensor = tensor.unsqueeze(1) if tensor.ndim == 3 else tensor.permute(0, 3, 1, 2)
    return tensor.contiguous(memory_format=torch.channels_last)


def train_infovae(windows, *, config=None, device="cpu"):
    cfg = config or InfoVAEConfig()
    windows = np.asarray(windows)
    if windows.dtype != np.uint8 or windows.ndim not in (3, 4) or windows.shape[1:3] != (64, 64) or len(windows) < 2:
        raise InputError(f"windows must be uint8 (m, 64, 64) or (m, 64, 64, c), 2 or more, not {windows.shape}")
    rng = np.random.default_rng(cfg.seed)
    chosen = np.sort(rng.permutation(len(windows))[: cfg.max_windows])
    generator = torch.Generator().manual_seed(cfg.seed)
    channels = windows.shape[3] if windows.ndim == 4 else 1
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(cfg.seed)
        encoder = Encoder(channels, cfg.latent_dim).to(device, memory_format=torch.channels_last)
        decoder = Decoder(channels, cfg.latent_dim).to(device, memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(
        [*encoder.parameters(), *decoder.parameters()], lr=cfg.learning_rate, weight_decay=cfg.weight_decay
    )
    history = {"reconstruction": [], "mmd": []}
    for _ in range(cfg.epochs):
        seen = []
        batches = max(1, len(chosen) // cfg.batch_size)
        for rows in np.array_split(rng.permutation(chosen), batches):
            batch = _tensor(windows[rows]).to(device)
            codes = encoder(batch)
            prior = torch.randn(codes.shape, generator=generator).to(device)
            loss, *parts = infovae_loss(batch, decoder(codes), codes, prior, mmd_weight=cfg.mmd_weight)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            seen.append([part.item() for part in parts])
        for name, value in zip(history, np.mean(seen, axis=0), strict=True):
            history[name].append(value)
    return TrainedInfoVAE(
        _arrays(encoder), _arrays(decoder), {k: np.array(v, dtype=np.float32) for k, v in history.items()}
    )


def _arrays(module):
    return {
        name: value.detach().cpu().contiguous().numpy()
        for name, value in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def _restore(kind, state, channels, latent_dim):
    with torch.random.fork_rng(devices=[]):
        module = kind(channels, latent_dim)
    own = module.state_dict()
    module.load_state_dict({name: torch.from_numpy(np.array(state[name])) if name in state else own[name] for name in own})
    return module.to(memory_format=torch.channels_last).eval().requires_grad_(False)


def load_encoder(state):
    last = [state[name] for name in state if state[name].ndim == 2]
    return _restore(Encoder, state, state["0.weight"].shape[1], len(last[0]))


def load_decoder(state):
    return _restore(Decoder, state, state["11.weight"].shape[1], state["0.weight"].shape[1])


@torch.inference_mode()
def encode(windows, encoder, *, device="cpu"):
    if not len(windows): return np.zeros((0,64),np.float32)
    encoder = load_encoder(encoder)
    return np.concatenate([encoder(_tensor(windows[i:i+ENCODE_BATCH])).numpy() for i in range(0,len(windows),ENCODE_BATCH)])


@torch.inference_mode()
def decode(codes, decoder):
    d = load_decoder(decoder)
    out = d(torch.from_numpy(codes))
    return np.rint(out.permute(0,2,3,1).numpy()*255).astype(np.uint8)


def active_units(codes, *, threshold=0.01):
    return int((np.var(codes, axis=0) > threshold).sum())
