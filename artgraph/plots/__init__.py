"""Plots, for those who installed the extra 'plot': PNG, SVG or PDF, by the ending of the file."""

from artgraph.plots.features import explained_variance, plot_pca
from artgraph.plots.graph import plot_graph
from artgraph.plots.influence import plot_influence
from artgraph.plots.partitions import plot_confusion, plot_timeline
from artgraph.plots.sheets import PAGE, hang_rows, plot_sheet
from artgraph.plots.style import BLUE, FORMATS, GRID, INK, MUTED, RUST, figure, fonts, save, titled, words

__all__ = [
    "BLUE",
    "FORMATS",
    "GRID",
    "INK",
    "MUTED",
    "PAGE",
    "RUST",
    "explained_variance",
    "figure",
    "fonts",
    "hang_rows",
    "plot_confusion",
    "plot_graph",
    "plot_influence",
    "plot_pca",
    "plot_sheet",
    "plot_timeline",
    "save",
    "titled",
    "words",
]
