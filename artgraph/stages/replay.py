"""Everything in a corpus is made again elsewhere, from the pictures on, as its labels say it was made."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from artgraph.corpus import FORMAT, Corpus
from artgraph.decisions import append, read
from artgraph.errors import CorpusError
from artgraph.lineage import Lineage, Ref
from artgraph.makers import TAKEN
from artgraph.stages.change import Change, apply_change, ordered
from artgraph.stages.import_analysis import rows_of
from artgraph.stages.pictures import need_pictures
from artgraph.stages.remake import remade
from artgraph.stages.replaying import compared, measured_again, said_of_others
from artgraph.stages.ruling import file_of
from artgraph.stages.spreadsheet import relative
from artgraph.tablefiles import write_table

if TYPE_CHECKING:
    from artgraph.stages.base import Progress

__all__ = ["replay"]


def replay(
    corpus: Corpus,
    out: str | Path,
    *,
    images: str | Path | None = None,
    weights: Any = None,
    device: str = "auto",
    workers: int = 2,
    tell: Callable[[str], None] = lambda text: None,
    progress: Progress = None,
) -> dict[str, str]:
    """Make everything in a corpus again in another folder, and say which files are the same, byte for byte.

    The works of the first day are taken in and all is made as the labels say; then each later batch is added. The
    table, decisions and imported vectors are taken from the corpus: they were given, not made. Clusters that obey
    decisions are found without them first, as clusters were there before anybody decided about them.

    Parameters
    ----------
    corpus
    out : A folder that is not there yet.
    images : The pictures, by the paths that the table has, or anywhere below this folder: they are known by their
        sha256. Default: where the corpus has them.
    weights : Of networks, where they do not come from the hub.
    device : {"auto", "cpu", "cuda"}
    workers, tell, progress

    Returns
    -------
    dict of str to str
        'paintings' (the table) and each thing, such as 'features/eye': 'the same', 'differs: ' with the reason, as far
        as labels and versions tell, or why there is none. Where a picture is another, it is taken as it is, and what
        rests on it differs.

    Raises
    ------
    CorpusError
        There is something at ``out``.
    IngestError
        Pictures are not there, or cannot be read.
    """
    out = Path(out)
    if out.exists() and any(out.iterdir()):
        raise CorpusError(f"{out} is there already. Name a folder that is not: -o NEW")
    if images is not None:
        need_pictures(corpus, "--images")
    root = Path(images) if images is not None else corpus.image_root
    where = {"weights": weights, "device": device, "workers": workers, "progress": progress}
    first = _first_batches(corpus)
    batches = corpus.batch
    measured, other = measured_again(corpus, root, out, progress=progress)
    if other:
        tell(f"{said_of_others(other)}. What rests on them will differ")
    rows = np.flatnonzero(batches < first)
    write_table(
        out,
        _table(corpus, measured, rows),
        format=FORMAT,
        image_root=root.resolve().as_posix() if corpus.has_pictures else "",
        batches=corpus.batches[:first],
        refused=None,
        facts=_facts(corpus, out),
    )
    new = Corpus(out)
    append(file_of(new), read(file_of(corpus))[0])
    things = [ref for ref in ordered(corpus) if Lineage(corpus).stage(ref) != "coordinates"]
    outcome: dict[str, str] = {}
    for ref in things:
        if ref.kind == "reports" and first < len(corpus.batches):
            continue
        outcome[str(ref)] = _made(corpus, new, ref, where, tell)
    for batch in range(first, len(corpus.batches)):
        upto = np.flatnonzero(batches <= batch)
        before = np.flatnonzero(batches < batch)
        origin = np.concatenate([np.arange(len(before)), np.full(len(upto) - len(before), -1)])
        table = _table(corpus, measured, upto)
        vectors = _vectors(corpus, out, np.setdiff1d(upto, before))
        change = Change(table, origin, np.zeros(len(upto), dtype=bool), corpus.batches[: batch + 1], vectors=vectors)
        tell(f"batch {batch}: {len(upto) - len(before)} works are added")
        apply_change(new, change, tell=tell, **where)
        for file in vectors.values():
            file.unlink()
        new = Corpus(out)
    for ref in things:
        if str(ref) not in outcome:
            outcome[str(ref)] = _made(corpus, new, ref, where, tell)
    return compared(corpus, new, {ref: outcome[str(ref)] for ref in things}, other=other)


def _first_batches(corpus: Corpus) -> int:
    """Return how many batches were there when everything was last made whole."""
    made = [ref for ref in ordered(corpus) if Lineage(corpus).stage(ref) not in TAKEN]
    held = [corpus.label(*ref)["facts"].get("held") for ref in made]
    return min([entry["batches"] for entry in held if entry], default=len(corpus.batches))


def _facts(corpus: Corpus, out: Path) -> dict[str, Any]:
    """Return what the ingest counted, with the place of the spreadsheet as seen from the new corpus."""
    facts = dict(corpus.head["facts"])
    if "spreadsheet" in facts:
        facts["spreadsheet"] = relative(os.path.normpath(corpus.home / facts["spreadsheet"]), out)
    return facts


def _table(corpus: Corpus, measured: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    table = corpus.paintings.iloc[rows].reset_index(drop=True).copy()
    for name in measured.columns.intersection(table.columns):
        table[name] = measured[name].iloc[rows].reset_index(drop=True).astype(table[name].dtype)
    return table


def _made(corpus: Corpus, new: Corpus, ref: Ref, where: dict[str, Any], tell: Callable[[str], None]) -> str:
    """Make one thing; return why it could not be made, or nothing."""
    lineage = Lineage(corpus)
    stage, params, inputs = lineage.stage(ref), lineage.params(ref), lineage.inputs_of(ref)
    if stage in TAKEN:
        rows = np.flatnonzero(np.isin(corpus.paintings["id"], new.paintings["id"]))
        label = corpus.label(*ref)
        new.put(
            *ref,
            {"": corpus.get(*ref)[rows]} if ref.kind == "features" else rows_of(corpus, ref, rows),
            made_by={key: value for key, value in label["made_by"].items() if key != "version"},
            inputs=Lineage(new).inputs(inputs),
            facts=label["facts"],
        )
        return "copied: it was imported"
    if stage == "train_descriptor":
        from artgraph.descriptors.tuning import TuningConfig
        from artgraph.stages.train_descriptor import train_descriptor

        settings = {one.name: params[one.name] for one in fields(TuningConfig) if one.name in params}
        backbone = corpus.label(*ref)["facts"]["backbone"]
        shared = {name: where[name] for name in ("weights", "device", "workers", "progress")}
        made = train_descriptor(
            new, backbone=backbone, name=ref.key, subject=params.get("subject"), **shared, **settings
        )
    else:
        if params.get("decisions_sha256"):
            remade(new, ref, stage=stage, params=params | {"decisions": False}, inputs=inputs, made=corpus, **where)
        made = remade(new, ref, stage=stage, params=params, inputs=inputs, made=corpus, **where)
    if made is not None:
        tell(f"{ref}: made")
    return ""


def _vectors(corpus: Corpus, out: Path, rows: np.ndarray) -> dict[str, Path]:
    """Write the imported vectors of some works where an addition can read them."""
    lineage, found = Lineage(corpus), {}
    for key in corpus.keys("features"):
        if lineage.stage(Ref("features", key)) == "import_vectors":
            found[key] = out / f".vectors-{key}.npy"
            np.save(found[key], corpus.get("features", key)[rows], allow_pickle=False)
    return found
