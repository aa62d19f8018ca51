"""Train ``artgraph_eye`` again: the network that comes with artgraph, from scratch, on works in the public domain.

``python -m experiments.train_eye --paintings DIR --more DIR --work DIR [--steps N] [--write] --json``

``--paintings`` and ``--more`` are folders with ``metadata.csv``: path, artist, and ``public_domain``, of which "likely"
and "probably" count. A quarter of the artists, by a hash of their names, are left out altogether, so that the weights
that are shipped can be judged by artists that they never saw (``experiments.teach_the_eye``). Exhibitions of our own
painter are added, each by artists of its own; those who change their manner are left out. The training is
``artgraph train-descriptor --backbone artgraph_eye --from-scratch``; killed, it goes on where it was. ``--write`` puts
the weights, as float16, into the package.
"""

import csv
import hashlib
import shutil
from pathlib import Path

import pandas as pd

from artgraph import pipeline
from artgraph.descriptors.eye import BACKBONE, WEIGHTS
from data.painter import write_demo
from data.painter.exhibition import catalogue
from data.painter.titles import TURNCOATS
from experiments.common import data_sha256, experiment, parser

SEEDS = (101, 102)  # of the exhibitions; the demo is 0


def unseen(artist):
    """Return whether an artist is kept from the eye (bool): one in four, by a hash of the name."""
    return hashlib.sha256(f"eye/{artist}".encode()).digest()[0] % 4 == 0


def works(folder):
    """Return what the eye may see of a folder with ``metadata.csv`` (table): path and artist."""
    table = pd.read_csv(folder / "metadata.csv", dtype=str)
    return table[table["public_domain"].isin(["likely", "probably"]) & ~table["artist"].map(unseen)]


def seen_artists(*folders):
    """Return the artists (set of str) of whom the eye may see a work."""
    return {artist for folder in folders for artist in works(folder)["artist"]}


def collect(arguments):
    """Copy what the eye may see into one folder, and list it; return the spreadsheet (Path)."""
    folder, rows = arguments.work / "pictures", []
    for source in (arguments.paintings, arguments.more):
        table = works(source)
        for path, artist in zip(table["path"], table["artist"], strict=True):
            place = Path(source.name) / Path(path).name
            rows.append((place.as_posix(), artist))
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            if not (folder / place).is_file():
                shutil.copyfile(source / path, folder / place)
    changers = {name for name, *_ in TURNCOATS}
    for seed in SEEDS:
        painted = [work for work in catalogue(seed=seed) if work.artist not in changers]
        write_demo(folder / f"painted-{seed}", seed=seed, works=painted, quality=90, processes=1)
        rows += [(f"painted-{seed}/{work.path}", f"{work.artist} {seed}") for work in painted]
    with open(folder / "works.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("path", "artist"), *rows])
    return folder / "works.csv"


def measure(arguments):
    """Train; return what the label of the model says (dict)."""
    from safetensors.torch import save_file

    table = collect(arguments)
    corpus = pipeline.ingest(table.parent, arguments.work / "corpus", metadata=table)
    made = pipeline.train_descriptor(
        corpus,
        backbone=BACKBONE,
        from_scratch=True,
        objective="artist",
        name="trained",
        steps=arguments.steps,
        size=arguments.size,
        workers=1,
        device=arguments.device,
        tell=print,
        progress=lambda stage, done, total: print(f"{done} of {total}", flush=True) if done % 100 == 0 else None,
    )
    if arguments.write:
        state = corpus.get("models", "trained")
        save_file({key: value.half() if value.is_floating_point() else value for key, value in state.items()}, WEIGHTS)
    paintings = corpus.paintings
    painted = paintings["image"].str.startswith("painted-")
    return {
        "works": {"paintings": int((~painted).sum()), "painted by artgraph": int(painted.sum())},
        "artists": {
            "paintings": paintings["artist"][~painted].nunique(),
            "painted": paintings["artist"][painted].nunique(),
        },
        "training": made.facts,
        "data_sha256": {folder.name: data_sha256(folder) for folder in (arguments.paintings, arguments.more)},
    }


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True)
    arguments.add_argument("--more", type=Path, required=True)
    arguments.add_argument("--work", type=Path, required=True)
    arguments.add_argument("--steps", type=int, default=5000)
    arguments.add_argument("--size", type=int, default=112, help="side of a cut-out, pixels")
    arguments.add_argument("--device", default="auto")
    arguments.add_argument("--write", action="store_true", help="put the weights into the package")
    arguments = arguments.parse_args()
    experiment("train_eye", arguments, lambda: measure(arguments))


if __name__ == "__main__":
    main()
