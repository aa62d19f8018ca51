"""What a run will cost: hours, memory and disk, measured on a sample of the pictures before it starts."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.errors import InputError
from artgraph.settings import FEATURES
from artgraph.stages.atlas import atlas
from artgraph.stages.base import Progress, features_of
from artgraph.stages.build_graph import build_graph
from artgraph.stages.communities import communities
from artgraph.stages.describe import describe
from artgraph.stages.evaluate import evaluate
from artgraph.stages.export import export
from artgraph.stages.import_vectors import import_vectors
from artgraph.stages.ingest import ingest
from artgraph.stages.interpret import interpret
from artgraph.stages.layout import layout
from artgraph.stages.train_vgae import train_vgae
from artgraph.stages.worklist import worklist

if TYPE_CHECKING:
    import numpy as np

    from artgraph.corpus import Corpus
    from artgraph.descriptors import Descriptor

__all__ = ["costs"]

PICTURES = (12, 48)  # from two samples: what a stage takes once, and what each picture adds
MEDIUM = 1000  # of more pictures the page has thumbnails
VECTORS = (500, 2000)  # works of two samples of graph, clusters, autoencoder, map and page
SLOPE = 1.15  # what each work adds there grows at most as n to the power of this less 1: experiments.bench_million
PER_WORK = 6.0  # bytes of memory for each byte of features, at the stage that needs most: the same benchmark
BASE = 0.8e9  # bytes that Python, PyTorch and a small network take


def costs(
    images: str | Path,
    *,
    metadata: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    source: str | None = None,
    repair_text: bool = False,
    views: str | None = None,
    descriptors: Sequence[str] = FEATURES,
    artist_edges: bool | None = None,
    lead: str = "auto",
    workers: int = 2,
    seed: int = 0,
    device: str = "auto",
    progress: Progress = None,
    **options: Any,
) -> dict[str, Any]:
    """Measure what ``run`` would cost with the same parameters; nothing is kept.

    Ingest, describe and the page's pictures are timed on two samples of the pictures, for what they take once and what
    each picture adds. The stages on vectors are timed likewise on 500 and 2,000 vectors like those of the sample, or as
    many as there are pictures; what each vector adds is scaled by (n / 2,000) to the power 0.15.

    Parameters
    ----------
    images, metadata, columns, encoding, source, repair_text, views, descriptors, artist_edges, lead : See ``run``.
    workers, seed, device, progress
    **options : For ``make_descriptor``.

    Returns
    -------
    dict
        ``n``, ``bytes`` of the pictures, ``sampled``, ``stages``: list of {"stage", "seconds", "disk" in bytes};
        ``seconds``, ``disk``, ``memory`` in bytes; ``cores``, ``gpu``, ``runtime`` of networks, ``memory_here``,
        ``disk_free``.

    Raises
    ------
    InputError
        There are fewer than two pictures that can be read.
    """
    from artgraph.catalogue import Catalogue
    from artgraph.descriptors import make_descriptor
    from artgraph.folders import list_folder
    from artgraph.ingest import plan
    from artgraph.learning.device import pick_device
    from artgraph.stages.spreadsheet import read_table, reading_of

    root = Path(images)
    found = list_folder(root).pictures
    reading = reading_of(columns, encoding, source=source, repair_text=repair_text, views=views)
    planned = plan(found, read_table(metadata, reading, found), root=root, views=views)
    paths, n = planned.paintings["image"].tolist(), len(planned.paintings)
    if n < 2:
        raise InputError(f"{images} holds {n} pictures; a plan needs two.")
    names = Catalogue(planned.paintings).has_many_artists if artist_edges is None else artist_edges
    ready = [make_descriptor(one, device=pick_device(device), **options) for one in descriptors if one != "date"]
    watch = _Watch(progress)
    with tempfile.TemporaryDirectory(prefix="artgraph-plan-") as folder:
        home = Path(folder)
        how = {"ready": ready, "workers": workers, "images": "small" if n > MEDIUM else "auto"}
        unmeasured = _Watch(progress).of(0)  # what is loaded as it is first called would hide what each picture adds
        _pictures(home / "first", root, _spread(paths, 2), run=unmeasured, **how)
        first = _pictures(home / "a", root, _spread(paths, PICTURES[0]), run=watch.of(0), **how)
        second = _pictures(home / "b", root, _spread(paths, PICTURES[1]), run=watch.of(1), **how)
        rows = [_linear(name, watch, (len(first), len(second)), n) for name in watch.seconds[0]]
        X = _vectors(second, [one.key or one.name for one in ready], n=min(n, VECTORS[1]), seed=seed)
        few, how = X[: VECTORS[0]], {"names": names or lead == "vgae-leiden", "seed": seed, "device": device}
        for place, part, run in ((1, X[:60], unmeasured), (2, few, watch.of(2)), (3, X, watch.of(3))):
            _works(home / str(place), part, run, **how)
        sizes = len(few), len(X)
        rows += [_linear(name, watch, sizes, n, rounds=(2, 3), slope=SLOPE) for name in watch.seconds[3]]
    width = X.shape[1]
    return {
        "n": n,
        "bytes": sum(_size(root / path) for path in paths),
        "sampled": len(second),
        "vectors": len(X),
        "stages": rows,
        "seconds": sum(row["seconds"] for row in rows),
        "disk": sum(row["disk"] for row in rows),
        "memory": BASE + PER_WORK * 4.0 * width * n,
        "cores": os.cpu_count(),
        "gpu": pick_device(device) != "cpu",
        "runtime": options.get("runtime") or "torch",
        "memory_here": _memory_here(),
        "disk_free": shutil.disk_usage(Path.cwd()).free,
    }


class _Watch:
    """Seconds and bytes of each stage, in several rounds."""

    def __init__(self, progress: Progress = None) -> None:
        self.progress = progress
        self.seconds: list[dict[str, float]] = [{}, {}, {}, {}]
        self.disk: list[dict[str, float]] = [{}, {}, {}, {}]

    def of(self, round_: int) -> Callable[..., Any]:
        """Return what runs ``work`` of a stage in a corpus's folder and notes its cost."""

        def run(stage: str, folder: Path, work: Callable[[], Any]) -> Any:
            if self.progress is not None:
                self.progress(f"plan: {stage}", 0, 0)
            before, began = _weight(folder), time.perf_counter()
            value = work()
            seconds, disk = self.seconds[round_], self.disk[round_]
            seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - began
            disk[stage] = disk.get(stage, 0.0) + max(0, _weight(folder) - before)
            return value

        return run


