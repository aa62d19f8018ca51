"""Descriptors: functions from a picture to a vector that says something of its style.

Each file holds one. All have the same shape (``base.Descriptor``), so that one pass over the pictures serves them all.
Nothing is imported before it is used: the names of the descriptors are there without torch.
"""

import importlib

_HOMES = {
    "DESCRIPTORS": "registry",
    "Color": "color",
    "Descriptor": "base",
    "Gram": "gram",
    "Grey": "grey",
    "Patches": "patches",
    "Pooled": "pooled",
    "apply_fusion": "fusion",
    "extract": "extraction",
    "fit_fusion": "fusion",
    "fuse": "fusion",
    "make_descriptor": "registry",
    "read_vectors": "imported",
    "refuse_unused": "registry",
}
__all__ = [*_HOMES]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute {name!r}")
