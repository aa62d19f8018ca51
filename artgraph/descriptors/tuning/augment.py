"""Random changes that leave the style of a picture as it is; and those that are usual for photographs, beside them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from torchvision.transforms import functional

from artgraph.checks import check_choice
from artgraph.descriptors.tuning.config import AUGMENTATIONS

__all__ = ["augment", "reproduce"]

CROPS = {"curated": (0.3, 1.0), "usual": (0.08, 1.0)}  # share of the picture's area
RATIO = 4 / 3
QUALITIES = (30, 95)  # of JPEG


def augment(
    image: np.ndarray, size: int, *, rng: np.random.Generator, kind: str = "curated", reproduction: bool = True
) -> np.ndarray:
    """Return a square cut-out of a picture, changed at random, (size, size, 3) uint8.

    - ``curated``: a crop of 30 to 100 % of the area, proportions 3:4 to 4:3; half of them mirrored.
    - ``usual``: Chen et al. 2020 (arXiv 2002.05709), appendix A: a crop of 8 to 100 %; mirrored; brightness, contrast
      and saturation by up to 40 %, hue by up to 36°, four times of five; grey, once in five; blurred, every other time,
      with a σ of 0.1 to 2 pixels.

    A palette and the sharpness of an edge are manner. The usual augmentations teach a network to ignore them; the
    curated ones leave them as they are.

    Parameters
    ----------
    image : (h, w, 3) uint8
    size : Side of the result, pixels.
    rng : All that is random comes from it.
    kind : "curated" or "usual".
    reproduction : Also vary what belongs to the reproduction: see ``reproduce``.
    """
    check_choice("augmentation", kind, AUGMENTATIONS)
    picture = Image.fromarray(image)
    box = _crop(picture.size, rng, CROPS[kind])
    picture = picture.resize((size, size), Image.Resampling.BICUBIC, box=box)
    if rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if kind == "usual":
        picture = _jitter(picture, rng)
    return reproduce(np.asarray(picture), rng=rng) if reproduction else np.array(picture)


def reproduce(image: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """Return an ``image``, (h, w, 3) uint8, as another camera, scanner or printer might have given it.

    With random numbers of ``rng``: a cast of up to 8 % of each channel and 8 levels of brightness, always; shades of
    grey, once in eight; half to all of the resolution, once in four; JPEG of quality 30 to 95, once in four.
    """
    values = image.astype(np.float32)
    if rng.random() < 1 / 8:
        values = np.repeat((values @ np.array([0.299, 0.587, 0.114], dtype=np.float32))[:, :, None], 3, axis=2)
        values = values + rng.uniform(-8, 8)
    else:
        values = values * rng.uniform(0.92, 1.08, 3).astype(np.float32) + rng.uniform(-8, 8)
    values = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    if rng.random() < 1 / 4:
        height, width = values.shape[:2]
        share = rng.uniform(0.5, 1)
        smaller = (max(1, round(share * width)), max(1, round(share * height)))
        small = Image.fromarray(values).resize(smaller, Image.Resampling.BICUBIC)
        values = np.array(small.resize((width, height), Image.Resampling.BICUBIC))
    if rng.random() < 1 / 4:
        file = io.BytesIO()
        Image.fromarray(values).save(file, "JPEG", quality=int(rng.integers(*QUALITIES, endpoint=True)))
        values = np.array(Image.open(file))
    return values


def _crop(
    size: tuple[int, int], rng: np.random.Generator, area: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Return left, upper, right and lower edge of a crop, in pixels and parts of pixels."""
    width, height = size
    share, ratio = rng.uniform(*area), np.exp(rng.uniform(-np.log(RATIO), np.log(RATIO)))
    side = np.sqrt(share * width * height)
    # wanted are proportions of the cut-out, and it must not reach beyond the picture
    w, h = min(width, side * np.sqrt(ratio)), min(height, side / np.sqrt(ratio))
    left, upper = rng.uniform(0, width - w), rng.uniform(0, height - h)
    return left, upper, left + w, upper + h


def _jitter(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    if rng.random() < 0.8:
        for change, factor in (
            (functional.adjust_brightness, rng.uniform(0.6, 1.4)),
            (functional.adjust_contrast, rng.uniform(0.6, 1.4)),
            (functional.adjust_saturation, rng.uniform(0.6, 1.4)),
            (functional.adjust_hue, rng.uniform(-0.1, 0.1)),
        ):
            picture = change(picture, factor)
    if rng.random() < 0.2:
        picture = functional.to_grayscale(picture, num_output_channels=3)
    if rng.random() < 0.5:
        side = 2 * (min(picture.size) // 20) + 1  # a tenth of the side, odd
        picture = functional.gaussian_blur(picture, [side, side], [rng.uniform(0.1, 2.0)])
    return picture
