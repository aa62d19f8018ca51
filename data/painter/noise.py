"""Smooth random fields, blurring and grain: the paper, the canvas and the tremor of the hand."""

import numpy as np
from PIL import Image
from scipy import ndimage

__all__ = ["blur", "fractal_noise", "resize", "streaks", "value_noise", "warp"]


def resize(field, shape, *, resample=Image.Resampling.BILINEAR):
    """Resample a field to another shape.

    Parameters
    ----------
    field : array (h, w) or (h, w, c), float
    shape : (int, int)
        Height and width wanted.
    resample : PIL.Image.Resampling

    Returns
    -------
    array (shape[0], shape[1]) or (shape[0], shape[1], c), float32
    """
    field = np.asarray(field, np.float32)
    if field.ndim == 3:
        return np.stack([resize(field[..., i], shape, resample=resample) for i in range(field.shape[2])], axis=-1)
    return np.array(Image.fromarray(field).resize((shape[1], shape[0]), resample))


def value_noise(rng, shape, cell):
    """Draw smooth noise: random values on a lattice, joined by cubic interpolation.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : (int, int)
        Height and width in pixels.
    cell : float or (float, float)
        Spacing of the lattice in pixels, down and across; unequal spacings give drawn-out grain.

    Returns
    -------
    array (h, w), float32, about -1 to 1
    """
    down, across = (cell, cell) if np.isscalar(cell) else cell
    h, w = shape
    rows, columns = max(2, int(np.ceil(h / down)) + 1), max(2, int(np.ceil(w / across)) + 1)
    lattice = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
    return resize(lattice, shape, resample=Image.Resampling.BICUBIC)


def fractal_noise(rng, shape, cell, *, octaves=3):
    """Draw noise with detail at several scales, each half as large and half as strong as the one before.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : (int, int)
        Height and width in pixels.
    cell : float
        Size of the largest features in pixels.
    octaves : int

    Returns
    -------
    array (h, w), float32, about -1 to 1
    """
    total = sum(value_noise(rng, shape, max(cell / 2**i, 1.0)) / 2**i for i in range(octaves))
    return total / (2 - 2.0 ** (1 - octaves))


def streaks(rng, shape, *, length, width):
    """Draw grain along the horizontal, as of wood or of a dry brush.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : (int, int)
        Height and width in pixels.
    length, width : float
        Size of a streak in pixels.

    Returns
    -------
    array (h, w), float32, about -1 to 1
    """
    return value_noise(rng, shape, (max(width, 1.0), max(length, 1.0)))


def blur(field, sigma):
    """Blur with a Gaussian; wide ones are computed on a reduced picture.

    Parameters
    ----------
    field : array (h, w) or (h, w, c), float
    sigma : float
        Standard deviation in pixels.

    Returns
    -------
    array of the same shape, float32
    """
    field = np.asarray(field, np.float32)
    h, w = field.shape[:2]
    factor = int(min(sigma / 2, min(h, w) / 4))
    if factor >= 2:
        small = resize(field, (max(h // factor, 2), max(w // factor, 2)), resample=Image.Resampling.BOX)
        return resize(blur(small, sigma / factor), (h, w))
    return ndimage.gaussian_filter(field, (sigma, sigma, 0)[: field.ndim], truncate=2.5, mode="nearest")


def warp(field, dy, dx):
    """Read a field at displaced places.

    Parameters
    ----------
    field : array (h, w, ...)
    dy, dx : array (h, w) or float
        Displacement in pixels; the nearest pixel is read, the border is held.

    Returns
    -------
    array of the same shape and dtype
    """
    h, w = field.shape[:2]
    rows = np.clip(np.rint(np.arange(h, dtype=np.float32)[:, None] + dy), 0, h - 1).astype(np.intp)
    columns = np.clip(np.rint(np.arange(w, dtype=np.float32)[None, :] + dx), 0, w - 1).astype(np.intp)
    return field[rows, columns]
