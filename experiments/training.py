"""What the supervised rows share: which pictures stand in a batch, the training by Lightning, the judging.

A network learns one or several columns at once; a work without a value is skipped for that column alone.
"""

import contextlib
import logging
import warnings

import lightning
import numpy as np
import torch
from sklearn.metrics import accuracy_score, f1_score
from torch import nn

from artgraph.descriptors.tuning import TuningConfig
from artgraph.descriptors.tuning.network import precision_of

__all__ = ["Batches", "Classifier", "Features", "Pixels", "coded", "fit", "judge", "probabilities", "trainer", "unfold"]

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, and of all three networks near enough


def coded(values, *, least=1):
    """Return a column as numbers: (n,) int64, -1 where empty or rarer than ``least``, and the names (list)."""
    names, counts = np.unique([value for value in values if value], return_counts=True)
    names = [str(name) for name, count in zip(names, counts, strict=True) if count >= least]
    number = {name: i for i, name in enumerate(names)}
    return np.array([number.get(value, -1) for value in values], dtype=np.int64), names


class Pixels:
    """Pictures as a network takes them; turned left to right at random where it learns.

    Parameters
    ----------
    pictures : (n, side, side, 3) uint8 array
    """

    def __init__(self, pictures):
        self.pictures = pictures

    def __call__(self, rows, *, learning=False):
        """Return the pictures of rows (b,), (b, 3, side, side) float32."""
        pixels = torch.from_numpy(np.array(self.pictures[rows.numpy()])).permute(0, 3, 1, 2).float() / 255
        pixels = (pixels - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)
        if learning:
            turned = torch.rand(len(rows)) < 0.5
            pixels[turned] = pixels[turned].flip(3)
        return pixels.contiguous(memory_format=torch.channels_last)


class Features:
    """Rows of an array (n, ...) as float32."""

    def __init__(self, values):
        self.values = torch.tensor(np.asarray(values, dtype=np.float32))

    def __call__(self, rows, *, learning=False):
        """Return the rows (b,), (b, ...) float32."""
        return self.values[rows]


@torch.inference_mode()
def unfold(network, pictures):
    """Give batch norms that were folded into the convolutions before them something to do again; changes the network.

    A network whose norms are identities answers as it did, and cannot be trained on: in training a norm goes by its
    batch, and the scales that the next layer counts on are lost. Here each norm gets the mean and variance that it sees
    of some pictures, and the weight and bias that undo them. Norms that are none, or that have something to do, stay.

    Parameters
    ----------
    network : torch module
    pictures : (b, 3, side, side) float32 tensor
    """
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    norms = [norm for norm in norms if (norm.running_mean == 0).all() and (norm.running_var == 1).all()]
    seen = {}

    def note(norm, inputs):
        seen[norm] = inputs[0].mean(dim=(0, 2, 3)), inputs[0].var(dim=(0, 2, 3))  # (c,), (c,)

    hooks = [norm.register_forward_pre_hook(note) for norm in norms]
    was = network.training
    network.eval()(pictures)
    network.train(was)
    for hook in hooks:
        hook.remove()
    for norm, (mean, variance) in seen.items():
        scale = ((variance + norm.eps) / (1 + norm.eps)).sqrt()
        norm.bias += norm.weight * mean / (1 + norm.eps) ** 0.5
        norm.weight *= scale
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)


