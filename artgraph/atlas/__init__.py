"""The page to look at: a folder that opens by double-click and shows every painting in its cluster."""

from artgraph.atlas.build import write_atlas
from artgraph.atlas.content import About, Clusters, Links, Paintings

__all__ = ["About", "Clusters", "Links", "Paintings", "write_atlas"]
