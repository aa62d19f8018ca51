"""Where a network computes."""

from __future__ import annotations

from artgraph.errors import InputError

__all__ = ["pick_device"]


def pick_device(device: str) -> str:
    """Return the torch ``device`` for 'auto' (a GPU where there is one), 'cpu' or 'cuda' (InputError without a GPU)."""
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if str(device).startswith("cuda") and not torch.cuda.is_available():
        raise InputError("--device cuda: torch finds no GPU here; use --device auto or cpu")
    return device
