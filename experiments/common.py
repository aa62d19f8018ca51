"""What every experiment does alike: a parser, one JSON object, versions, data hashes, spread over seeds."""

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

__all__ = ["RESULTS", "data_sha256", "experiment", "parser", "spread"]

RESULTS = Path(__file__).parent / "results"
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