def _spread(paths: Sequence[str], m: int) -> list[str]:
    """Return at most ``m`` paths, evenly spread over all."""
    return [paths[k * len(paths) // m] for k in range(m)] if len(paths) > m else list(paths)


def _pictures(
    out: Path,
    root: Path,
    paths: Sequence[str],
    *,
    ready: Sequence[Descriptor],
    run: Callable[..., Any],
    workers: int,
    images: str,
) -> Corpus:
    """Make a corpus of some pictures, with features and page; note what each stage costs."""
    taken = out / "pictures"
    for path in paths:
        (taken / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, taken / path)
    corpus = out / "corpus"
    made = run("ingest", corpus, lambda: ingest(taken, corpus, max_refused=1.0, workers=workers))
    for one in ready:
        name = one.key or one.name
        run(f"describe {name}", corpus, lambda one=one: describe(made, descriptors=[one], workers=workers))
    keys = [one.key or one.name for one in ready]
    build_graph(made, on=keys)
    communities(made)
    run("page: pictures", corpus, lambda: atlas(made, partition="leiden", images=images))
    return made


def _vectors(corpus: Corpus, keys: Sequence[str], *, n: int, seed: int) -> np.ndarray:
    """Return (n, d) float32, vectors that lie between those of the sample."""
    import numpy as np

    X = features_of(corpus, keys)
    rng = np.random.default_rng(seed)
    one, other = (X[rng.integers(0, len(X), n)] for _ in range(2))
    share = rng.random((n, 1), dtype=np.float32)
    return share * one + (1 - share) * other


def _works(home: Path, X: np.ndarray, run: Callable[..., Any], *, names: bool, seed: int, device: str) -> None:
    """Run the stages on vectors in a corpus without pictures, and note what each costs."""
    import numpy as np
    import pandas as pd

    home.mkdir()
    ids = [f"{row:06d}" for row in range(len(X))]
    table = pd.DataFrame({"id": ids, "artist": [f"artist {row // 5}" for row in range(len(X))]})
    table.to_csv(home / "works.csv", index=False)
    np.save(home / "vectors.npy", X)
    (home / "ids.txt").write_text("\n".join(ids), encoding="utf-8")
    out = home / "works"
    corpus = ingest(None, out, metadata=home / "works.csv")
    import_vectors(corpus, home / "vectors.npy", id_file=home / "ids.txt")
    edges = {"artist_edges": names}
    run("build-graph", out, lambda: build_graph(corpus, on=["imported"], seed=seed, **edges))
    run("communities", out, lambda: communities(corpus, seed=seed))
    first, graph = "leiden", "style"
    if names:
        run("train-vgae", out, lambda: train_vgae(corpus, seed=seed, device=device))
        run("build-graph", out, lambda: build_graph(corpus, on=["vgae"], name="vgae", cross_artist=True, **edges))
        run("communities", out, lambda: communities(corpus, graph="vgae", seed=seed))
        first, graph = "vgae-leiden", "vgae"
    for function in (evaluate, interpret, worklist):
        run("evaluate, interpret", out, lambda function=function: function(corpus, partition=first))
    run("map", out, lambda: layout(corpus, graph=graph, seed=seed))
    for to in ("gexf", "csv"):
        run("export", out, lambda to=to: export(corpus, to=to, partition=first))
    run("page: texts", out, lambda: atlas(corpus, partition=first))


def _linear(
    stage: str,
    watch: _Watch,
    sizes: tuple[int, int],
    n: int,
    *,
    rounds: tuple[int, int] = (0, 1),
    slope: float = 1.0,
) -> dict[str, Any]:
    """Return what a stage costs for ``n`` works, from what it cost for two numbers of them."""

    def at(costs: Sequence[Mapping[str, float]], slope: float) -> float:
        small, large = (costs[place][stage] for place in rounds)
        grown = n * (n / sizes[1]) ** (slope - 1)
        if sizes[0] == sizes[1]:
            return large * grown / sizes[1]
        each = max(0.0, (large - small) / (sizes[1] - sizes[0]))
        return max(0.0, large - each * sizes[1]) + each * grown

    return {"stage": stage, "seconds": at(watch.seconds, slope), "disk": at(watch.disk, 1.0)}


def _weight(folder: Path) -> int:
    return sum(_size(file) for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else 0


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _memory_here() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return 0
