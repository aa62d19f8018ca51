"""The corpus: one plain directory that every stage reads and adds to (format 2).

::

    mycorpus/
      corpus.json             label of the table: format, n, ids_sha256, image root, how many works each batch added
      paintings.parquet       row i is painting i everywhere
      refused.csv             every input that was not taken, and why
      artists.csv             every spelling of an artist, and whom it was taken for (where the table names artists)
      thumbs/<sha256>.webp    one small picture per painting, named by the picture's own hash
      features/gram.npy       (n, d) float32                          + gram.json
      graphs/style.npz        CSR adjacency  + style.knn.npz, style.artists.npz  + style.json
      partitions/leiden.npy   (n,) int32; 0 = largest, -1 = none      + leiden.membership.npz, leiden.json
      layouts/style.npy       (n, 2) float32                          + style.json
      models/vgae.safetensors                                         + vgae.json
      reports/leiden.json     a label whose facts are the report
      journal.jsonl           when each thing was made and how long it took

Rules
-----
1. Row i is painting i everywhere; every label repeats ``ids_sha256``.
2. Every array has a JSON label: kind, key, files with sha256, inputs, facts, and made_by {stage, revision, params,
   version}.
3. Arrays are written to a temporary name, synced, renamed; then the label. **A label means that its arrays are
   complete.** When something is replaced, its old label goes first.
4. What a label says it was made from is compared with what is there now (``artgraph.lineage``): equal means up to
   date, else stale.
5. No pickle. 6. Tables are parquet inside, CSV at the borders. 7. Other formats are exports, never the thing itself.

Paintings of the first day stand sorted by id; those added later stand behind them, batch by batch, each sorted by id.
Format 1 had no batches: it is read as one batch, and written as format 2 by the first change.

Labels hold no clock times, so that the same work gives the same bytes; times stand in ``journal.jsonl`` alone.
"""

from __future__ import annotations

import difflib
import hashlib
import io
import json
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artgraph import __version__
from artgraph.atomic import locked, write_bytes
from artgraph.checks import did_you_mean
from artgraph.errors import CorpusError, InputError, MissingError
from artgraph.formats import content_sha256, parse, plain, serialise, to_json
from artgraph.staging import finish_change

__all__ = ["FORMAT", "KINDS", "Corpus"]

FORMAT = 2
READABLE = (1, 2)
ARRAYS = (".npy", ".npz", ".safetensors")
KINDS = ("features", "graphs", "partitions", "layouts", "patches", "models", "reports")


