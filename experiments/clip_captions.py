"""System 4: CLIP fine-tuned on pictures and captions, which then tells the period and writes a caption of new pictures.

From a spreadsheet's title, artist and period come captions: "<title>, a work by <artist> of the period <period>"; a
spreadsheet without a column ``period`` gives its styles. CLIP ViT-B/32 by open_clip is trained on by its own
contrastive loss, in batches that hold every period equally often. A new picture gets the period, and the artist among
those that were learned from, whose sentence lies nearest to it. Beside it stands a plain CNN on 64 pixels.

``--weights`` with a file ``ViT-B-32*`` gives open_clip's own model; without, its code builds two small towers: a
ViT-Tiny with ImageNet weights at 112 pixels, and a text transformer that begins at random.
"""

import json

import lightning
import numpy as np
import open_clip
import torch
from sklearn.metrics import accuracy_score, f1_score
from torch import nn

from artgraph.descriptors import make_descriptor
from experiments.mobilenet import SPLITS, both_splits, small_cnn
from experiments.study import Row
from experiments.training import Batches, Pixels, coded, trainer

__all__ = ["ROWS", "captions", "clip_model"]

SMALL = {
    "embed_dim": 192,
    "vision_cfg": {
        "image_size": 224,
        "timm_model_name": "vit_tiny_patch16_224",
        "timm_model_pretrained": False,
        "timm_pool": "token",
        "timm_proj": "linear",
    },
    "text_cfg": {"context_length": 40, "vocab_size": 49408, "width": 192, "heads": 3, "layers": 3},
}
SIDE, QUICK_SIDE = 112, 32
SHOWN = 2  # captions


def clip_model(study):
    """Return open_clip's model, its tokenizer, the side of its pictures and what it is (str)."""
    published = sorted(study.weights.glob("ViT-B-32*"))
    if published:
        model = open_clip.create_model("ViT-B-32", pretrained=str(published[0]))
        return model, open_clip.get_tokenizer("ViT-B-32"), 224, f"ViT-B-32 by open_clip, {published[0].name}"
    folder = study.work / "small-clip"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": SMALL, "preprocess_cfg": {}}), "utf-8")
    name, side = f"local-dir:{folder}", QUICK_SIDE if study.quick else SIDE
    model = open_clip.create_model(name, load_weights=False)
    source = make_descriptor(study.spec("ViT-Tiny"), weights=study.weights)
    source.load()
    model.visual.trunk.load_state_dict(source.network.state_dict())
    model.visual.trunk.set_input_size(img_size=(side, side))
    model.requires_grad_(True)
    return model, open_clip.get_tokenizer(name), side, "two small towers by open_clip: ViT-Tiny, text from scratch"


def periods(study):
    """Return the period of each work, (n,) str: the spreadsheet's, or its style."""
    return study.column("period") if "period" in study.paintings.paintings else study.style


def sentence(*, title="", artist="", period=""):
    """Return a caption (str) of what is known.

    Examples
    --------
    >>> sentence(title="Water Lilies", artist="Claude Monet", period="Impressionism")
    'Water Lilies, a work by Claude Monet of the period Impressionism'
    >>> sentence(period="Baroque")
    'a work of the period Baroque'
    """
    said = "a work" + (f" by {artist}" if artist else "") + (f" of the period {period}" if period else "")
    return f"{title}, {said}" if title else said


def captions(study):
    """Return the caption of each work, (n,) str."""
    columns = zip(study.column("title"), study.column("artist"), periods(study), strict=True)
    return [sentence(title=title, artist=artist, period=period) for title, artist, period in columns]


class Tuning(lightning.LightningModule):
    """CLIP trained on, picture against caption.

    Parameters
    ----------
    model : open_clip model
    pixels : callable(rows, learning=...) -> (b, 3, side, side)
    tokens : (n, length) int64 tensor
    rate : float
    """

    def __init__(self, model, pixels, tokens, *, rate):
        super().__init__()
        self.model, self.pixels, self.rate = model, pixels, rate
        self.tokens, self.contrast = tokens, open_clip.ClipLoss()

    def training_step(self, rows, _):
        rows = rows.cpu()
        pixels = self.pixels(rows, learning=True).to(self.device)
        image, text, scale = self.model(pixels, self.tokens[rows].to(self.device))
        return self.contrast(image.float(), text.float(), scale.float())

    def configure_optimizers(self):
        body, other = [], []
        for name, parameter in self.model.named_parameters():
            (body if name.startswith("visual.trunk") else other).append(parameter)
        rates = [{"params": body, "lr": self.rate / 5}, {"params": other, "lr": self.rate}]
        optimiser = torch.optim.AdamW([group for group in rates if group["params"]], weight_decay=0.05)
        steps = max(1, int(self.trainer.estimated_stepping_batches))
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


