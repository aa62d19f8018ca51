"""What all stages share: making a thing once, and reading graphs and features as the next stage uses them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from artgraph.catalogue import CONFOUNDS, Catalogue
from artgraph.learning.threads import cores, single_threaded_algebra
from artgraph.lineage import Lineage, Ref
from artgraph.makers import STAGES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import scipy.sparse as sp

    from artgraph.corpus import Corpus

__all__ = [
    "Made", "Progress", "adjacency_of", "catalogue_of", "columns", "confound_refs", "confounds_of", "drawing",
    "features_of", "features_under", "make", "measured_thumbnails", "picture_hashes", "picture_refs", "progress_of",
    "put", "thumbnails",
]  # fmt: skip

Progress = Callable[[str, int, int], None] | None  # (stage, done, total)


class Made(NamedTuple):
    """What a stage made, or found made already.

    Attributes
    ----------
    kind, key : Where it stands in the corpus; for files outside it, the kind and the path.
    fresh : False where it was up to date.
    facts : Figures from its label.
    """

    kind: str
    key: str
    fresh: bool
    facts: dict[str, Any]


def make(
    corpus: Corpus,
    stage: str,
    refs: Ref | Sequence[Ref],
    *,
    params: Mapping[str, Any],
    inputs: Iterable[Ref],
    compute: Callable[[], Any],
    threads: int | None = None,
) -> Made:
    """Make one thing, or several that are made together, unless all are up to date.

    Parameters
    ----------
    corpus
    stage : A key of ``artgraph.makers.STAGES``, for the label.
    refs : What is made; the last is the main one.
    params : Everything that the result depends on besides the inputs.
    inputs
    compute : Returns the parts and the facts, or a list of such pairs, one for each of ``refs``.
    threads : With how many it computes, where the last bits of the result depend on that; for the label.

    Returns
    -------
    Made
        The main one.
    """
    several = [refs] if isinstance(refs, Ref) else list(refs)
    inputs = list(inputs)
    lineage, main = Lineage(corpus), several[-1]
    found = lineage.inputs(inputs)
    fresh = not all(lineage.up_to_date(ref, stage, params, found) for ref in several)
    if fresh:
        with corpus.lock():
            found, started = lineage.inputs(inputs), time.perf_counter()
            with single_threaded_algebra():
                made = compute()
            seconds = time.perf_counter() - started
            for ref, (parts, facts) in zip(several, [made] if isinstance(refs, Ref) else made, strict=True):
                known = {"params": params, "inputs": found, "facts": facts, "threads": threads}
                put(corpus, stage, ref, parts=parts, seconds=seconds, **known)
                found = found | {str(ref): corpus.label(*ref)["sha256"]}  # what follows is placed by what came first
    return Made(*main, fresh, corpus.label(*main)["facts"])


def put(
    corpus: Corpus,
    stage: str,
    ref: Ref,
    *,
    parts: Mapping[str, Any],
    params: Mapping[str, Any],
    inputs: Mapping[str, str],
    facts: Mapping[str, Any] | None = None,
    seconds: float | None = None,
    threads: int | None = None,
) -> None:
    """Store one thing with a label that names the stage and its revision.

    Parameters
    ----------
    corpus, stage, ref, parts, params, inputs, facts : As for ``make``; ``inputs`` are {reference: hash}.
    seconds, threads : For the journal, and for the label.
    """
    made_by = {"stage": stage, "revision": STAGES[stage].revision, "params": params}
    made_by |= {} if threads is None else {"threads": threads}
    corpus.put(*ref, parts, made_by=made_by, inputs=inputs, facts=facts, seconds=seconds)


def columns(*names: str) -> list[Ref]:
    """Return references to columns of the table, by their ``names``."""
    return [Ref("paintings", name) for name in dict.fromkeys(names)]


def progress_of(progress: Progress, name: str) -> Callable[[int, int], None] | None:
    """Return ``progress`` for the stage ``name``: a callable(done, total), or None."""
    return None if progress is None else lambda done, total: progress(name, done, total)


def thumbnails(corpus: Corpus) -> Made:
    """Measure every thumbnail once: margin, spread of hues, what one sees, and a tiny picture to find duplicates by.

    Parameters
    ----------
    corpus

    Returns
    -------
    Made
        ``features/thumbnails``: (n, 2) float32, margin and hue spread; parts ``tiny``: (n, 16, 16, 3) uint8;
        ``visual``: (n, m) float32, see ``visual_measures``; ``round``: (n,) bool, see ``is_round``. NaN, black and
        False where the thumbnail is gone.
    """
    import numpy as np

    def compute() -> tuple[dict, dict]:
        parts = measured_thumbnails(corpus, np.arange(len(corpus)))
        return parts, {"n": len(corpus), "dimensions": 2, "columns": ["margin", "hue spread"]}

    return make(
        corpus,
        "thumbnails",
        Ref("features", "thumbnails"),
        params={},
        inputs=columns("image_sha256"),
        compute=compute,
    )


def measured_thumbnails(corpus: Corpus, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Measure the thumbnails of some rows ((m,) int) of a corpus: the parts of ``features/thumbnails``, (m, ...)."""
    import numpy as np

    from artgraph.evaluation.thumbnails import TINY, hue_spread, is_round, margin, tiny_picture
    from artgraph.evaluation.visual import VISUAL_MEASURES, visual_measures
    from artgraph.stages.pictures import thumbnail_pixels

    measured = np.full((len(rows), 2), np.nan, dtype=np.float32)
    tiny = np.zeros((len(rows), TINY, TINY, 3), dtype=np.uint8)
    visual = np.full((len(rows), len(VISUAL_MEASURES)), np.nan, dtype=np.float32)
    rounds = np.zeros(len(rows), dtype=bool)

    def measure(at: int) -> None:
        if (picture := thumbnail_pixels(corpus, int(rows[at]))) is not None:
            measured[at] = margin(picture), hue_spread(picture)
            tiny[at], rounds[at] = tiny_picture(picture), is_round(picture)
            visual[at] = visual_measures([picture])[0]

    with ThreadPoolExecutor(cores()) as pool:
        list(pool.map(measure, range(len(rows))))
    return {"": measured, "tiny": tiny, "visual": visual, "round": rounds}


