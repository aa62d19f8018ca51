"""Descriptors: functions from a picture to a vector that says something of its style.

Each file holds one. All have the same shape (``base.Descriptor``), so that one pass over the pictures serves them all.
Nothing is imported before it is used: the names of the descriptors are there without torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "base": ["Descriptor"],
        "color": ["Color"],
        "extraction": ["extract"],
        "fusion": ["apply_fusion", "fit_fusion", "fuse"],
        "gram": ["Gram"],
        "grey": ["Grey"],
        "imported": ["read_vectors"],
        "patches": ["Patches"],
        "pooled": ["Pooled"],
        "registry": ["DESCRIPTORS", "make_descriptor", "refuse_unused"],
    },
)