@torch.inference_mode()
def said_of(model, tokenizer, pixels, rows, sentences):
    """Return how near each picture of rows (m,) lies to each sentence, cosines (m, number of sentences)."""
    texts = [model.encode_text(part, normalize=True) for part in tokenizer(sentences).split(64)]
    parts = torch.from_numpy(rows).split(128)
    images = [model.encode_image(pixels(part), normalize=True) for part in parts]
    return (torch.cat(images) @ torch.cat(texts).T).float().numpy()


def _judged(near, names, truth):
    guess = np.array(names, dtype=object)[near.argmax(axis=1)]
    return {
        "accuracy": float(accuracy_score(list(truth), list(guess))),
        "macro F1": float(f1_score(list(truth), list(guess), average="macro", zero_division=0)),
    }


def tuned(study, seed):
    """Return the figures (dict) of CLIP before and after it was trained on, and captions of new pictures."""
    period, artist, known = periods(study), study.column("artist"), captions(study)
    classes, names = coded(period)
    figures = {}
    for split in SPLITS:
        train, test = (rows[classes[rows] >= 0] for rows in study.split(split, seed))
        lightning.seed_everything(seed, verbose=False)
        model, tokenizer, side, what = clip_model(study)
        pixels, tokens = Pixels(study.pictures(side)), tokenizer(known)
        prompts = [sentence(period=name) for name in names]
        before = _judged(said_of(model.eval(), tokenizer, pixels, test, prompts), names, period[test])
        module = Tuning(model.train(), pixels, tokens, rate=1e-3)
        most, size = (32, 16) if study.quick else (1320, 44)
        batches = Batches(train, classes, size=size, balance="batches", most=most, seed=seed)
        with trainer(epochs=1 if study.quick else 2, low=True) as made:
            made.fit(module, batches)
        model = module.model.cpu().eval()
        near = said_of(model, tokenizer, pixels, test, prompts)
        again = _judged(said_of(model, tokenizer, pixels, train[:500], prompts), names, period[train[:500]])
        hands = sorted(set(artist[train]) - {""})
        by = said_of(model, tokenizer, pixels, test, [sentence(artist=name) for name in hands])
        told = [sentence(artist=hands[by[i].argmax()], period=names[near[i].argmax()]) for i in range(len(test))]
        right = np.array([hands[k] for k in by.argmax(axis=1)], dtype=object) == artist[test]
        both = right & (np.array(names, dtype=object)[near.argmax(axis=1)] == period[test])
        found = {
            "period": _judged(near, names, period[test]) | {"accuracy in training": again["accuracy"]},
            "period, before training": before,
            "artist": {"accuracy": float(right.mean())},
            "artist and period": {"accuracy": float(both.mean())},
        }
        for asked, scores in found.items():
            figures.setdefault(asked, {})[split] = scores
        figures["model"] = what
        figures[f"captions of new pictures, {split}"] = [
            f"{known[i]} → {told[k]}" for k, i in list(enumerate(test))[:SHOWN]
        ]
    return figures


def cnn(study, seed):
    """Return the figures (dict) of the CNN, trained until it knows its pictures by heart or nearly."""
    options = {"epochs": 1 if study.quick else 10, "rate": 2e-3, "low": True}
    return both_splits(
        study, seed, network=batch_normed, inputs=Pixels(study.pictures(64)), targets=("style",), **options
    )


def batch_normed(classes):
    """Return the small CNN with batch norm after each convolution: it learns faster, and by heart."""
    layers = []
    for layer in small_cnn(classes):
        layers += [layer, nn.BatchNorm2d(layer.out_channels)] if isinstance(layer, nn.Conv2d) else [layer]
    return nn.Sequential(*layers)


ROWS = (
    Row(
        "CNN baseline",
        cnn,
        "supervised",
        (),
        {"accuracy": 0.67, "accuracy in training": 0.94},
        "Ours are WikiArt's styles, and a small network that sees 64 pixels for 10 epochs; the source's pictures are "
        "not to be had. Split by artist, what was learned by heart is of less use.",
    ),
    Row(
        "CLIP fine-tuned on picture and caption",
        tuned,
        "supervised",
        ("CLIP",),
        {},
        "No accuracy of the source is known to us. Where ViT-B/32 is not among the weights, the row begins without "
        "what CLIP had learned from 400 million pairs: see the model.",
    ),
)
