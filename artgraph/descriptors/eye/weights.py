"""Where the eye's weights lie."""

from pathlib import Path

__all__ = ["WEIGHTS"]

WEIGHTS = Path(__file__).parent / "artgraph_eye.safetensors"
