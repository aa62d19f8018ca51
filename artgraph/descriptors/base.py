"""What a descriptor is."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from artgraph.images import resize_cover

__all__ = ["Descriptor"]


class Descriptor(ABC):
    """A function from a picture to a vector, in the four steps of one shared pass.

    ::

        uint8 (h, w, 3)  ── prepare ──►  array          in a decoding thread, one picture at a time
        stack of arrays  ── embed ────►  (b, wide)      in the main thread, one batch at a time (the network, if any)
        a sample         ── fit ──────►  parameters     once per corpus, on at most ``SAMPLE`` pictures; often nothing
        (b, wide)        ── reduce ───►  (b, d)         with those parameters; also for a painting that comes later

    Attributes
    ----------
    name
    key : What its features are called in a corpus; the name, unless ``make_descriptor`` gave another.
    size : Short side, in pixels, that ``prepare`` needs; pictures may be decoded at reduced scale down to it.
    true_scale : Whether it needs the painting's size; ``prepare`` and ``short_side`` then take it as ``size_cm``.
    learns_from : Rows that ``fit`` gets at most, as one array; None: it gets the whole sample as an iterable of blocks
        (b, wide), which can be gone through again and need not fit into memory.
    trains : Whether ``fit`` trains a network, which several threads make faster.
    places : Windows per picture whose places are stored; 0 for a descriptor of the whole.
    """

    name = ""
    key = ""
    size = 224
    learns_from = 2048
    trains = False
    places = 0
    true_scale = False

    @abstractmethod
    def params(self) -> dict[str, Any]:
        """Return everything that the values depend on (dict of JSON values)."""

    def load(self) -> None:  # noqa: B027 - most have nothing to do
        """Get ready (weights into memory). Called once, before the first ``embed``."""

    def short_side(self, size_cm: tuple[float, float] | None = None) -> int:
        """Return the short side, in pixels, that ``prepare`` needs of a painting of this height and width."""
        return self.size

    def prepare(self, image: np.ndarray) -> np.ndarray:
        """Turn one picture, uint8 (h, w, 3) sRGB, into the array that ``embed`` takes; by default a square of it."""
        return resize_cover(image, self.size)

    def embed(self, batch: np.ndarray) -> np.ndarray:
        """Turn a stack of prepared arrays (b, ...) into wide vectors, float16 or float32 (b, wide)."""
        return batch

    def locate(self, wide: np.ndarray) -> np.ndarray:
        """Return where wide vectors (b, wide) were read: x, y, scale of each window, float32 (b, places, 3)."""
        raise NotImplementedError

    def fit(self, sample: np.ndarray | Iterable[np.ndarray]) -> dict[str, np.ndarray]:
        """Return the parameters of ``reduce`` (dict of arrays, perhaps empty) from a sample; see ``learns_from``."""
        return {}

    def reduce(self, wide: np.ndarray, fitted: Mapping[str, np.ndarray]) -> np.ndarray:
        """Turn wide vectors (b, wide) into features, float32 (b, d), with the parameters that ``fit`` returned."""
        return wide