class Corpus:
    """Paintings and everything computed about them, in one directory.

    Parameters
    ----------
    path : An existing corpus. Make one with ``artgraph ingest`` or ``Corpus.create``.
    home : The corpus that this one is a copy of, while it is changed (``artgraph.staging``); default: itself.

    Attributes
    ----------
    path
    home : Where thumbnails, plots and (relative) pictures lie, and what messages name.
    paintings : pandas.DataFrame, (n, columns)
        ``id`` (unique, sorted), ``image`` (path below the image root), ``artist``, ``title``, ``date``, ``style``,
        the user's own columns, and what ``ingest`` saw: ``image_sha256``, ``image_width``, ... Text or missing.
    ids_sha256 : Hash of the ids in their order; every label repeats it.

    Raises
    ------
    CorpusError
        No corpus there, another format, or a table that its label does not describe.
    """

    def __init__(self, path: str | Path, *, home: str | Path | None = None) -> None:
        self.path, self.home = Path(path), Path(home or path)
        finish_change(self.path)
        try:
            head = json.loads((self.path / "corpus.json").read_text("utf-8"))
        except FileNotFoundError:
            raise CorpusError(
                f"{self.path} is not a corpus (it has no corpus.json). "
                f"Make one with: artgraph ingest IMAGES -o {self.path}"
            ) from None
        except (OSError, ValueError) as error:
            raise CorpusError(f"{self.path / 'corpus.json'} cannot be read: {error}") from error
        if head.get("format") not in READABLE:
            raise CorpusError(
                f"{self.path} has corpus format {head.get('format')!r}; artgraph {__version__} reads formats "
                f"{' and '.join(map(str, READABLE))}"
            )
        table = (self.path / "paintings.parquet").read_bytes()
        if hashlib.sha256(table).hexdigest() != head["files"]["paintings.parquet"]:
            raise CorpusError(
                f"{self.path / 'paintings.parquet'} is not the table that {self.path / 'corpus.json'} describes. "
                "Change the spreadsheet instead, and run artgraph ingest again."
            )
        self.head = head
        self.paintings = pd.read_parquet(io.BytesIO(table))
        self.ids_sha256 = content_sha256(self.paintings["id"])
        if self.ids_sha256 != head["ids_sha256"]:
            raise CorpusError(f"corpus.json and paintings.parquet in {self.path} disagree about the ids or their order")

    @classmethod
    def create(
        cls,
        path: str | Path,
        paintings: pd.DataFrame,
        *,
        image_root: str | Path,
        refused: pd.DataFrame | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> Corpus:
        """Write the table of paintings, or replace it by one with the same ids, and open the corpus.

        Parameters
        ----------
        path : A new or empty directory, or a corpus of the same paintings.
        paintings : pandas.DataFrame, (n, columns)
            With a unique ``id`` and an ``image`` column; it is stored sorted by id, or in the order that is there.
        image_root : The folder that ``image`` is relative to. Stored relative to the corpus when it lies inside it.
        refused : Inputs not taken: ``input``, ``kind``, ``reason``, ``detail``.
        facts : What the ingest counted.

        Raises
        ------
        CorpusError
            The directory holds other paintings, or other things.
        InputError
            Ids that are missing or not unique.
        """
        path = Path(path)
        earlier = cls(path) if (path / "corpus.json").exists() else None
        _check_ids(paintings)
        if earlier is None:
            paintings = paintings.sort_values("id", kind="stable").reset_index(drop=True)
        else:
            if set(earlier.paintings["id"]) != set(paintings["id"]):
                raise CorpusError(
                    f"{path} already holds other paintings. Where works were added to the folder, or taken away: "
                    f"artgraph update {path}. For a corpus of its own, choose another folder with -o."
                )
            paintings = paintings.set_index("id", drop=False).loc[earlier.paintings["id"]].reset_index(drop=True)
        root, inside = Path(image_root).resolve(), path.resolve()
        return cls.write(
            path,
            paintings,
            image_root=root.relative_to(inside).as_posix() if root.is_relative_to(inside) else root.as_posix(),
            batches=[len(paintings)] if earlier is None else earlier.batches,
            refused=refused,
            facts=facts,
        )

    @classmethod
    def write(
        cls,
        path: str | Path,
        paintings: pd.DataFrame,
        *,
        image_root: str,
        batches: Sequence[int],
        refused: pd.DataFrame | None = None,
        facts: Mapping[str, Any] | None = None,
        home: str | Path | None = None,
    ) -> Corpus:
        """Write the table of paintings in the order given, where it differs from what is there, and open the corpus.

        Parameters
        ----------
        path, paintings, refused, facts : As for ``create``.
        image_root : As it is stored.
        batches : How many of the rows each batch added, from the first day on.
        home : As for the class.
        """
        path = Path(path)
        _check_ids(paintings)
        head = {
            "format": FORMAT,
            "n": len(paintings),
            "batches": list(batches),
            "ids_sha256": content_sha256(paintings["id"]),
            "image_root": image_root,
            "files": {},
            "made_by": {"stage": "ingest", "params": {}, "version": __version__},
            "facts": plain(facts or {}),
        }
        buffer = io.BytesIO()
        paintings.to_parquet(buffer, index=False, engine="pyarrow")
        head["files"]["paintings.parquet"] = hashlib.sha256(buffer.getvalue()).hexdigest()
        refused = pd.DataFrame(columns=["input", "kind", "reason", "detail"]) if refused is None else refused
        listing = refused.to_csv(index=False, lineterminator="\n").encode("utf-8-sig", "backslashreplace")
        new = to_json(head)
        path.mkdir(parents=True, exist_ok=True)
        if _read(path / "corpus.json") != new or _read(path / "refused.csv") != listing:
            (path / "corpus.json").unlink(missing_ok=True)
            write_bytes(path / "refused.csv", listing)
            write_bytes(path / "paintings.parquet", buffer.getvalue())
            write_bytes(path / "corpus.json", new)
        return cls(path, home=home)

    def __len__(self) -> int:
        return len(self.paintings)

    def __repr__(self) -> str:
        return f"Corpus({str(self.path)!r}, n={len(self)})"

    @property
    def image_root(self) -> Path:
        """The folder that ``paintings["image"]`` is relative to."""
        return self.home / self.head["image_root"]

    @property
    def batches(self) -> list[int]:
        """How many of the rows each batch added, from the first day on."""
        return list(self.head.get("batches", [len(self)]))

    @property
    def batch(self) -> np.ndarray:
        """The batch of every row, (n,) int64: 0 for the first day."""
        return np.repeat(np.arange(len(self.batches)), self.batches)

    def column_sha256(self, name: str) -> str:
        """Return the hash (hex str) of one column of the table; a missing column is an InputError."""
        if name not in self.paintings.columns:
            known = [one for one in self.paintings.columns if not one.startswith("image_")]
            raise InputError(
                f"{self.path} has no column '{name}' (there are: {', '.join(known)}).{did_you_mean(name, known)}"
            )
        return content_sha256(self.paintings[name])

    # ---- what is there

    def keys(self, kind: str) -> list[str]:
        """Return the sorted keys of all complete things of one kind."""
        folder = self._folder(kind)
        return sorted(file.stem for file in folder.glob("*.json")) if folder.is_dir() else []

    def label(self, kind: str, key: str) -> dict[str, Any]:
        """Return the label of one thing.

        Raises
        ------
        MissingError
            It has not been made; the message says what there is.
        CorpusError
            It was made for other paintings or in another order.
        """
        file = self._folder(kind) / f"{_checked(key)}.json"
        try:
            label = json.loads(file.read_text("utf-8"))
        except FileNotFoundError:
            there = self.keys(kind)
            near = difflib.get_close_matches(key, there, n=1, cutoff=0.7)
            meant = f" Did you mean '{near[0]}'?" if near else ""
            raise MissingError(
                f"No {kind} '{key}' in {self.path} (there are: {', '.join(there) or 'none'}).{meant}"
            ) from None
        if label["ids_sha256"] != self.ids_sha256:
            raise CorpusError(f"{file} was made for other paintings, or another order, than {self.path}/corpus.json")
        return label

    def has(self, kind: str, key: str) -> bool:
        """Return whether a complete thing of this kind and key is there."""
        return (self._folder(kind) / f"{_checked(key)}.json").is_file()

    # ---- reading and writing

    def get(self, kind: str, key: str, part: str = "") -> Any:
        """Read one array (npy), sparse matrix (CSR) or dict of arrays (npz, safetensors), its hash checked.

        Parameters
        ----------
        kind, key, part : ``part`` is '' for the main file, 'knn' for ``style.knn.npz``.
        """
        label = self.label(kind, key)
        stem = f"{key}.{part}" if part else key
        for name, entry in label["files"].items():
            if name.rsplit(".", 1)[0] == stem:
                file = self._folder(kind) / name
                data = file.read_bytes() if file.is_file() else b""
                if hashlib.sha256(data).hexdigest() != entry["sha256"]:
                    raise CorpusError(f"{file} is missing or damaged (its label {key}.json has another sha256)")
                return parse(name, data)
        raise MissingError(f"{kind} '{key}' in {self.path} has no part '{part}' (files: {', '.join(label['files'])})")

    def put(
        self,
        kind: str,
        key: str,
        parts: Mapping[str, Any],
        *,
        made_by: Mapping[str, Any],
        inputs: Mapping[str, str],
        facts: Mapping[str, Any] | None = None,
        seconds: float | None = None,
    ) -> None:
        """Write arrays and then their label, atomically, and note it in the journal.

        Parameters
        ----------
        kind, key
        parts : dict of str to array, CSR matrix, dict of arrays, or (for models) dict of tensors
            '' is the main file. An empty dict makes a label alone (a report).
        made_by, inputs, facts : dict
            ``stage``, ``revision`` and ``params``; {reference: hash} of what it was made from; figures worth keeping
            with it. All JSON values.
        seconds : For the journal.
        """
        folder = self._folder(kind)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{_checked(key)}.json").unlink(missing_ok=True)
        files = {}
        for part, value in parts.items():
            data, suffix, about = serialise(value, kind)
            name = f"{key}.{part}{suffix}" if part else f"{key}{suffix}"
            write_bytes(folder / name, data)
            files[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), **about}
        for old in folder.glob(f"{key}.*"):
            if old.name not in files and old.suffix in ARRAYS:
                old.unlink()
        label = {
            "kind": kind,
            "key": key,
            "ids_sha256": self.ids_sha256,
            "files": files,
            "made_by": {**plain(made_by), "version": __version__},
            "inputs": dict(sorted(inputs.items())),
            "facts": plain(facts or {}),
        }
        label["sha256"] = hashlib.sha256(to_json({"files": files} if files else label)).hexdigest()
        write_bytes(folder / f"{key}.json", to_json(label))
        self.journal(kind, key, seconds=seconds)

    def remove(self, kind: str, key: str) -> None:
        """Delete one thing: its label first, then its arrays."""
        folder = self._folder(kind)
        (folder / f"{_checked(key)}.json").unlink(missing_ok=True)
        for file in folder.glob(f"{key}.*"):
            if file.suffix in ARRAYS:
                file.unlink()

    def journal(self, kind: str, key: str, *, seconds: float | None = None) -> None:
        """Append one line to journal.jsonl: what was made (kind and key), when (UTC), in how many seconds."""
        line = {"made": f"{kind}/{key}", "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "seconds": seconds}
        with open(self.path / "journal.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def lock(self) -> AbstractContextManager[None]:
        """Return a context that holds the corpus for writing; a second writer gets a LockedError."""
        folders = ("", "thumbs", *KINDS)
        return locked(self.path, folders=folders)

    def _folder(self, kind: str) -> Path:
        if kind not in KINDS:
            raise InputError(f"'{kind}' is no kind of thing in a corpus (there are: {', '.join(KINDS)})")
        return self.path / kind


def _check_ids(paintings: pd.DataFrame) -> None:
    if paintings["id"].isna().any() or not paintings["id"].is_unique:
        raise InputError("every painting needs an id of its own")


def _checked(key: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", key):
        raise InputError(f"'{key}' cannot name a thing in a corpus: use small letters, digits, '-' and '_'")
    return key


def _read(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None
