"""Descriptors by name."""

from artgraph.descriptors.color import Color
from artgraph.descriptors.gram import Gram
from artgraph.descriptors.texture import Texture
from artgraph.errors import InputError

__all__ = ["DESCRIPTORS", "make_descriptor"]

DESCRIPTORS = {"color": Color, "gram": Gram, "texture": Texture}


def make_descriptor(name, **options):
    """Make a descriptor by name, with those of the options that it knows.

    Parameters
    ----------
    name : str
        A key of ``DESCRIPTORS``.
    **options
        Such as ``backbone``, ``layers``, ``weights``, ``device``; color and texture take none.

    Raises
    ------
    InputError
        There is no descriptor of that name.
    """
    if name not in DESCRIPTORS:
        raise InputError(f"There is no descriptor '{name}' (there are: {', '.join(sorted(DESCRIPTORS))})")
    needs_network = DESCRIPTORS[name] is Gram
    return DESCRIPTORS[name](**options) if needs_network else DESCRIPTORS[name]()
