"""Whether what a corpus holds is whole: its head, its labels, thumbnails, and values before they are stored."""

from __future__ import annotations

import hashlib
import io
import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artgraph import __version__
from artgraph.errors import CorpusError, InputError
from artgraph.formats import content_sha256, to_json

__all__ = [
    "LARGEST", "check_parts", "damage_beside", "damaged_files", "ids_there", "label_sha256", "parts_of", "read_bytes",
    "read_head", "read_label", "read_object", "read_table", "whole_webp",
]  # fmt: skip

LARGEST = 1e15  # squares of larger numbers, summed over the dimensions of a vector, leave the range of float32
HEAD = {"n": int, "ids_sha256": str, "image_root": str, "files": dict, "facts": dict}
LABEL = {"kind": str, "key": str, "ids_sha256": str, "files": dict, "made_by": dict, "inputs": dict, "facts": dict}
BOUNDLESS = ("distances",)  # infinite where a list of neighbours is shorter than others


def read_object(file: Path, fields: Mapping[str, type]) -> dict[str, Any]:
    """Read a JSON object from a ``file`` that must have some ``fields``, {name: type}.

    A CorpusError says that the file is damaged, and how; a file that is not there is a FileNotFoundError.
    """
    try:
        value = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise CorpusError(f"{file} is damaged: {error or type(error).__name__}.") from error
    if not isinstance(value, dict):
        raise CorpusError(f"{file} is damaged: a JSON object was expected, not {type(value).__name__}.")
    for name, kind in fields.items():
        if not isinstance(value.get(name), kind):
            raise CorpusError(f"{file} is damaged: it has no '{name}', or one of another type.")
    return value


def read_head(file: Path) -> dict[str, Any]:
    """Read ``corpus.json`` (``file``); with errors as ``read_object``. Of another format only the format is known."""
    head = read_object(file, {"format": int})
    return read_object(file, HEAD) if head["format"] in (1, 2) else head


def read_table(path: Path, formats: Sequence[int]) -> tuple[dict[str, Any], pd.DataFrame]:
    """Return the head and the table of a corpus; a CorpusError says which file is damaged and what makes it again.

    Parameters
    ----------
    path : Of the corpus.
    formats : That the caller can read.
    """
    file = path / "paintings.parquet"
    try:
        head = read_head(path / "corpus.json")
    except FileNotFoundError:
        raise CorpusError(f"{path} is not a corpus (it has no corpus.json). Make one with: {_ingest(path)}") from None
    except CorpusError as error:
        raise CorpusError(f"{error} What was computed stays. Make it again: {_ingest(path)}") from error
    if head["format"] not in formats:
        known = " and ".join(map(str, formats))
        raise CorpusError(f"{path} has corpus format {head['format']!r}; artgraph {__version__} reads formats {known}")
    again = f"Make it again: {_ingest(path, head)}"
    if (table := read_bytes(file)) is None:
        raise CorpusError(f"{file} is missing. {again}")
    if hashlib.sha256(table).hexdigest() != head["files"].get(file.name):
        raise CorpusError(
            f"{file} is damaged, or was changed by hand: it is not the table that {path / 'corpus.json'} describes. "
            f"To change it, change the spreadsheet. {again}"
        )
    paintings = pd.read_parquet(io.BytesIO(table))
    if content_sha256(paintings["id"]) != head["ids_sha256"]:
        raise CorpusError(f"corpus.json and {file.name} in {path} disagree about the ids or their order. {again}")
    return head, paintings


def damage_beside(path: Path, head: Mapping[str, Any], thumbnails: Iterable[str]) -> list[tuple[str, str]]:
    """Return what is wrong with the files beside the table of a corpus, and the command that makes each again.

    Parameters
    ----------
    path, head : Of the corpus, and its corpus.json.
    thumbnails : Hashes of the pictures, which name the thumbnails.
    """
    found, refused = [], read_bytes(path / "refused.csv")
    if refused is None:
        found.append(f"{path / 'refused.csv'} is missing")
    elif hashlib.sha256(refused).hexdigest() != head["files"].get("refused.csv", hashlib.sha256(refused).hexdigest()):
        found.append(f"{path / 'refused.csv'} is damaged")
    if not (path / "thumbs").exists() and (path / "ro-crate-metadata.json").is_file():
        thumbnails = ()  # an archive goes without pictures, where they were not asked for
    files = (path / "thumbs" / f"{digest}.webp" for digest in dict.fromkeys(thumbnails))
    broken = [file for file in files if not whole_webp(file)]
    if broken:
        several = f" and {len(broken) - 1} other thumbnails are" if len(broken) > 1 else " is"
        found.append(f"{broken[0]}{several} missing or damaged")
    return [(reason, _ingest(path, head)) for reason in found]


def _ingest(path: Path, head: Mapping[str, Any] | None = None) -> str:
    """Return the command that makes the table of a corpus, with what its head says of it."""
    images = "IMAGES" if not head else shlex.quote(str(path / head["image_root"]))
    if head and not head["image_root"]:
        images = "--no-pictures"
    metadata = " --metadata FILE" if head and head["facts"].get("rows") else ""
    return f"artgraph ingest {images}{metadata} -o {shlex.quote(str(path))}"