def catalogue_of(corpus: Corpus, *, measured: bool = False) -> Catalogue:
    """Return the catalogue of a corpus; ``measured``: with what is measured on its thumbnails, if there are any."""
    if measured and corpus.has_pictures:
        thumbnails(corpus)
        return Catalogue(corpus.paintings, corpus.get("features", "thumbnails"))
    return Catalogue(corpus.paintings)


def picture_hashes(corpus: Corpus) -> pd.Series | None:
    """Return what tells which works of a corpus show the same picture (n values); None where there are no pictures."""
    return corpus.paintings["image_sha256"] if corpus.has_pictures else None


def picture_refs(corpus: Corpus) -> list[Ref]:
    """Return references to what is measured on the pictures of a ``corpus``; none where there are no pictures."""
    return [Ref("features", "thumbnails")] if corpus.has_pictures else []


def confound_refs(names: Iterable[str]) -> list[Ref]:
    """Return what some confounds, or columns of the table, are read from, by their ``names``; sorted."""
    return sorted({Ref.of(CONFOUNDS[name]) if name in CONFOUNDS else Ref("paintings", name) for name in names})


def confounds_of(corpus: Corpus, names: Sequence[str]) -> dict[str, list[Any]]:
    """Return the values (dict of str to list, length n) of some confounds or columns of a corpus, by ``names``."""
    if not names:
        return {}
    measured = any(ref.kind == "features" for ref in confound_refs(names))
    return catalogue_of(corpus, measured=measured).confounds(names)


def features_of(corpus: Corpus, on: Sequence[str], *, regress_out: Sequence[str] = ()) -> np.ndarray:
    """Return the features of a corpus under the keys ``on``, fused with equal weight.

    Parameters
    ----------
    corpus, on
    regress_out : Confounds or columns whose linear effect is removed.

    Returns
    -------
    (n, d) float32
    """
    from artgraph.stages.coordinates import fit_of, place

    blocks = [corpus.get("features", key) for key in on]
    with single_threaded_algebra():  # the same bits wherever it is called
        return place(blocks, fit_of(corpus, on, regress_out), confounds_of(corpus, regress_out))


def features_under(corpus: Corpus, partition: str) -> np.ndarray:
    """Return the features ((n, d) float32) of a corpus that a partition, or the graph under it, was made from."""
    basis = Lineage(corpus).basis(partition)
    return features_of(corpus, basis.features, regress_out=basis.regress_out)


def adjacency_of(corpus: Corpus, graph: str) -> sp.csr_matrix:
    """Return a graph of a corpus as the next stage uses it: similarity edges, plus artist edges at their weight."""
    from artgraph.graph import with_artists

    params = Lineage(corpus).params(Ref("graphs", graph))
    artists = corpus.get("graphs", graph, "artists") if params["artist_edges"] else None
    return with_artists(corpus.get("graphs", graph), artists, params["artist_edge_weight"])


def drawing(corpus: Corpus, out: str | Path | None, name: str) -> Path:
    """Return the file that a plot is written to.

    Parameters
    ----------
    corpus, out, name : Default of ``out``: ``plots/<name>.png`` in the corpus.
    """
    return Path(out) if out else corpus.home / "plots" / f"{name}.png"
