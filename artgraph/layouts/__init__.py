"""Positions of paintings in the plane: a map to look at."""

from artgraph.layouts.graph import graph_layout
from artgraph.layouts.placing import place_on_map
from artgraph.layouts.plane import spread

__all__ = ["graph_layout", "place_on_map", "spread"]
