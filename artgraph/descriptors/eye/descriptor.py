"""The eye as a descriptor."""

from artgraph.descriptors.eye.network import BACKBONE
from artgraph.descriptors.eye.weights import WEIGHTS
from artgraph.descriptors.pooled import Pooled

__all__ = ["eye"]


def eye(*, size=None, device="cpu"):
    """Return the descriptor (Pooled) of the network that comes with artgraph: 256 dimensions, nothing to download.

    Parameters
    ----------
    size : int, optional
        Side of a picture, pixels; default 224.
    device : str
        A torch device.
    """
    return Pooled(name="eye", backbone=BACKBONE, weights=WEIGHTS, size=size, device=device)
