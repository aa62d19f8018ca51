"""The table of paintings on disk: ``paintings.parquet``, ``refused.csv``, and ``corpus.json`` that describes them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from artgraph import __version__
from artgraph.atomic import write_bytes
from artgraph.errors import CorpusError, InputError
from artgraph.formats import content_sha256, plain, to_json
from artgraph.soundness import read_bytes, read_head

__all__ = ["ordered_as_there", "read_refused", "write_table"]

REFUSED = ["input", "kind", "reason", "detail"]


def ordered_as_there(path: Path, paintings: pd.DataFrame) -> tuple[pd.DataFrame, list[int]]:
    """Return a table sorted by id, or in the order of the corpus that is there, and the sizes of its batches.

    Parameters
    ----------
    path : A corpus, perhaps a damaged one, or a new folder.
    paintings : (n, columns), with a unique ``id``.
    """
    _check_ids(paintings)
    paintings = paintings.sort_values("id", kind="stable").reset_index(drop=True)
    try:
        order = pd.read_parquet(path / "paintings.parquet", columns=["id"])["id"].tolist()
    except (OSError, ValueError, KeyError):
        order = []
    if set(order) != set(paintings["id"]):
        return paintings, [len(paintings)]
    try:
        batches = read_head(path / "corpus.json").get("batches")
    except (FileNotFoundError, CorpusError):
        batches = None
    paintings = paintings.set_index("id", drop=False).loc[order].reset_index(drop=True)
    return paintings, batches if batches and sum(batches) == len(order) else [len(order)]


def write_table(
    path: Path,
    paintings: pd.DataFrame,
    *,
    format: int,
    image_root: str,
    batches: Sequence[int],
    refused: pd.DataFrame | None,
    facts: Mapping[str, Any] | None,
) -> None:
    """Write the three files, where they differ from what is there.

    Parameters
    ----------
    path, paintings, refused, facts : As for ``Corpus.create``; the order of the rows is kept.
    format : Of the corpus.
    image_root : As it is stored.
    batches : How many of the rows each batch added, from the first day on.

    Raises
    ------
    InputError
        Ids that are missing or not unique.
    """
    _check_ids(paintings)
    buffer = io.BytesIO()
    paintings.to_parquet(buffer, index=False, engine="pyarrow")
    refused = pd.DataFrame(columns=REFUSED) if refused is None else refused
    listing = refused.to_csv(index=False, lineterminator="\n").encode("utf-8-sig", "backslashreplace")
    files = {"refused.csv": listing, "paintings.parquet": buffer.getvalue()}
    head = {
        "format": format,
        "n": len(paintings),
        "batches": list(batches),
        "ids_sha256": content_sha256(paintings["id"]),
        "image_root": image_root,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        "made_by": {"stage": "ingest", "params": {}, "version": __version__},
        "facts": plain(facts or {}),
    }
    files["corpus.json"] = to_json(head)
    path.mkdir(parents=True, exist_ok=True)
    if any(read_bytes(path / name) != data for name, data in files.items()):
        (path / "corpus.json").unlink(missing_ok=True)
        for name, data in files.items():
            write_bytes(path / name, data)


def read_refused(path: Path) -> pd.DataFrame:
    """Return ``refused.csv`` of a corpus (``path``): text columns input, kind, reason, detail; empty if gone."""
    file = path / "refused.csv"
    if not file.is_file():
        return pd.DataFrame(columns=REFUSED, dtype="string")
    return pd.read_csv(file, dtype="string", keep_default_na=False)


def _check_ids(paintings: pd.DataFrame) -> None:
    if paintings["id"].isna().any() or not paintings["id"].is_unique:
        raise InputError("every painting needs an id of its own")
