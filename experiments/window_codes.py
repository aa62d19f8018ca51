"""System 2 (c): a convolutional autoencoder against the InfoVAE, on the same windows.

The autoencoder as published: three 4×4 convolutions of stride 2 with 64, 128 and 256 channels, a linear code of 256
numbers, and the mirror image back. The InfoVAE is artgraph's, with its own code of 64 numbers and with one of 256. Both
learn for five epochs on windows of one half of the artists; on windows of the other half: how well they are restored
(mean squared error of pixels in 0 … 1), how many numbers of the code are in use, and how often the nearest other window
that shares no pixel is of the same painting.
"""

from functools import partial

import lightning
import numpy as np
import torch
from torch import nn

from artgraph.descriptors import Patches
from artgraph.descriptors.patches import InfoVAEConfig, decode, encode, train_infovae
from artgraph.images import load_image
from artgraph.learning.measures import active_units
from experiments.common import by_hash
from experiments.infovae import PUBLISHED, retrieval
from experiments.study import Row
from experiments.training import trainer

__all__ = ["ROWS", "ConvolutionalAutoencoder"]

CHANNELS = (64, 128, 256)
CODE = 256
EPOCHS, BATCH = 5, 128
PAINTINGS, WINDOWS = 600, 1024  # read, and seen in an epoch


class ConvolutionalAutoencoder(lightning.LightningModule):
    """64×64 windows to 256 numbers and back.

    Parameters
    ----------
    channels : int
        Of the windows: 1 for grey.
    """

    def __init__(self, channels=1):
        super().__init__()
        down, up, before = [], [], channels
        for after in CHANNELS:  # 64 → 32 → 16 → 8
            down += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.ReLU()]
            up = [nn.ConvTranspose2d(after, before, 4, stride=2, padding=1), nn.ReLU(), *up]
            before = after
        self.encoder = nn.Sequential(*down, nn.Flatten(), nn.Linear(CHANNELS[-1] * 64, CODE))
        start = (nn.Linear(CODE, CHANNELS[-1] * 64), nn.Unflatten(1, (CHANNELS[-1], 8, 8)), nn.ReLU())
        self.decoder = nn.Sequential(*start, *up[:-1], nn.Sigmoid())

    def training_step(self, windows, _):
        return nn.functional.mse_loss(self.decoder(self.encoder(windows)), windows)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=1e-3)


def windows_of(study):
    """Return windows as published, (n, 5, 64, 64) uint8, their places (n, 5, 3), and their paintings' rows (n,)."""
    rows = np.random.default_rng(0).permutation(len(study.paintings))[: 24 if study.quick else PAINTINGS]
    rows = np.sort(rows)
    descriptor = Patches(**PUBLISHED)
    paths = [study.paintings.image_root / image for image in study.paintings.paintings["image"].iloc[rows]]

    def cut(part):
        return np.stack([descriptor.windows(load_image(path, min_side=448))[part] for path in paths])

    of = [study.stamp, len(rows)]
    windows = study.keep.array("windows", partial(cut, 0), of=of)
    return np.array(windows), np.array(study.keep.array("places of windows", partial(cut, 1), of=of)), rows


def halves(study, seed):
    """Return windows and places to learn from, and those to be judged on: of other artists."""
    windows, boxes, rows = windows_of(study)
    test = by_hash(study.artist[rows], f"windows {seed}")
    return windows[~test], boxes[~test], windows[test], boxes[test]


def scores(windows, boxes, codes, drawn):
    """Return the figures (dict) of codes (n, m, d) and of what was drawn from them, (n·m, 64, 64) in 0 … 1."""
    truth = windows.reshape(-1, 64, 64).astype(np.float32) / 255
    return {
        "reconstruction": float(np.square(truth - drawn).mean()),
        "active units": active_units(codes.reshape(-1, codes.shape[-1])),
        "same painting": float(retrieval(codes, boxes)[1]),
    }


def autoencoder(study, seed):
    """Return the figures (dict) of the convolutional autoencoder."""
    windows, _, unseen, boxes = halves(study, seed)
    lightning.seed_everything(seed, verbose=False)
    module, rng = ConvolutionalAutoencoder(), np.random.default_rng(seed)
    pixels = torch.from_numpy(windows.reshape(-1, 1, 64, 64)).float() / 255

    class Epoch:
        def __len__(self):
            return max(1, min(WINDOWS, len(pixels)) // BATCH)

        def __iter__(self):
            order = torch.from_numpy(rng.permutation(len(pixels)))
            return (pixels[order[i * BATCH : (i + 1) * BATCH]] for i in range(len(self)))

    with trainer(epochs=1 if study.quick else EPOCHS) as made:
        made.fit(module, Epoch())
    module.cpu().eval()
    asked = torch.from_numpy(unseen.reshape(-1, 1, 64, 64)).float() / 255
    with torch.inference_mode():
        codes = torch.cat([module.encoder(part) for part in asked.split(256)])
        drawn = torch.cat([module.decoder(part) for part in codes.split(256)])[:, 0]
    return scores(unseen, boxes, codes.numpy().reshape(*unseen.shape[:2], CODE), drawn.numpy())


def infovae(study, seed, *, latent_dim):
    """Return the figures (dict) of the InfoVAE, and its loss in the last epoch of training."""
    windows, places, unseen, boxes = halves(study, seed)
    config = InfoVAEConfig(
        latent_dim=latent_dim, seed=seed, epochs=1 if study.quick else EPOCHS, windows_per_epoch=WINDOWS
    )
    trained = train_infovae(windows, boxes=places, config=config)
    codes = encode(unseen, trained.encoder)
    flat = codes.reshape(-1, latent_dim)
    drawn = np.concatenate([decode(flat[i : i + 256], trained.decoder) for i in range(0, len(flat), 256)])
    last = {name: float(curve[-1]) for name, curve in trained.history.items()}
    return scores(unseen, boxes, codes, drawn[..., 0] / np.float32(255)) | {
        "loss in training": last["reconstruction"] + config.mmd_weight * last["mmd"],
        "MMD² in training": last["mmd"],
    }


LOSS = (
    "What the source's loss sums over is not known to us; ours is a mean squared error per pixel in 0 … 1 plus a tenth "
    "of an unbiased MMD², so the two numbers have no common unit."
)

ROWS = (
    Row(
        "convolutional autoencoder, code of 256",
        autoencoder,
        "reading",
        differs="No figure of the source is known to us.",
    ),
    *(
        Row(
            f"InfoVAE, code of {latent_dim}",
            partial(infovae, latent_dim=latent_dim),
            "reading",
            reported={"loss after 5 epochs": 0.3619},
            differs=LOSS,
        )
        for latent_dim in (64, 256)
    ),
)
