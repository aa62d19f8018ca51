"""What all manners of the hard exhibition share: palettes, and the smooth finish of the schools."""

from dataclasses import replace

import numpy as np

from data.painter.colors import from_oklab, hex_color, key, limit_palette, mix, to_oklab, to_uint8
from data.painter.noise import blur, fractal_noise

__all__ = ["PALETTES", "lay_out", "smoothed"]

PALETTES = {  # name: tubes, darkest and lightest tone
    "earth": ("#2a2019 #5a3d26 #8c6239 #b98d54 #dcc08c #f0e3c4 #5d6247 #7b7f78 #94553a", 0.16, 0.9),
    "spring": ("#33503a #5f8f4f #9cc06a #d8e09a #f6eec8 #7fb2c8 #c9dfe6 #e5a6a0 #c47a8c", 0.28, 0.97),
    "north": ("#1d2a3d #35506e #5f7f9a #93adbb #c6d3d4 #e9ebe4 #6f6a66 #a39a8c #8d5f52", 0.16, 0.93),
    "south": ("#3a2a5a #274f86 #3f8fa8 #7fb77f #e6c24a #e8913c #c9502f #f3e3bd #8a4a6a", 0.22, 0.95),
    "dusk": ("#191a2e #3b2f55 #6b4a70 #a2647a #d88a78 #f0b98a #f6dfb8 #4d5f7a #7a8292", 0.14, 0.88),
}


def lay_out(motif, palette):
    """Paint what is seen with the tubes of a palette, in its key of tones.

    Parameters
    ----------
    motif : Motif
    palette : str
        Key of ``PALETTES``.

    Returns
    -------
    Motif
        With other colours.
    """
    tubes, low, high = PALETTES[palette]
    lab = to_oklab(motif.color)
    lab[..., 0] = key(motif.tones, equalize=0.5, low=low, high=high)
    return replace(motif, color=limit_palette(from_oklab(lab), hex_color(tubes), softness=0.08, hue=0.9, keep=0.35))


def smoothed(motif, picture, rng, share):
    """Finish what the picture is about as the schools teach it, smoothly, and leave the manner's mark around it.

    Parameters
    ----------
    motif : Motif
    picture : array (h, w, 3), uint8
    rng : numpy.random.Generator
    share : float, 0 to 1
        Of the picture that is finished.

    Returns
    -------
    array (h, w, 3), uint8
    """
    h, w = motif.shape
    y, x = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None]
    away = np.hypot((y - motif.focus[0]) / h, (x - motif.focus[1]) / w)
    away = away + 0.15 * fractal_noise(rng, (h, w), 60 * motif.unit) + 0.1 * motif.depth
    done = np.clip(0.5 - (away - np.quantile(away, share)) * 12, 0, 1)
    return to_uint8(mix(picture / np.float32(255), blur(motif.color, 0.6 * motif.unit), done))
