"""The painter of the demo: an exhibition in which every scene is painted in every manner."""

from data.painter.exhibition import Work, catalogue, paint, paint_scene
from data.painter.habits import Habits, draw_habits
from data.painter.hard import hard_catalogue
from data.painter.manners import MANNERS, MARKS
from data.painter.scenes import SCENES
from data.painter.writing import sample_works, write_demo

__all__ = [
    "MANNERS",
    "MARKS",
    "SCENES",
    "Habits",
    "Work",
    "catalogue",
    "draw_habits",
    "hard_catalogue",
    "paint",
    "paint_scene",
    "sample_works",
    "write_demo",
]