def ids_there(path: Path, kinds: Sequence[str]) -> str | None:
    """Return the hash of the ids that a folder holds something for, as far as its files can be read, or None.

    Parameters
    ----------
    path : A corpus, perhaps a damaged one.
    kinds : Folders with labels.
    """
    try:
        return read_head(path / "corpus.json").get("ids_sha256")
    except (FileNotFoundError, CorpusError):
        pass
    for file in sorted(file for kind in kinds for file in path.glob(f"{kind}/*.json")):
        try:
            return read_label(file)["ids_sha256"]
        except (FileNotFoundError, CorpusError):
            continue
    return None


def damaged_files(folder: Path, label: Mapping[str, Any], *, whole: bool = False) -> list[str]:
    """Return what is wrong with the files of a thing (list of str).

    Parameters
    ----------
    folder, label : Where the thing is, and its label.
    whole : Read all of each file; default: see that it is there and as long as it should be.
    """
    found = []
    for name, entry in label["files"].items():
        file = folder / name
        if not file.is_file():
            found.append(f"{file} is missing")
        elif file.stat().st_size != entry.get("bytes", file.stat().st_size) or (
            whole and hashlib.sha256(file.read_bytes()).hexdigest() != entry["sha256"]
        ):
            found.append(f"{file} is damaged")
    return found


def read_bytes(file: Path) -> bytes | None:
    """Return what a ``file`` holds, None where there is none."""
    return file.read_bytes() if file.is_file() else None


def read_label(file: Path) -> dict[str, Any]:
    """Read a label, and see that it is the one that was written; ``file`` and errors as for ``read_object``."""
    label = read_object(file, {**LABEL, "sha256": str})
    made_by, files = label["made_by"], label["files"].values()
    whole = isinstance(made_by.get("params"), dict) and ("stage" in made_by or "function" in made_by)
    whole &= all(isinstance(entry, dict) and isinstance(entry.get("sha256"), str) for entry in files)
    if not whole or label["sha256"] != label_sha256(label):
        raise CorpusError(f"{file} is damaged: it is not as artgraph wrote it.")
    return label


def label_sha256(label: Mapping[str, Any]) -> str:
    """Return the hash (hex str) that stands for a thing: of its files, or, where it has none, of its ``label``."""
    without = {name: value for name, value in label.items() if name != "sha256"}
    return hashlib.sha256(to_json({"files": label["files"]} if label["files"] else without)).hexdigest()


def whole_webp(file: Path) -> bool:
    """Return whether a thumbnail (``file``) is there and as long as its first bytes say."""
    try:
        with open(file, "rb") as opened:
            start = opened.read(12)
        length = int.from_bytes(start[4:8], "little") + 8
        return start[:4] == b"RIFF" and start[8:] == b"WEBP" and file.stat().st_size == length
    except OSError:
        return False


def parts_of(label: Mapping[str, Any]) -> dict[str, str]:
    """Return {part: its file} of the thing that a ``label`` is of: '' is the main one, 'knn' that of style.knn.npz."""
    return {name.rsplit(".", 1)[0][len(label["key"]) + 1 :]: name for name in label["files"]}


def check_parts(kind: str, key: str, parts: Mapping[str, Any]) -> None:
    """Check the values of a thing before they are stored; an InputError says what is wrong, and where.

    No number may be NaN or infinite, nor, in features, beyond ±``LARGEST``. NaN alone is allowed in what was measured
    on thumbnails that are gone, and in soft memberships of works without a cluster; distances may be infinite.

    Parameters
    ----------
    kind, key, parts : As for ``Corpus.put``.
    """
    for part, value in parts.items():
        name = f"{kind}/{key}" + (f", part '{part}'" if part else "")
        if hasattr(value, "tocsr"):
            value = value.tocsr().data
        several = value if isinstance(value, Mapping) else {"": value}
        for field, array in several.items():
            gaps = (kind, key) == ("features", "thumbnails") or (kind, part) == ("partitions", "membership")
            _check_values(array, f"{name}: '{field}'" if field else name, kind, gaps=gaps, endless=field in BOUNDLESS)


def _check_values(array: Any, name: str, kind: str, *, gaps: bool, endless: bool) -> None:
    if hasattr(array, "detach"):
        if not array.is_floating_point():
            return
        array = array.detach().cpu().float().numpy()
    array = np.asarray(array)
    if array.dtype.kind != "f" or array.size == 0:
        return
    bad = ~np.isfinite(array)
    if gaps or endless:
        bad &= (np.isnan(array) & (not gaps)) | (np.isinf(array) & (not endless))
    if bad.any():
        row = int(np.argwhere(bad)[0][0]) if array.ndim else 0
        raise InputError(
            f"{name} cannot be stored: {int(bad.sum())} of {array.size} values are NaN or infinite, the first in row "
            f"{row}. What it was made from, weights or vectors, holds such values, or values too large for float32."
        )
    if kind == "features" and (largest := float(np.nanmax(np.abs(array), initial=0))) > LARGEST:
        raise InputError(
            f"{name} cannot be stored: it has values up to {largest:.0e}, and those beyond {LARGEST:.0e} cannot be "
            "compared in float32. Divide the vectors by their largest value."
        )
