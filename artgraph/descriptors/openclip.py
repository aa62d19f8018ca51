"""CLIP by open_clip: pictures and phrases in one space, so that works can be compared with words."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from artgraph.descriptors.base import Descriptor
from artgraph.descriptors.preprocess import resize_crop
from artgraph.descriptors.weights import file_sha256, hub_file, load_strictly, read_state
from artgraph.errors import InputError, MissingPackageError, WeightsError

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["CONFIG", "Openclip"]

CONFIG = "open_clip_config.json"  # beside the weights of every model that open_clip publishes
HUB_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
NO_WEIGHTS = ("input_resolution", "context_length", "vocab_size")  # OpenAI's files hold them among the tensors
CROPS = {"shortest": "center", "squash": "squash"}  # open_clip's names and ours
PASS = 256  # phrases in one pass


class Openclip(Descriptor):
    """Where a picture lies in the space that CLIP shares between pictures and text, length 1.

    The image tower with its projection, so that the cosine with a phrase that :meth:`texts` encodes, by the text tower
    of the same file, is CLIP's similarity (Radford et al. 2021, arXiv 2103.00020). ``clip`` is the same kind of tower
    before the projection: its features cannot be compared with words.

    The architecture is that of ``open_clip_config.json`` beside the weights, which every model that open_clip publishes
    comes with; without that file, the one that ``backbone`` names. A wrong one is refused where it has other tensors.
    One difference leaves no trace in them: OpenAI's weights, and some others, were trained with QuickGELU; there the
    name ends in ``-quickgelu``.

    Parameters
    ----------
    backbone : An architecture of open_clip, and after a dot one of its sets of weights:
        ``ViT-L-14-quickgelu.openai``.
    weights : safetensors, or what ``torch.save`` wrote of tensors only; default: the hub's, or its cache.
    device : A torch device.

    Raises
    ------
    MissingPackageError
        open_clip is not installed.
    InputError
        open_clip has no such architecture, or its text tower needs a tokenizer that does not come with open_clip.
    WeightsError
        The weights cannot be had.
    """

    name = "openclip"
    fetch = (
        "Fetch open_clip_model.safetensors and open_clip_config.json of a model that open_clip publishes into a folder "
        "of its own and pass the first with --weights FILE."
    )

    def __init__(
        self,
        *,
        backbone: str = "ViT-B-32.laion2b_s34b_b79k",
        weights: str | Path | None = None,
        device: str = "cpu",
    ) -> None:
        clip = _open_clip()
        self.backbone, self.device = backbone, device
        architecture, _, tag = backbone.partition(".")
        published = clip.get_pretrained_cfg(architecture, tag) if tag else {}
        self.file = Path(weights) if weights else _from_hub(backbone, published)
        if not self.file.is_file():
            raise WeightsError(f"No weights file {self.file}. {self.fetch}")
        beside = _beside(self.file)
        self.config = beside.get("model_cfg") or clip.get_model_config(architecture)
        if self.config is None:
            raise InputError(
                f"open_clip has no architecture '{architecture}', and there is no {CONFIG} beside {self.file}. Put it "
                f"there, or name one: --with openclip:NAME (there are, for instance: ViT-B-32, ViT-L-14-quickgelu)"
            )
        text = self.config["text_cfg"]
        if text.get("hf_model_name") or text.get("hf_tokenizer_name") or "multimodal_cfg" in self.config:
            raise InputError(
                f"'{backbone}' reads text by a network or tokenizer that does not come with open_clip; take a CLIP "
                "with open_clip's own, such as ViT-B-32"
            )
        self.preprocessing = {**published, **beside.get("preprocess_cfg", {})}
        mode = self.preprocessing.get("resize_mode", "shortest")
        if mode not in CROPS:
            raise InputError(f"'{backbone}' takes pictures resized by '{mode}'; only {', '.join(CROPS)} can be used")
        self.mode, self.interpolation = CROPS[mode], self.preprocessing.get("interpolation", "bicubic")
        self.size = int(np.ravel(self.config["vision_cfg"].get("image_size", 224))[0])
        self.sha256 = file_sha256(self.file)
        self.network: nn.Module | None = None

    def params(self) -> dict[str, Any]:
        params = {"descriptor": self.name, "backbone": self.backbone, "weights_sha256": self.sha256, "size": self.size}
        return {**params, "interpolation": self.interpolation, "mode": self.mode, "architecture": self.config}

    def load(self) -> None:
        if self.network is not None:
            return
        clip = _open_clip()
        config = copy.deepcopy(self.config)
        kind = clip.CustomTextCLIP if config.pop("custom_text", False) else clip.CLIP
        if "timm_model_name" in config["vision_cfg"]:
            config["vision_cfg"]["timm_model_pretrained"] = False
        with torch.random.fork_rng(devices=()):
            network = kind(**config)
        state = {key.removeprefix("module."): tensor for key, tensor in read_state(self.file).items()}
        load_strictly(network, state, file=self.file, name=f"open_clip's '{self.backbone}'", unused=NO_WEIGHTS)
        self.network = network.eval().requires_grad_(False).to(self.device)
        defaults = {"mean": clip.OPENAI_DATASET_MEAN, "std": clip.OPENAI_DATASET_STD}
        self.mean, self.std = (
            torch.tensor(self.preprocessing.get(key, defaults[key]), device=self.device).view(1, 3, 1, 1) * 255
            for key in ("mean", "std")
        )

    def prepare(self, image: np.ndarray) -> np.ndarray:
        return resize_crop(image, self.size, mode=self.mode, interpolation=self.interpolation)

    @torch.inference_mode()
    def embed(self, batch: np.ndarray) -> np.ndarray:
        pixels = torch.from_numpy(batch).to(self.device, non_blocking=True).permute(0, 3, 1, 2).float()  # (b, 3, h, w)
        pixels = (pixels - self.mean) / self.std
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=str(self.device).startswith("cuda")):
            features = self.network.encode_image(pixels)
        return nn.functional.normalize(features.float(), dim=1).cpu().numpy()  # (b, d)

    @cached_property
    def tokenizer(self) -> Any:
        """open_clip's own tokenizer, for this text tower."""
        text = self.config["text_cfg"]
        length = text.get("context_length", 77)
        return _open_clip().SimpleTokenizer(context_length=length, **(text.get("tokenizer_kwargs") or {}))

    @torch.inference_mode()
    def texts(self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        """Encode phrases by the text tower: (m, d) float32, length 1.

        Parameters
        ----------
        texts : m phrases; one that is empty, or longer than the tower reads, is an InputError.
        progress : Called with (done, m).
        """
        self.load()
        tokenizer = self.tokenizer
        tokens = tokenizer(list(texts))  # (m, context length)
        for text in texts:
            if not text.strip() or len(tokenizer.encode(text)) + 2 > tokens.shape[1]:
                raise InputError(f"'{text[:60]}': expected a phrase of 1 to {tokens.shape[1] - 2} words and signs")
        # phrases of one length together: what is behind the last word costs time and changes nothing
        length = tokens.argmax(dim=1) + 1
        order = torch.argsort(length, stable=True)
        vectors, done = [], 0
        for part in order.split(PASS):
            features = self._encoded(tokens[part].to(self.device), int(length[part].max()))
            vectors.append(nn.functional.normalize(features.float(), dim=1).cpu())
            done += len(part)
            if progress is not None:
                progress(done, len(texts))
        return torch.cat(vectors)[torch.argsort(order)].numpy()

    def random_phrases(self, texts: Sequence[str], *, times: int = 20, seed: int = 0) -> list[str]:
        """Draw phrases of random words, for each text ``times`` with as many tokens; those for a text stand together.

        The words are those that the tokenizer has a token of its own for, of four letters or more.

        Parameters
        ----------
        texts : m phrases.
        times, seed
        """
        tokenizer = self.tokenizer
        whole = (token.removesuffix("</w>") for token in tokenizer.encoder if token.endswith("</w>"))
        words = np.array(sorted(word for word in whole if len(word) >= 4 and word.isascii() and word.isalpha()))
        rng = np.random.default_rng(seed)
        lengths = np.repeat([len(tokenizer.encode(text)) for text in texts], times)
        return [" ".join(rng.choice(words, length)) for length in lengths]

    def _encoded(self, tokens: torch.Tensor, length: int) -> torch.Tensor:
        """Return ``encode_text``; of a causal tower that gives its last word's state, without the padding behind it."""
        network = self.network
        short = getattr(network, "text_pool_type", None) == "argmax" and getattr(network, "attn_mask", None) is not None
        if not short or not isinstance(network.text_projection, nn.Parameter):
            return network.encode_text(tokens)
        tokens = tokens[:, :length]
        x = network.token_embedding(tokens) + network.positional_embedding[:length]  # (b, length, width)
        x = network.ln_final(network.transformer(x, attn_mask=network.attn_mask[:length, :length]))
        return x[torch.arange(len(x)), tokens.argmax(dim=1)] @ network.text_projection


def _open_clip() -> ModuleType:
    try:
        import open_clip
    except ImportError:
        raise MissingPackageError("Words need open_clip. Install it with: pip install 'artgraph[words]'") from None
    return open_clip


def _from_hub(backbone: str, published: dict[str, Any]) -> Path:
    repository, _, name = published.get("hf_hub", "").rpartition("/")
    if not repository:
        raise WeightsError(f"open_clip publishes no weights '{backbone}' on the hub. {Openclip.fetch}")
    return hub_file(repository, (name,) if name else HUB_FILES, what=f"'{backbone}'", advice=Openclip.fetch)


def _beside(file: Path) -> dict[str, Any]:
    """Return what the configuration beside a weights file says; nothing where there is none."""
    config = file.parent / CONFIG
    if not config.is_file():
        return {}
    try:
        found = json.loads(config.read_text("utf-8"))
        model = found["model_cfg"]
        whole = all(isinstance(model[part], dict) for part in ("vision_cfg", "text_cfg")) and "embed_dim" in model
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{config} is not a configuration of open_clip: {error}") from error
    if not whole:
        raise WeightsError(f"{config} is not a configuration of open_clip: vision_cfg, text_cfg and embed_dim expected")
    return found
