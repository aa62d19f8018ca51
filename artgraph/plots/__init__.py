"""Plots, for those who installed the extra 'plot': PNG, SVG or PDF, by the ending of the file."""

from artgraph.plots.graph import explained_variance, plot_graph, plot_pca
from artgraph.plots.influence import plot_influence
from artgraph.plots.partitions import plot_confusion, plot_timeline
from artgraph.plots.sheets import plot_sheet
from artgraph.plots.style import FORMATS, figure, save

__all__ = [
    "FORMATS", "explained_variance", "figure", "plot_confusion", "plot_graph", "plot_influence", "plot_pca",
    "plot_sheet", "plot_timeline", "save",
]  # fmt: skip
