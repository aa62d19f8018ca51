"""The page to look at: a folder that opens by double-click and shows every painting in its cluster."""

from artgraph.atlas.agreement import agreement, manners
from artgraph.atlas.build import write_atlas
from artgraph.atlas.grid import hang
from artgraph.atlas.reasons import reasons
from artgraph.atlas.summary import first_year, summarize

__all__ = ["agreement", "first_year", "hang", "manners", "reasons", "summarize", "write_atlas"]
