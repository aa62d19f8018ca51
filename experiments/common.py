"""What every experiment does alike: a parser, one JSON object, versions, data hashes, spread over seeds, and what lets
a run that was killed go on: paintings described once, figures and arrays kept once they are there."""

import argparse
import contextlib
import hashlib
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from artgraph import pipeline
from artgraph.atomic import atomic_path, write_bytes

__all__ = [
    "RESULTS",
    "REVISION",
    "Keep",
    "by_hash",
    "data_sha256",
    "described",
    "earlier",
    "experiment",
    "parser",
    "spread",
]

RESULTS = Path(__file__).parent / "results"
REVISION = (
    3  # of the VGAE: counted up when it changes, so that figures kept of an earlier one are not taken for its own
)
PACKAGES = ("artgraph", "faiss-cpu", "igraph", "numpy", "scikit-learn", "timm", "torch", "torch-geometric")


def parser(doc):
    """Return an argument parser with the options that all experiments have."""
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--json", action="store_true", help="print the result as JSON on stdout (it is kept in any case)")
    made.add_argument("--results", type=Path, default=RESULTS, help="folder that the result is kept in")
    return made


def spread(values):
    """Return mean, standard deviation (of the sample) and the values themselves (dict) of figures over seeds."""
    values = [float(value) for value in values]
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return {
        "mean": round(statistics.fmean(values), 4),
        "sd": round(deviation, 4),
        "values": [round(v, 4) for v in values],
    }


def data_sha256(folder):
    """Return a hash (hex) of the names and sizes of all files below a folder, and of the bytes of its spreadsheets."""
    digest = hashlib.sha256()
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
            if path.suffix == ".csv":
                digest.update(path.read_bytes())
    return digest.hexdigest()


def by_hash(names, salt, *, share=0.5):
    """Return which of some names are drawn, (n,) bool: about ``share`` of the different names, whole names each.

    Parameters
    ----------
    names : sequence of str
    salt : str or int
        Another one draws other names.
    share : float in [0, 1]
    """
    drawn = {
        name: int.from_bytes(hashlib.sha256(f"{salt}/{name}".encode()).digest()[:4], "big") < share * 2**32
        for name in set(names)
    }
    return np.array([drawn[name] for name in names], dtype=bool)


def described(folder, work, *, metadata=None, descriptors=(), weights=()):
    """Return the corpus (Corpus) of a folder of pictures with these descriptors; what is there is not done again.

    Parameters
    ----------
    folder : Path
    work : Path
        The corpus lies in it, under the folder's name.
    metadata : Path, optional
        Default: ``metadata.csv`` in the folder.
    descriptors : sequence of str or Descriptor
        As ``artgraph.pipeline.describe`` takes them.
    weights : Path or sequence of Path
    """
    metadata = metadata or folder / "metadata.csv"
    corpus = pipeline.ingest(folder, work / folder.resolve().name, metadata=metadata, max_refused=0)
    if descriptors:
        pipeline.describe(corpus, descriptors=descriptors, weights=weights)
    return corpus


def earlier(file, same):
    """Return the figures (dict) of a result file; none where there is no file, or where they are of something else.

    Parameters
    ----------
    file : Path
    same : dict
        Figures that must stand there with these values, such as the hash of the data.
    """
    figures = json.loads(file.read_text("utf-8"))["figures"] if file.is_file() else {}
    return figures if all(figures.get(key) == value for key, value in same.items()) else {}


class Keep:
    """What was computed once, in a folder: figures as JSON, arrays as npy, other files. A killed run goes on from it.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder):
        self.folder = Path(folder)

    def __call__(self, name, compute, *, of=None):
        """Return what ``compute() -> JSON value`` gave the first time that it was asked.

        Parameters
        ----------
        name : str
            Printed on stderr when it is computed.
        compute : callable
        of : JSON value, optional
            All else that the result depends on: another one is computed anew.
        """
        file = self._file(name, of, "json")
        if not file.is_file():
            value = compute()
            write_bytes(file, json.dumps(value, ensure_ascii=False).encode())
            print(name, file=sys.stderr, flush=True)
        return json.loads(file.read_bytes())

    def array(self, name, compute, *, of=None):
        """Return the array that ``compute()`` gave the first time, read-only, mapped from its file.

        Parameters
        ----------
        name, compute, of
            As for a call.
        """
        file = self.file(name, lambda made: np.save(made, compute(), allow_pickle=False), ending="npy", of=of)
        return np.load(file, mmap_mode="r", allow_pickle=False)

    def file(self, name, write, *, ending, of=None):
        """Return the file (Path) that ``write(Path)`` wrote the first time; it is whole or not there.

        Parameters
        ----------
        name, of
            As for a call.
        write : callable
        ending : str
            Of the file's name.
        """
        file = self._file(name, of, ending)
        if not file.is_file():
            with atomic_path(file) as temporary:
                write(temporary)
            print(name, file=sys.stderr, flush=True)
        return file

    def has(self, name, *, of=None):
        """Return whether the figures of that name are there (bool)."""
        return self._file(name, of, "json").is_file()

    def _file(self, name, of, ending):
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp = hashlib.sha256(json.dumps([name, of], sort_keys=True).encode()).hexdigest()[:16]
        return self.folder / f"{stamp}.{ending}"


def experiment(name, arguments, measure):
    """Run ``measure() -> dict`` with everything that it prints sent to stderr; keep and print its figures.

    Parameters
    ----------
    name : str
        ``results/<name>.json`` is written.
    arguments : argparse.Namespace
        From ``parser``.
    measure : callable() -> dict of JSON values
    """
    started = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):
        figures = measure()
    result = {
        "experiment": name,
        "figures": figures,
        "seconds": round(time.perf_counter() - started, 1),
        "arguments": {
            key: _nameless(value) for key, value in vars(arguments).items() if key not in ("json", "results")
        },
        "versions": {package: importlib.metadata.version(package) for package in PACKAGES}
        | {"python": platform.python_version()},
        "machine": {"cores": os.cpu_count(), "gpu": _gpu()},
    }
    arguments.results.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False, default=str)
    (arguments.results / f"{name}.json").write_text(text + "\n", "utf-8")
    if arguments.json:
        print(text)
    else:
        print(json.dumps(figures, indent=1, ensure_ascii=False, default=str))


def _nameless(value):
    """Return a value without the folders of this machine: a path as its last part."""
    if isinstance(value, list):
        return [_nameless(part) for part in value]
    return value.name if isinstance(value, Path) else value


def _gpu():
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else None
