"""The earlier systems, rerun: what a row of the table is, what all rows share, how a partition is judged.

A system is a file with ``ROWS``. ``python -m experiments NAME`` measures those of one system, ``python -m experiments
all`` those of all. What a row gives for a seed is kept below ``--work`` as soon as it is there, so that a run that was
killed goes on where it was.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from artgraph import pipeline
from artgraph.dates import parse_years
from artgraph.descriptors import Patches, make_descriptor
from artgraph.errors import WeightsError
from artgraph.evaluation import cross_group_precision, partition_scores
from artgraph.images import load_image, resize_cover
from experiments.common import RESULTS, Keep, by_hash, data_sha256, described, earlier, experiment, spread

__all__ = ["NETWORKS", "Row", "Study", "judged", "measured", "options", "run"]

#: What a source used: the descriptor that is it, and the one that stands in where ``--weights`` has no file of it.
NETWORKS = {
    "ResNet-50": ("cnn:resnet50", "cnn:mobilenetv2_100"),
    "ResNet-50's layers": ("gram:resnet50", "gram:resnet18"),
    "CLIP": ("clip", "cnn:vit_tiny_patch16_224"),
    "CSD": ("csd", "cnn:vit_tiny_patch16_224"),
    "ViT": ("cnn:vit_base_patch16_224", "cnn:vit_tiny_patch16_224"),
    "MobileNet": ("cnn:mobilenetv2_100",) * 2,
    "ResNet-18": ("gram:resnet18",) * 2,
    "ViT-Tiny": ("cnn:vit_tiny_patch16_224",) * 2,
    "Lite0": ("lite",) * 2,
}
DESCRIBED = ("gram:resnet18", "cnn:vit_tiny_patch16_224", "cnn:mobilenetv2_100", "color", "texture")


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes
    ----------
    name : str
        What was done, in a few words; unique within its system.
    measure : callable(Study, seed) -> dict
        Figures (float), or dicts of them, of one seed; texts and lists are shown as the first seed gave them.
    kind : {"unsupervised", "supervised", "reading", "domains"}
        Which table it stands in. What is ``unsupervised`` gives at least what ``judged`` gives.
    networks : tuple of str
        What the source used, keys of ``NETWORKS``.
    reported : dict of str to float
        The source's figures, under its own names.
    differs : str
        In one sentence, why ours are others.
    published : bool
        Whether the source did this; else it is ours, to see what a part is worth, and does not count as the source's.
    revision : int
        Counted up when ``measure`` changes, so that what was kept is measured anew.
    """

    name: str
    measure: Callable
    kind: str = "unsupervised"
    networks: tuple = ()
    reported: dict = field(default_factory=dict)
    differs: str = ""
    published: bool = True
    revision: int = 0


