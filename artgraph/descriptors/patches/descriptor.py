"""The local branch: windows, their codes, and one vector of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from artgraph.checks import check_choice
from artgraph.descriptors.base import Descriptor
from artgraph.descriptors.patches.dog import cut_windows, difference_of_gaussians, stretch
from artgraph.descriptors.patches.pooling import POOLINGS, fit_pooling, pool
from artgraph.descriptors.patches.train import InfoVAEConfig, encode, train_infovae
from artgraph.descriptors.patches.windows import (
    WINDOW,
    choose_windows,
    gradient_magnitude,
    luminance,
    picture_seed,
    scale_picture,
    window_means,
)
from artgraph.errors import InputError

__all__ = ["LOOKS", "Patches"]

#: What a window shows, and its channels: |DoG| of the luminance as published, or the paint itself.
LOOKS = {"dog": 1, "color": 3}
PLACE = 12  # bytes of x, y and scale, float32
LARGEST = 2.0  # pictures are enlarged by at most this for true scale
LONGEST = 4096  # and decoded with a short side of at most this


class Patches(Descriptor):
    """Windows where much happens, coded by an InfoVAE that is learned on the corpus, pooled to one vector.

    As published: ``Patches(look="dog", count=5, share=0.1, scales=(1,), pooling="mean", same_painting_weight=0)``.

    Parameters
    ----------
    look : What a window shows. "dog": the absolute difference of Gaussians (σ 3 and 5 pixels) of the luminance, scaled
        to 0 … 255. "color": the picture itself.
    count : Windows per painting, 2 or more; divided evenly between the scales.
    share : Of all windows, 0 … 1, those with the strongest mean gradient that may be chosen.
    scales : 2 halves the picture first, so that a window holds four times the area.
    pooling : See ``pool``.
    same_painting_weight : How strongly codes of windows of one painting are drawn together; 0 is the plain InfoVAE.
    window_cm : True scale: side of a window at scale 1, in centimetres of the painting, so that a small portrait and a
        large feast are compared at the same size of brush. Used where ``prepare`` is given the painting's size.
        Pictures are read with about 4,096 pixels on the short side for it, and enlarged twice at most; where that does
        not reach, a window shows more, and its place says how much.
    size : Larger pictures are reduced to a short side of this many pixels first; smaller ones are not enlarged.
    device : A torch device.
    """

    name = "patches"
    trains = True

    def __init__(
        self,
        *,
        look: str = "color",
        count: int = 16,
        share: float = 0.5,
        scales: Sequence[int] = (1, 2),
        pooling: str = "mean-std",
        same_painting_weight: float = 0.02,
        window_cm: float | None = None,
        size: int = 448,
        device: str = "cpu",
    ) -> None:
        check_choice("look", look, LOOKS)
        check_choice("pooling", pooling, POOLINGS)
        if count < 2 or not scales or count % len(scales) or min(scales) < 1:
            raise InputError(f"count must be 2 or more and a multiple of the number of scales, not {count}.")
        self.look, self.count, self.share, self.scales = look, count, share, tuple(scales)
        self.places = count
        self.pooling, self.window_cm, self.size, self.device = pooling, window_cm, size, device
        self.true_scale = window_cm is not None
        self.config = InfoVAEConfig(same_painting_weight=same_painting_weight)

    def params(self) -> dict[str, object]:
        params = {"descriptor": "patches", "look": self.look, "count": self.count, "share": self.share}
        params |= {"scales": list(self.scales), "pooling": self.pooling, "window_cm": self.window_cm}
        return {**params, "size": self.size, "infovae": vars(self.config)}

    def windows(
        self, image: np.ndarray, *, size_cm: tuple[float, float] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Cut the windows of one ``image``, (h, w, 3) uint8 sRGB, of a painting of height and width ``size_cm``.

        Windows are (count, 64, 64) or (count, 64, 64, 3) uint8. Boxes, (count, 3) float32, are x and y of the upper
        left corner and the side, each as a share of the picture's short side.
        """
        seed, short = picture_seed(image), min(image.shape[:2])
        base = self._factor(image, size_cm)
        windows, boxes = [], []
        for k, scale in enumerate(self.scales):
            picture = scale_picture(image, base / scale)
            grey = luminance(picture)
            scores = window_means(gradient_magnitude(grey))
            chosen = choose_windows(scores, self.count // len(self.scales), share=self.share, seed=seed + k)
            corners = np.stack(np.unravel_index(chosen, scores.shape), axis=1) * 32  # y, x
            if self.look == "dog":
                windows.append(stretch(cut_windows(difference_of_gaussians(grey), corners)))
            else:
                windows.append(cut_windows(picture, corners))
            x, y = (corners[:, 1 - axis] * image.shape[1 - axis] / picture.shape[1 - axis] for axis in (0, 1))
            side = np.full(len(corners), WINDOW * short / min(picture.shape[:2]))
            boxes.append(np.stack([x, y, side], axis=1) / short)
        return np.concatenate(windows), np.concatenate(boxes).astype(np.float32)

    def _factor(self, image: np.ndarray, size_cm: tuple[float, float] | None) -> float:
        short, wanted = min(image.shape[:2]), self._true_side(size_cm)
        return min(1.0, self.size / short) if wanted is None else min(LARGEST, wanted / short)

    def _true_side(self, size_cm: tuple[float, float] | None) -> float | None:
        """Return the short side, in pixels, at which a window is ``window_cm`` wide; None where that is not known."""
        if self.window_cm is None or size_cm is None or not all(0 < side < np.inf for side in size_cm):
            return None
        return WINDOW / self.window_cm * min(size_cm)

    def short_side(self, size_cm: tuple[float, float] | None = None) -> int:
        wanted = self._true_side(size_cm)
        return self.size if wanted is None else int(np.ceil(min(wanted, LONGEST)))

    def prepare(self, image: np.ndarray, *, size_cm: tuple[float, float] | None = None) -> np.ndarray:
        windows, boxes = self.windows(image, size_cm=size_cm)
        return np.concatenate([windows.ravel(), boxes.ravel().view(np.uint8)])

    def locate(self, wide: np.ndarray) -> np.ndarray:
        return self.split(wide)[1]

    def fit(self, sample: np.ndarray) -> dict[str, np.ndarray]:
        windows, boxes = self.split(sample)
        trained = train_infovae(windows, boxes=boxes, config=self.config, device=self.device)
        codes = encode(windows, trained.encoder, device=self.device)
        pooling = fit_pooling(codes, self.pooling, seed=self.config.seed)
        parts = {"encoder": trained.encoder, "decoder": trained.decoder, "history": trained.history, "pooling": pooling}
        return {f"{part}.{name}": array for part, arrays in parts.items() for name, array in arrays.items()}

    def reduce(self, wide: np.ndarray, fitted: dict[str, np.ndarray]) -> np.ndarray:
        codes = encode(self.split(wide)[0], _part(fitted, "encoder"), device=self.device)
        return pool(codes, _part(fitted, "pooling"), self.pooling)

    def split(self, wide: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the windows, (b, count, 64, 64) or (b, count, 64, 64, 3) uint8, and boxes, (b, count, 3) float32."""
        channels, tail = LOOKS[self.look], self.count * PLACE
        shape = (WINDOW, WINDOW) if channels == 1 else (WINDOW, WINDOW, channels)
        boxes = np.ascontiguousarray(wide[:, -tail:]).view(np.float32)
        return wide[:, :-tail].reshape(len(wide), self.count, *shape), boxes.reshape(len(wide), self.count, 3)


def _part(fitted: dict[str, np.ndarray], part: str) -> dict[str, np.ndarray]:
    """Return the arrays of one part of the fitted model: ``encoder``, ``decoder``, ``history``, ``pooling``."""
    return {name.partition(".")[2]: array for name, array in fitted.items() if name.startswith(part + ".")}
