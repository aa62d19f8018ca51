"""Pictures without their colours: black-and-white reproductions must not make a style of their own."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from PIL import Image

from artgraph.descriptors.base import Descriptor
from artgraph.errors import InputError

__all__ = ["Grey", "without_color"]


def without_color(image: np.ndarray) -> np.ndarray:
    """Return an ``image``, (h, w, 3) uint8, with its luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), in all channels.

    >>> without_color(np.array([[[255, 0, 0], [0, 255, 0], [255, 255, 255]]], dtype=np.uint8))[0, :, 0]
    array([ 76, 150, 255], dtype=uint8)
    """
    return np.repeat(np.asarray(Image.fromarray(image).convert("L"))[:, :, None], 3, axis=2)


class Grey(Descriptor):
    """Another descriptor, not one of colour alone, that is shown every picture without its colours.

    Its features go by the key of the other and ``-grey``, so that both can stand in one corpus.
    """

    def __init__(self, descriptor: Descriptor) -> None:
        if descriptor.name == "color":
            raise InputError("'color' has nothing to see where colour is ignored; leave it out of the descriptors")
        self.descriptor = descriptor
        self.name, self.key = descriptor.name, f"{descriptor.key}-grey"
        self.size, self.learns_from, self.places = descriptor.size, descriptor.learns_from, descriptor.places
        self.trains = descriptor.trains
        self.true_scale = descriptor.true_scale

    def params(self) -> dict[str, Any]:
        return {**self.descriptor.params(), "grey": True}

    def load(self) -> None:
        self.descriptor.load()

    def short_side(self, size_cm: tuple[float, float] | None = None) -> int:
        return self.descriptor.short_side(size_cm)

    def prepare(self, image: np.ndarray, **size: Any) -> np.ndarray:
        return self.descriptor.prepare(without_color(image), **size)

    def embed(self, batch: np.ndarray) -> np.ndarray:
        return self.descriptor.embed(batch)

    def locate(self, wide: np.ndarray) -> np.ndarray:
        return self.descriptor.locate(wide)

    def fit(self, sample: np.ndarray | Iterable[np.ndarray]) -> dict[str, np.ndarray]:
        return self.descriptor.fit(sample)

    def reduce(self, wide: np.ndarray, fitted: Mapping[str, np.ndarray]) -> np.ndarray:
        return self.descriptor.reduce(wide, fitted)