class Study:
    """What all rows share: the paintings, the domains, the networks that there are, and what is done already.

    Parameters
    ----------
    arguments : argparse.Namespace
        From ``options``.
    """

    def __init__(self, arguments):
        self.arguments, self.work, self.weights = arguments, Path(arguments.work), arguments.weights
        self.quick, self.keep = arguments.quick, Keep(self.work / "pieces")
        self._specs = {}

    @cached_property
    def paintings(self):
        """The corpus (Corpus) of the paintings."""
        return described(self.arguments.paintings, self.work, metadata=self.arguments.metadata)

    @cached_property
    def domains(self):
        """The corpus (Corpus) of pictures of the same things in several ways of depicting: columns domain, object."""
        return described(self.arguments.domains, self.work)

    def spec(self, network):
        """Return the descriptor (str) that a network of ``NETWORKS`` is here."""
        if network not in self._specs:
            wanted, other = NETWORKS[network]
            try:
                make_descriptor(wanted, weights=self.weights)
            except WeightsError:
                wanted = other
            self._specs[network] = wanted
        return self._specs[network]

    def features(self, name):
        """Return features of the paintings (n, d): of a descriptor such as ``color``, or of a key of ``NETWORKS``."""
        spec = self.spec(name) if name in NETWORKS else name
        key = spec.replace(":", "-")
        if not self.paintings.has("features", key):  # in one pass with what most rows read
            specs = {self.spec(network) for network in NETWORKS if "layers" not in network} | {*DESCRIBED, spec}
            fewer = {"patches": Patches(count=2, scales=(1,))} if self.quick else {}
            wanted = [fewer.get(one, one) for one in sorted(specs)]
            pipeline.describe(self.paintings, descriptors=wanted, weights=self.weights)
        return self.paintings.get("features", key)

    def column(self, name):
        """Return a column (n,) of texts; missing values are empty."""
        return self.paintings.paintings[name].fillna("").astype(str).to_numpy(dtype=object)

    @cached_property
    def style(self):
        """Style of each painting, (n,) str."""
        return self.column("style")

    @cached_property
    def artist(self):
        """Artist of each painting, (n,) str; a painting without one has a name of its own."""
        return np.array([name or f"? {row}" for row, name in enumerate(self.column("artist"))], dtype=object)

    @cached_property
    def n_styles(self):
        """Number of styles (int)."""
        return len(set(self.style) - {""})

    @cached_property
    def targets(self):
        """What can be predicted, (dict of str to (n,) str, "" where unknown): style, genre, nationality, period."""
        columns = set(self.paintings.paintings)
        found = {name: self.column(name) for name in ("style", "genre", "nationality", "period") if name in columns}
        if "period" not in found and "date" in columns:
            years = parse_years(self.column("date"))
            halves = [f"{int(y // 50 * 50)}-{int(y // 50 * 50 + 49)}" if y == y else "" for y in years]
            found["period"] = np.array(halves, dtype=object)
        return found

    def hidden(self, seed):
        """Return whether the name of each work's artist is hidden (n,) bool: half of the artists, by a hash.

        The same halves as in ``teach_the_eye``.
        """
        return ~by_hash(self.artist, f"teach {seed}")

    def split(self, kind, seed):
        """Return rows to learn from and rows to be judged on, about 4 to 1, (m,) and (n - m,) int.

        Parameters
        ----------
        kind : {"by artist", "random"}
            No artist in both; or any works, as the sources split.
        seed : int
        """
        if kind == "by artist":
            test = by_hash(self.artist, f"test {seed}", share=0.2)
        else:
            test = np.random.default_rng([seed, 5]).random(len(self.artist)) < 0.2
        return np.flatnonzero(~test), np.flatnonzero(test)

    def pictures(self, side, corpus=None):
        """Return the pictures, (n, side, side, 3) uint8, from the disk; the largest centred square of each."""
        corpus = corpus or self.paintings
        paths = [corpus.image_root / image for image in corpus.paintings["image"]]

        def load():
            return np.stack([resize_cover(load_image(path, min_side=side), side) for path in paths])

        return self.keep.array(f"pictures of {side} pixels", load, of=corpus.ids_sha256)

    @cached_property
    def stamp(self):
        """What all figures depend on besides the row and the seed (list)."""
        files = sorted((path.name, path.stat().st_size) for path in Path(self.weights).iterdir() if path.is_file())
        ids = [data_sha256(folder) for folder in (self.arguments.paintings, self.arguments.domains)]
        return [ids, files, self.quick]


def judged(study, seed, X, labels, *, equal=None, half=None):
    """Judge a partition of the paintings by what no system saw: the styles.

    Parameters
    ----------
    study : Study
    seed : int
        Also draws the artists whose names are hidden.
    X : (n, d) array
        What was clustered.
    labels : (n,) int array
        The partition; where a system reads names, with all names given.
    equal : (n,) int array, optional
        The same with as many clusters as there are styles.
    half : tuple of two (n,) int arrays, optional
        As ``labels`` and ``equal``, with the names of hidden artists not given; for systems that read names.

    Returns
    -------
    dict of float
        AMI, ARI, purity and number of clusters of ``labels``; P@15 among works by other artists; and on the works by
        hidden artists alone the AMI of ``labels`` and of ``equal``.
    """
    scores, rows = partition_scores(labels, study.style), np.flatnonzero(study.hidden(seed))
    equal = labels if equal is None else equal
    asked = (labels, equal) if half is None else half
    own, same = (partition_scores(np.asarray(part)[rows], study.style[rows])["ami"] for part in asked)
    return {
        "AMI": scores["ami"],
        "AMI, as many clusters as styles": partition_scores(equal, study.style)["ami"],
        "ARI": scores["ari"],
        "purity": scores["purity"],
        "clusters": scores["n_clusters"],
        "P@15 other artists": cross_group_precision(X, study.style, study.artist, k=15)["precision"],
        "hidden artists: AMI": own,
        "hidden artists: AMI, as many clusters as styles": same,
    }


