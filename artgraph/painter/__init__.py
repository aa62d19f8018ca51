"""The program's own painter: an exhibition in which every scene is painted in every manner."""

from artgraph.painter.exhibition import Work, catalogue, paint, paint_scene
from artgraph.painter.hands import Hand, draw_hand
from artgraph.painter.manners import MANNERS
from artgraph.painter.scenes import SCENES
from artgraph.painter.writing import sample_works, write_demo

__all__ = [
    "MANNERS",
    "SCENES",
    "Hand",
    "Work",
    "catalogue",
    "draw_hand",
    "paint",
    "paint_scene",
    "sample_works",
    "write_demo",
]