class Batches:
    """The rows of each batch of an epoch; another order in every epoch.

    Parameters
    ----------
    rows : (m,) int array
    classes : (n,) int array
        What is balanced; -1 for none.
    size : int
    balance : {None, "undersampling", "batches"}
        ``undersampling``: as many works of each class as the rarest has; ``batches``: every batch holds as many of each
        class, rare ones repeated.
    most : int, optional
        Works in an epoch at most.
    seed : int
    """

    def __init__(self, rows, classes, *, size=64, balance=None, most=None, seed=0):
        self.rows, self.classes, self.size, self.balance, self.seed, self.epoch = rows, classes, size, balance, seed, 0
        self.groups = [rows[classes[rows] == c] for c in np.unique(classes[rows]) if c >= 0]
        whole = len(self.groups) * min(map(len, self.groups)) if balance == "undersampling" else len(rows)
        self.length = max(1, min(whole, most or whole) // size)

    def __len__(self):
        return self.length

    def __iter__(self):
        rng = np.random.default_rng([self.seed, self.epoch])
        self.epoch += 1
        if self.balance == "batches":
            each = max(1, self.size // len(self.groups))
            for _ in range(self.length):
                yield torch.from_numpy(np.concatenate([rng.choice(group, each) for group in self.groups]))
            return
        rows = self.rows
        if self.balance == "undersampling":
            least = min(map(len, self.groups))
            rows = np.concatenate([rng.choice(group, least, replace=False) for group in self.groups])
        rows = rng.permutation(rows)
        for start in range(0, self.length * self.size, self.size):
            yield torch.from_numpy(rows[start : start + self.size])


class Classifier(lightning.LightningModule):
    """A network with a head per column, trained by cross-entropy.

    Parameters
    ----------
    network : torch module
        (b, ...) → (b, sum of the columns' classes).
    inputs : callable(rows, learning=...) -> tensor
    targets : list of ((n,) int array, number of classes)
    rate : float
    class_weights : list of tensor or None, one per column
    """

    def __init__(self, network, inputs, targets, *, rate, class_weights):
        super().__init__()
        self.network, self.inputs, self.rate, self.class_weights = network, inputs, rate, class_weights
        self.classes = [torch.from_numpy(values) for values, _ in targets]
        self.widths = [width for _, width in targets]

    def logits(self, rows, *, learning=False):
        """Return for each column the logits (b, classes) of rows (b,)."""
        inputs = self.inputs(rows.cpu(), learning=learning).to(self.device)
        return self.network(inputs).float().split(self.widths, dim=1)

    def training_step(self, rows, _):
        loss = 0.0
        for logits, classes, weight in zip(
            self.logits(rows, learning=True), self.classes, self.class_weights, strict=True
        ):
            truth = classes[rows.cpu()].to(self.device)
            if (known := truth >= 0).any():
                weight = None if weight is None else weight.to(self.device)
                loss = loss + nn.functional.cross_entropy(logits[known], truth[known], weight=weight)
        return loss

    def configure_optimizers(self):
        optimiser = torch.optim.AdamW([p for p in self.parameters() if p.requires_grad], lr=self.rate)
        steps = max(1, int(self.trainer.estimated_stepping_batches))
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def fit(network, inputs, targets, rows, *, epochs, rate, size=64, balance=None, most=None, low=False, seed=0):
    """Train a network on rows and return the ``Classifier``.

    Parameters
    ----------
    network, inputs, targets, rate
        See ``Classifier``; a network is made after ``lightning.seed_everything``.
    rows : (m,) int array
    epochs, size, most, seed : int
        See ``Batches``.
    balance : {None, "weights", "undersampling", "batches"}
        By the first column. ``weights``: a class weighs what it is rare.
    low : bool
        bfloat16 where the processor multiplies it.
    """
    weights = [None] * len(targets)
    if balance == "weights":
        for i, (values, width) in enumerate(targets):
            count = np.bincount(values[rows][values[rows] >= 0], minlength=width)
            weights[i] = torch.tensor(count.sum() / np.maximum(count, 1) / width, dtype=torch.float32)
        balance = None
    module = Classifier(network, inputs, targets, rate=rate, class_weights=weights)
    known = rows[np.any([values[rows] >= 0 for values, _ in targets], axis=0)]
    batches = Batches(known, targets[0][0], size=size, balance=balance, most=most, seed=seed)
    with trainer(epochs=epochs, low=low) as made:
        made.fit(module, batches)
    return module.eval()


@contextlib.contextmanager
def trainer(*, epochs, low=False):
    """Yield a Lightning trainer (on the CPU or one GPU) that writes nothing and says nothing.

    Parameters
    ----------
    epochs : int
    low : bool
        bfloat16 where the processor multiplies it.
    """
    logger = logging.getLogger("lightning.pytorch")
    fast = precision_of(TuningConfig(), "cuda" if torch.cuda.is_available() else "cpu") == torch.bfloat16
    level = logger.level
    logger.setLevel(logging.ERROR)
    quiet = {
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # advice on data loaders, and what it says of other libraries
            yield lightning.Trainer(
                max_epochs=epochs,
                accelerator="auto",
                devices=1,
                precision="bf16-mixed" if low and fast else "32-true",
                num_sanity_val_steps=0,
                **quiet,
            )
    finally:
        logger.setLevel(level)


@torch.inference_mode()
def probabilities(module, rows, *, size=256):
    """Return for each column the probabilities (m, classes) float32 of rows (m,)."""
    parts = [module.logits(part) for part in torch.from_numpy(np.asarray(rows)).split(size)]
    return [torch.cat(column).softmax(dim=1).numpy() for column in zip(*parts, strict=True)]


def judge(probability, classes, rows):
    """Return accuracy and macro F1 (dict of float) of probabilities (m, c) of rows (m,), by classes (n,) int."""
    truth, guess = classes[rows], probability.argmax(axis=1)
    known = truth >= 0
    return {
        "accuracy": float(accuracy_score(truth[known], guess[known])),
        "macro F1": float(f1_score(truth[known], guess[known], average="macro", zero_division=0)),
    }