def over_seeds(found):
    """Return figures over seeds: numbers as mean, deviation and values, dicts likewise, all else as it was first."""
    first = found[0]
    if isinstance(first, dict):
        return {key: over_seeds([one[key] for one in found if key in one]) for key in first}
    if isinstance(first, int | float) and not isinstance(first, bool):
        return spread(found)
    return first


def measured(study, system, rows, *, wanted="", before=None):
    """Measure rows, or take what is kept of them.

    Parameters
    ----------
    study : Study
    system : str
    rows : sequence of Row
    wanted : str
        Rows whose name does not hold it are not measured; they are reported where all their seeds are kept, or as they
        stand in ``before``.
    before : dict, optional
        Rows that an earlier run returned, on the same data.

    Returns
    -------
    dict
        For each row its figures over seeds, what was reported, and all that the table says about it.
    """
    found = {}
    for row in rows:
        seeds, of = range(study.arguments.seeds), [study.stamp, row.revision]
        names = [f"{system}: {row.name}, seed {seed}" for seed in seeds]
        networks = {name: study.spec(name) for name in row.networks}
        said = {"kind": row.kind, "published": row.published, "reported": row.reported, "differs": row.differs}
        if wanted not in row.name and not all(study.keep.has(name, of=of) for name in names):
            told = (before or {}).get(row.name, {})
            same = {"revision": row.revision, "networks": networks, "seeds": len(seeds)}
            if all(told.get(key) == value for key, value in same.items()):
                found[row.name] = told | said
            continue
        pieces = [
            study.keep(name, lambda row=row, seed=seed: _timed(row.measure, study, seed), of=of)
            for name, seed in zip(names, seeds, strict=True)
        ]
        found[row.name] = {
            **said,
            "figures": over_seeds([piece["figures"] for piece in pieces]),
            "networks": networks,
            "revision": row.revision,
            "seeds": len(pieces),
            "seconds": round(sum(piece["seconds"] for piece in pieces), 1),
        }
    return found


def _timed(measure, study, seed):
    started = time.perf_counter()
    figures = measure(study, seed)
    return {"figures": figures, "seconds": time.perf_counter() - started}


def options(doc):
    """Return the parser (ArgumentParser) of the systems' options."""
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--json", action="store_true", help="print the results as JSON on stdout")
    made.add_argument("--results", type=Path, default=RESULTS, help="folder that the results are kept in")
    made.add_argument("--paintings", type=Path, required=True, help="folder of pictures")
    made.add_argument("--metadata", type=Path, help="CSV of the paintings; default: metadata.csv in their folder")
    made.add_argument("--domains", type=Path, required=True, help="folder with metadata.csv: path, domain, object")
    made.add_argument("--weights", type=Path, required=True, help="folder of safetensors files, timm's names")
    made.add_argument(
        "--work",
        type=Path,
        default=Path(tempfile.gettempdir()) / "artgraph-experiments",
        help="folder for the corpora and all that is done; a run that was killed goes on from it",
    )
    made.add_argument("--rows", default="", help="measure only rows whose name holds this")
    made.add_argument("--seeds", type=int, default=3)
    made.add_argument("--threads", type=int, default=os.cpu_count())
    made.add_argument("--quick", action="store_true", help="the least training that runs every line; for tests")
    return made


def run(systems, arguments):
    """Measure systems one after the other, and keep ``results/<system>.json`` of each.

    Parameters
    ----------
    systems : dict of str to sequence of Row
    arguments : argparse.Namespace
        From ``options``.
    """
    torch.set_num_threads(arguments.threads)
    study = Study(arguments)
    for system, rows in systems.items():
        print(f"== {system}", file=sys.stderr, flush=True)

        def measure(system=system, rows=rows):
            data = {
                "paintings": len(study.paintings),
                "data_sha256": dict(zip(("paintings", "domains"), study.stamp[0], strict=True)),
                "quick": study.quick,
            }
            kept = arguments.results / f"{system}.json"
            before = earlier(kept, data).get("rows") if arguments.rows else None
            found = measured(study, system, rows, wanted=arguments.rows, before=before)
            return {"rows": found, "owed": [row.name for row in rows if row.name not in found]} | data

        experiment(system, arguments, measure)
