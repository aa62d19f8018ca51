"""Descriptors: functions from a picture to a vector that says something of its style.

Each file holds one. All have the same shape (``base.Descriptor``), so that one pass over the pictures serves them all.
"""

from artgraph.descriptors.base import Descriptor
from artgraph.descriptors.color import Color
from artgraph.descriptors.csd import Csd
from artgraph.descriptors.extract import extract
from artgraph.descriptors.fusion import apply_fusion, fit_fusion, fuse
from artgraph.descriptors.gram import Gram, gram_vectors, moment_vectors
from artgraph.descriptors.grey import Grey, without_color
from artgraph.descriptors.imported import read_vectors
from artgraph.descriptors.patches import Patches
from artgraph.descriptors.pooled import Pooled
from artgraph.descriptors.registry import DESCRIPTORS, make_descriptor, refuse_unused
from artgraph.descriptors.texture import Texture

__all__ = [
    "DESCRIPTORS",
    "Color",
    "Csd",
    "Descriptor",
    "Gram",
    "Grey",
    "Patches",
    "Pooled",
    "Texture",
    "apply_fusion",
    "extract",
    "fit_fusion",
    "fuse",
    "gram_vectors",
    "make_descriptor",
    "moment_vectors",
    "read_vectors",
    "refuse_unused",
    "without_color",
]
