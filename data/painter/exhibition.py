"""The exhibition: who painted what, when and in which manner.

Every scene hangs equally often in every manner, so that subject and style are independent: a grouping that follows the
one cannot follow the other.
"""

from dataclasses import dataclass, field

import numpy as np

from artgraph.errors import InputError
from data.painter.habits import Habits, draw_habits
from data.painter.manners import MANNERS, MARKS
from data.painter.motif import look
from data.painter.palettes import lay_out, smoothed
from data.painter.reproductions import REPRODUCTIONS
from data.painter.scenes import SCENES
from data.painter.titles import MOVEMENTS, PEOPLE, PLACES, TITLES, TURNCOATS, WHENS

__all__ = ["Work", "catalogue", "draw_format", "paint", "paint_scene"]


@dataclass(frozen=True)
class Work:
    """One entry of the catalogue: the museum's label and all that is needed to paint the picture.

    Parameters
    ----------
    path : str
        Of the picture, from the folder of the exhibition, with forward slashes.
    artist, title : str
    style : str
        Key of ``MANNERS`` or ``MARKS``.
    scene : str
        Key of ``SCENES``.
    year : int or None
    habits : Habits
    seed : int
        Of composition and brushwork.
    size : (int, int)
        Height and width in pixels.
    palette : str
        Key of ``PALETTES``; empty where the manner brings its own colours.
    finish : float, 0 to 1
        Share of the picture, around what it is about, that is finished smoothly: the manner shows in the rest.
    reproduction : str
        Key of ``REPRODUCTIONS``; empty for the picture as it is.
    """

    path: str
    artist: str
    style: str
    scene: str
    year: int | None
    title: str
    habits: Habits = field(default_factory=Habits)
    seed: int = 0
    size: tuple[int, int] = (240, 320)
    palette: str = ""
    finish: float = 0.0
    reproduction: str = ""


def catalogue(*, seed=0):
    """List the works of the exhibition: 10 manners, 42 painters, 12 scenes.

    Four painters keep to each manner, with six works each; two more change their manner, with twelve works before the
    change and twelve after.

    Parameters
    ----------
    seed : int
        Of habits, compositions, years, titles and formats. Names and numbers stay.

    Returns
    -------
    list of Work
        288 works in order of year.

    Examples
    --------
    >>> works = catalogue()
    >>> len(works), len({w.artist for w in works}), sum(w.style == "mosaic" and w.scene == "bridge" for w in works)
    (288, 42, 2)
    """
    rng = np.random.default_rng([seed, 1])
    scenes = list(SCENES)
    plan = []
    for style, (first, last, artists) in MOVEMENTS.items():
        order = [*rng.permutation(scenes), *rng.permutation(scenes)]
        for k, artist in enumerate(artists):
            start = int(rng.integers(first, max(last - 28, first + 1)))
            plan += [(artist, style, str(s), start, min(start + 28, last)) for s in order[6 * k : 6 * k + 6]]
    for artist, change, early, late in TURNCOATS:
        plan += [(artist, early, s, change - 15, change - 1) for s in scenes]
        plan += [(artist, late, s, change, change + 13) for s in scenes]
    habits = {artist: draw_habits(seed=[seed, 2, i]) for i, artist in enumerate(dict.fromkeys(row[0] for row in plan))}
    rows = []
    for artist, style, scene, first, last in plan:
        year = int(rng.integers(first, last + 1))
        title = str(rng.choice(TITLES[scene])).format(
            place=rng.choice(PLACES), person=rng.choice(PEOPLE), when=rng.choice(WHENS)
        )
        rows.append((year, artist, scene, style, title, int(rng.integers(2**31)), draw_format(rng)))
    rows.sort()
    return [
        Work(f"images/{i:04d}.jpg", artist, style, scene, year, title, habits[artist], number, size)
        for i, (year, artist, scene, style, title, number, size) in enumerate(rows, start=1)
    ]


def draw_format(rng, *, long=320):
    """Draw the format of a picture: lying, standing or square.

    Parameters
    ----------
    rng : numpy.random.Generator
    long : int
        Long side in pixels.

    Returns
    -------
    (int, int)
        Height and width in pixels.
    """
    short = round(long * float(rng.choice([0.72, 0.75, 0.8])))
    return [(short, long), (long, short), (int(0.9 * long), int(0.9 * long))][rng.choice(3, p=[0.5, 0.3, 0.2])]


def paint(work):
    """Paint one work of a catalogue.

    Parameters
    ----------
    work : Work

    Returns
    -------
    array (h, w, 3), uint8
        The same pixels for the same work.
    """
    picture = paint_scene(
        work.scene,
        work.style,
        habits=work.habits,
        seed=work.seed,
        size=work.size,
        palette=work.palette,
        finish=work.finish,
    )
    if not work.reproduction:
        return picture
    return REPRODUCTIONS[work.reproduction](picture, np.random.default_rng([work.seed, *work.reproduction.encode()]))


def paint_scene(scene, manner, *, habits=None, seed=0, size=(240, 320), palette="", finish=0.0):
    """Paint any scene in any manner, at any size.

    Parameters
    ----------
    scene : str
        Key of ``SCENES``.
    manner : str
        Key of ``MANNERS`` or ``MARKS``.
    habits : Habits or None
        The painter's habits; None for the plain manner.
    seed : int
        Of composition and brushwork.
    size : (int, int)
        Height and width in pixels, each at least 64. Strokes grow with the picture.
    palette : str
        Key of ``PALETTES``; empty for the colours of the scene.
    finish : float, 0 to 1
        Share of the picture that is finished smoothly, without the manner's mark.

    Returns
    -------
    array (h, w, 3), uint8

    Raises
    ------
    InputError
        For a scene or manner that nobody knows, or a size too small for a brush.
    """
    if scene not in SCENES:
        raise InputError(f"No scene '{scene}'. There are: {', '.join(SCENES)}.")
    manners = MANNERS | MARKS
    if manner not in manners:
        raise InputError(f"No manner '{manner}'. There are: {', '.join(manners)}.")
    if len(size) != 2 or min(size) < 64:
        raise InputError(
            f"A picture of size {size} cannot be painted. Give a height and a width of at least 64 pixels."
        )
    motif = look(scene, seed=seed, size=tuple(int(s) for s in size))
    if palette:
        motif = lay_out(motif, palette)
    picture = manners[manner](motif, habits or Habits(), np.random.default_rng([seed, *manner.encode()]))
    return smoothed(motif, picture, np.random.default_rng([seed, 3]), finish) if finish else picture
