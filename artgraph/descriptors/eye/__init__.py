"""The network that comes with artgraph: small, trained by us from scratch, on works whose painters died long ago.

``MODEL_CARD.md`` beside this file says on what, how, and how well; ``python -m experiments.train_eye`` trains it again.
"""

from pathlib import Path

from artgraph.descriptors.eye.network import BACKBONE, Eye
from artgraph.descriptors.pooled import Pooled

__all__ = ["BACKBONE", "WEIGHTS", "Eye", "eye"]

WEIGHTS = Path(__file__).parent / "artgraph_eye.safetensors"


def eye(*, size: int | None = None, device: str = "cpu", runtime: str = "torch") -> Pooled:
    """Return the descriptor of this network: 256 dimensions, nothing to download.

    Parameters
    ----------
    size : Side of a picture, pixels; default: 224.
    device, runtime : See ``Pooled``.
    """
    return Pooled(name="eye", backbone=BACKBONE, weights=WEIGHTS, size=size, device=device, runtime=runtime)
