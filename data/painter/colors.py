"""Colours as a painter sees them: lightness and hue, a limited palette, a key of tones.

Lightness and hue live in Oklab [1]_, with a gamma of 2 in place of the sRGB curve: a painting needs no colorimetry, and
a square is quick.

References
----------
.. [1] Björn Ottosson, "A perceptual color space for image processing", 2020, https://bottosson.github.io/posts/oklab/
"""

import numpy as np

__all__ = ["from_oklab", "hex_color", "key", "limit_palette", "mix", "shift_hue", "to_oklab", "to_uint8"]

_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]], np.float32
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]], np.float32
)  # fmt: skip
_FROM_LMS = np.linalg.inv(_TO_LMS).astype(np.float32)
_FROM_LAB = np.linalg.inv(_TO_LAB).astype(np.float32)


def hex_color(code):
    """Read colours written as ``#rrggbb``.

    Parameters
    ----------
    code : str
        One colour, or several separated by blanks.

    Returns
    -------
    array (3,) or (k, 3), float32, 0 to 1
    """
    rows = [[int(word.lstrip("#")[i : i + 2], 16) / 255 for i in (0, 2, 4)] for word in code.split()]
    return np.array(rows[0] if len(rows) == 1 else rows, np.float32)


def to_oklab(rgb):
    """Convert colours to lightness and two opponent axes.

    Parameters
    ----------
    rgb : array (..., 3), float, 0 to 1

    Returns
    -------
    array (..., 3), float32
        Lightness 0 to 1, green-red and blue-yellow about -0.4 to 0.4.
    """
    rgb = np.clip(np.asarray(rgb, np.float32), 0, 1)
    return np.cbrt((rgb * rgb) @ _TO_LMS.T) @ _TO_LAB.T


def from_oklab(lab):
    """Convert lightness and opponent axes to colours; what no screen can show is clipped.

    Parameters
    ----------
    lab : array (..., 3), float

    Returns
    -------
    array (..., 3), float32, 0 to 1
    """
    lms = np.asarray(lab, np.float32) @ _FROM_LAB.T
    return np.sqrt(np.clip((lms * lms * lms) @ _FROM_LMS.T, 0, 1))


def mix(a, b, t):
    """Blend from ``a`` (t = 0) to ``b`` (t = 1).

    Parameters
    ----------
    a, b : array, broadcastable
    t : array or float, 0 to 1
        An (h, w) mask is spread over the channels of an (h, w, 3) picture.

    Returns
    -------
    array
    """
    if np.ndim(t) == 2 and max(np.ndim(a), np.ndim(b)) != 2:
        t = t[..., None]
    return a + (b - a) * t


def shift_hue(rgb, degrees, *, chroma=1.0):
    """Turn hues and scale their strength, at the same lightness.

    Parameters
    ----------
    rgb : array (..., 3), float, 0 to 1
    degrees : array (...) or float
    chroma : array (...) or float
        1 leaves the strength as it is, 0 gives greys.

    Returns
    -------
    array (..., 3), float32, 0 to 1
    """
    lab = to_oklab(rgb)
    t = np.deg2rad(degrees)
    cos, sin = np.cos(t) * chroma, np.sin(t) * chroma
    a, b = lab[..., 1], lab[..., 2]
    return from_oklab(np.stack([lab[..., 0], cos * a - sin * b, sin * a + cos * b], axis=-1))


def key(tones, *, equalize=0.6, low=0.0, high=1.0, gamma=1.0):
    """Set the tones of a picture in a key: ranks in part, then a range.

    A night and a noon painted in one manner have nearly the same tones; ``equalize`` says how nearly.

    Parameters
    ----------
    tones : array (h, w), float
    equalize : float, 0 to 1
        Share of the rank (0 darkest pixel, 1 lightest) in the result.
    low, high : float
        Tones of the darkest and lightest place.
    gamma : float
        Above 1 darkens the middle tones.

    Returns
    -------
    array (h, w), float32, ``low`` to ``high``
    """
    bottom, top = float(tones.min()), float(tones.max())
    scaled = (tones - bottom) / max(top - bottom, 1e-6)
    counts, edges = np.histogram(scaled, bins=256, range=(0, 1))
    rank = np.interp(scaled, edges[1:], np.cumsum(counts) / scaled.size)
    result = np.clip(equalize * rank + (1 - equalize) * scaled, 0, 1) ** gamma
    return (low + (high - low) * result).astype(np.float32)


def limit_palette(rgb, palette, *, softness=0.1, hue=1.0, keep=0.25):
    """Repaint with a limited palette: each place gets a mixture of the colours nearest to it.

    Weights are a softmax of squared Oklab distances over ``softness``²; ``keep`` of the lightness that the mixture
    misses is put back.

    Parameters
    ----------
    rgb : array (n, 3) or (h, w, 3), float, 0 to 1
    palette : array (k, 3), float, 0 to 1
    softness : float
        Small values keep the tubes apart, large ones mix them.
    hue : float
        Weight of hue against lightness in the distance.
    keep : float, 0 to 1

    Returns
    -------
    array (..., 3), float32, 0 to 1
    """
    lab, tubes = to_oklab(rgb), to_oklab(palette)
    weight = np.array([1.0, hue * 1.6, hue * 1.6], np.float32)
    # row by row of the picture, one line for each tube: sums run down the lines, and no product is large enough for
    # BLAS to wake its threads, which would cost more than they bring
    x, p = np.moveaxis((lab * weight).reshape(-1, *lab.shape[-2:]), -1, -2), tubes * weight
    share = (2 * p) @ x
    share -= (p * p).sum(axis=1)[:, None]
    share -= share.max(axis=-2, keepdims=True)
    share /= np.float32(softness**2)
    np.exp(share, out=share)
    mixed = np.moveaxis((tubes.T @ share) / share.sum(axis=-2, keepdims=True), -2, -1).reshape(lab.shape)
    mixed[..., 0] += keep * (lab[..., 0] - mixed[..., 0])
    return from_oklab(mixed)


def to_uint8(rgb):
    """Round a picture to bytes.

    Parameters
    ----------
    rgb : array (h, w, 3), float, 0 to 1; values outside are clipped

    Returns
    -------
    array (h, w, 3), uint8
    """
    return (np.clip(rgb, 0, 1) * 255 + 0.5).astype(np.uint8)
