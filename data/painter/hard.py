"""The hard exhibition: manners that differ in the mark alone, and labels and pictures as archives have them."""

import numpy as np

from data.painter.exhibition import Work, draw_format
from data.painter.habits import draw_habits
from data.painter.palettes import PALETTES
from data.painter.scenes import SCENES
from data.painter.titles import PEOPLE, PLACES, TITLES, WHENS

__all__ = ["CHANGED", "KEEPERS", "TWOFOLD", "hard_catalogue"]

FIRST, LAST = 1872, 1931  # one period for all manners: a date does not give a manner away
KEEPERS = {  # three artists of each manner, who keep to it
    "dotted": ("Aurèle Thibaudin", "Signe Hallvard", "Piet Noordhoek"),
    "dashed": ("Blanche Corvisier", "Anton Reschke", "Mirela Ionașcu"),
    "flowing": ("Gerrit Vlaeming", "Ruth Penhallow", "Kazimir Dolny"),
    "knifed": ("Lucien Ferrand-Bois", "Ottilie Brandauer", "Rafael Urrutia"),
    "smoky": ("Ada Whitcombe", "Leopold Sarkany", "Teresa Valmarana"),
    "outlined": ("Yves Kermadec", "Hilma Strandvik", "Jan Podlesny"),
    "hatched": ("Edith Marchbanks", "Ulrich Tannhof", "Cosimo Baldesi"),
    "scumbled": ("Maarten Duyvel", "Fenna Aldrich", "Nikolai Vereshin"),
    "stained": ("Iris Lovelace-Grant", "Bruno Castellar", "Saga Lindqvist-Ora"),
    "faceted": ("Marius Delacombe", "Vera Zelenska", "Theo Hartwig"),
}
CHANGED = (  # who changed their manner: name, year, the earlier and the later
    ("Simone Achard", 1898, "dashed", "faceted"),
    ("Viktor Halmos", 1907, "smoky", "knifed"),
)
TWOFOLD = (  # who painted in two manners of others all their life
    ("Clara Wessling", "dotted", "outlined"),
    ("Domenico Arrighi", "flowing", "hatched"),
)
WORKS, CHANGED_WORKS, TWOFOLD_WORKS = 8, 6, 5  # of a keeper; of the others in each manner
WORKSHOPS, WRONG, NAMELESS, UNDATED = 12, 8, 16, 30  # works
MOST_FINISHED = 0.7  # share of a picture
SHARES = {"photograph": 0.13, "cast": 0.06, "blocks": 0.05, "small": 0.05, "framed": 0.05}  # together a third


def hard_catalogue(*, seed=0):
    """List the works of the hard exhibition: 10 manners, 34 painters, 12 scenes, 5 palettes.

    Manners share scenes, palettes and years. Three painters keep to each manner; two change theirs in mid-career, two
    paint in two manners of others. Twelve works come from workshops, eight bear the name of somebody who painted in
    another manner, sixteen no name, thirty no year. A third of the pictures are bad reproductions.

    Parameters
    ----------
    seed : int
        Of everything but the names.

    Returns
    -------
    list of Work
        296 works. ``artist`` is what the label says, which is not always true; ``year`` is None where it says nothing.

    Examples
    --------
    >>> works = hard_catalogue()
    >>> len(works), sum(w.style == "dotted" for w in works), sum(bool(w.reproduction) for w in works)
    (296, 31, 101)
    """
    rng = np.random.default_rng([seed, 11])
    plan, masters = [], [name for names in KEEPERS.values() for name in names]
    for style, names in KEEPERS.items():
        order = [*rng.permutation(list(SCENES)), *rng.permutation(list(SCENES))]
        for k, name in enumerate(names):
            start = int(rng.integers(FIRST, LAST - 30))
            plan += [(name, style, scene, start, start + 30) for scene in order[WORKS * k : WORKS * (k + 1)]]
    for name, year, early, late in CHANGED:
        scenes = rng.permutation(list(SCENES))
        plan += [(name, early, scene, year - 16, year - 1) for scene in scenes[:CHANGED_WORKS]]
        plan += [(name, late, scene, year, year + 16) for scene in scenes[CHANGED_WORKS:]]
    for name, *styles in TWOFOLD:
        scenes, start = rng.permutation(list(SCENES)), int(rng.integers(FIRST, LAST - 30))
        for k, style in enumerate(styles):
            part = scenes[TWOFOLD_WORKS * k : TWOFOLD_WORKS * (k + 1)]
            plan += [(name, style, scene, start, start + 30) for scene in part]
    style_of = {name: style for style, names in KEEPERS.items() for name in names}
    for name in rng.choice(masters, WORKSHOPS, replace=False):
        plan.append((f"Workshop of {name}", style_of[name], str(rng.choice(list(SCENES))), FIRST, LAST))
    habits = {name: draw_habits(seed=[seed, 12, k]) for k, name in enumerate(dict.fromkeys(row[0] for row in plan))}
    favourite = {name: list(PALETTES)[k % len(PALETTES)] for k, name in enumerate(habits)}
    n = len(plan)
    shuffled = rng.permutation(n)
    labels = [row[0] for row in plan]
    mine = [i for i in shuffled if labels[i] in style_of]
    for i in mine[:WRONG]:
        labels[i] = str(rng.choice([name for name in masters if style_of[name] != plan[i][1]]))
    for i in mine[WRONG : WRONG + NAMELESS]:
        labels[i] = ""
    undated = set(rng.permutation(n)[:UNDATED].tolist())
    bad = [name for name, share in SHARES.items() for _ in range(round(share * n))]
    came = dict(zip(rng.permutation(n).tolist(), bad, strict=False))
    rows = []
    for i, (name, style, scene, first, last) in enumerate(plan):
        year = int(rng.integers(first, last + 1))
        title = str(rng.choice(TITLES[str(scene)])).format(
            place=rng.choice(PLACES), person=rng.choice(PEOPLE), when=rng.choice(WHENS)
        )
        palette = favourite[name] if rng.random() < 0.4 else str(rng.choice(list(PALETTES)))
        rows.append(
            {
                "artist": labels[i],
                "style": style,
                "scene": str(scene),
                "year": None if i in undated else year,
                "title": title,
                "habits": habits[name],
                "seed": int(rng.integers(2**31)),
                "size": draw_format(rng),
                "palette": palette,
                "finish": float(rng.uniform(0, MOST_FINISHED)),
                "reproduction": came.get(i, ""),
            }
        )
    return [Work(f"images/{k:04d}.jpg", **rows[i]) for k, i in enumerate(rng.permutation(n), start=1)]
