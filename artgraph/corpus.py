"""The corpus: one plain directory that every stage reads and adds to (format 2).

::

    mycorpus/
      corpus.json             label of the table: format, n, ids_sha256, image root, how many works each batch added
      paintings.parquet       row i is painting i everywhere
      refused.csv             every input that was not taken, and why
      decisions.csv           what people decided (artgraph.decisions.table); only appended to, never part of a change
      artists.csv             every spelling of an artist, and whom it was taken for (where the table names artists)
      thumbs/<sha256>.webp    one small picture per painting, named by the picture's own hash
      features/gram.npy       (n, d) float32                          + gram.json
      graphs/style.npz        CSR adjacency  + style.knn.npz, style.artists.npz  + style.json
      partitions/leiden.npy   (n,) int32; 0 = largest, -1 = none      + leiden.membership.npz, leiden.json
      layouts/style.npy       (n, 2) float32                          + style.json
      models/vgae.safetensors                                         + vgae.json
      reports/leiden.json     a label whose facts are the report
      journal.jsonl           when each thing was made and each batch added, how long it took, and by what, for where a
                              label is lost

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

Paintings are sorted by id; those added later stand behind the others. Format 1 had no batches: it is read as one, and
written as format 2 by the first change. Labels hold no clock times: the same work gives the same bytes.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import shlex
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from artgraph import __version__, soundness
from artgraph.atomic import locked, write_bytes
from artgraph.checks import did_you_mean
from artgraph.errors import CorpusError, InputError, MissingError
from artgraph.formats import content_sha256, parse, plain, serialise, to_json
from artgraph.journal import note
from artgraph.notebook import Shown
from artgraph.staging import KINDS, finish_change
from artgraph.tablefiles import ordered_as_there, write_table

__all__ = ["FORMAT", "KINDS", "Corpus"]

FORMAT = 2
READABLE = (1, 2)
ARRAYS = (".npy", ".npz", ".safetensors")
KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")


class Corpus(Shown):
    """Paintings and everything computed about them, in one directory; in a notebook see ``artgraph.notebook``.

    Parameters
    ----------
    path : An existing corpus. Make one with ``artgraph ingest`` or ``Corpus.create``.
    home : The corpus that this one is a copy of, while it is changed (``artgraph.staging``); default: itself.

    Attributes
    ----------
    path
    home : Where thumbnails, plots and (relative) pictures lie, and what messages name.
    paintings : pandas.DataFrame, (n, columns)
        ``id`` (unique, sorted), ``artist``, ``title``, ``date``, ``style``, the user's own columns; of pictures
        ``image`` (path below the image root) and what ``ingest`` saw: ``image_sha256``, ... Text or missing.
    ids_sha256 : Hash of the ids in their order; every label repeats it.

    Raises
    ------
    CorpusError
        No corpus there, another format, or a table that its label does not describe.
    """

    #: Which command makes a thing again, given corpus, kind and key; ``artgraph.lineage``, which knows, sets it.
    remedy: ClassVar[Callable[[Corpus, str, str], str]] = staticmethod(
        lambda corpus, kind, key: f"see artgraph info {shlex.quote(str(corpus.home))}"
    )

    def __init__(self, path: str | Path, *, home: str | Path | None = None) -> None:
        self.path, self.home = Path(path), Path(home or path)
        finish_change(self.path)
        self.head, self.paintings = soundness.read_table(self.path, READABLE)
        self.ids_sha256 = self.head["ids_sha256"]

    @classmethod
    def create(
        cls,
        path: str | Path,
        paintings: pd.DataFrame,
        *,
        image_root: str | Path | None,
        refused: pd.DataFrame | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> Corpus:
        """Write the table of paintings, or replace it by one with the same ids, and open the corpus.

        Parameters
        ----------
        path : A new or empty directory, or a corpus of the same paintings.
        paintings : pandas.DataFrame, (n, columns)
            With a unique ``id`` and, if there are pictures, ``image``; stored sorted by id, or in the order there is.
        image_root : The folder that ``image`` is relative to. Stored relative to the corpus when it lies inside it.
            None: there are no pictures.
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
        paintings, batches = ordered_as_there(path, paintings)
        if soundness.ids_there(path, KINDS) not in (None, content_sha256(paintings["id"])):
            raise CorpusError(
                f"{path} already holds other paintings. Where works were added to the folder, or taken away: "
                f"artgraph update {shlex.quote(str(path))}. For a corpus of its own, choose another folder with -o."
            )
        root, here = Path(image_root or "").resolve(), path.resolve()
        inside = root.relative_to(here).as_posix() if root.is_relative_to(here) else root.as_posix()
        inside = "" if image_root is None else inside
        about = {"batches": batches, "refused": refused, "facts": facts}
        write_table(path, paintings, format=FORMAT, image_root=inside, **about)
        return cls(path)

    def __len__(self) -> int:
        return len(self.paintings)

    @property
    def image_root(self) -> Path:
        """The folder that ``paintings["image"]`` is relative to."""
        return self.home / self.head["image_root"]

    @property
    def has_pictures(self) -> bool:
        """Whether there are pictures; else there is no column ``image``, nor what is measured on them."""
        return bool(self.head["image_root"])

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
        files = folder.glob("*.json") if folder.is_dir() else ()
        return sorted(file.stem for file in files if KEY.fullmatch(file.stem))  # systems leave files such as ._x.json

    def label(self, kind: str, key: str) -> dict[str, Any]:
        """Return the label of one thing.

        Raises
        ------
        MissingError
            It has not been made; the message says what there is.
        CorpusError
            It is damaged, or was made for other paintings or in another order.
        """
        file = self._folder(kind) / f"{_checked(key)}.json"
        try:
            label = soundness.read_label(file)
        except CorpusError as error:
            raise CorpusError(f"{error} Make it again: {self.remedy(self, kind, key)}") from error
        except FileNotFoundError:
            there = self.keys(kind)
            near = difflib.get_close_matches(key, there, n=1, cutoff=0.7)
            meant = f" Did you mean '{near[0]}'?" if near else ""
            raise MissingError(
                f"No {kind} '{key}' in {self.path} (there are: {', '.join(there) or 'none'}).{meant}"
            ) from None
        if label["ids_sha256"] != self.ids_sha256:
            raise CorpusError(
                f"{file} was made for other paintings, or another order, than {self.path}/corpus.json. "
                f"Make it again: {self.remedy(self, kind, key)}"
            )
        return label

    def has(self, kind: str, key: str) -> bool:
        """Return whether a complete thing of this kind and key is there."""
        return (self._folder(kind) / f"{_checked(key)}.json").is_file()

    def sound_label(self, kind: str, key: str) -> dict[str, Any] | None:
        """Return the label of one thing, or None where it is missing, damaged, or for other paintings."""
        try:
            label = soundness.read_label(self._folder(kind) / f"{_checked(key)}.json")
        except (FileNotFoundError, CorpusError):
            return None
        return label if label["ids_sha256"] == self.ids_sha256 else None

    def damage(self, kind: str, key: str, *, whole: bool = False) -> list[str]:
        """Return what is wrong with the files of a thing that is there (list of str); empty where nothing is.

        Parameters
        ----------
        kind, key
        whole : bool
            Read all files and compare their hashes; default: see that they are there and as long as they should be.
        """
        if (label := self.sound_label(kind, key)) is None:
            return [f"{self._folder(kind) / key}.json is damaged"]
        return soundness.damaged_files(self._folder(kind), label, whole=whole)

    # ---- reading and writing

    def get(self, kind: str, key: str, part: str = "") -> Any:
        """Read one array (npy), sparse matrix (CSR) or dict of arrays (npz, safetensors), its hash checked.

        Parameters
        ----------
        kind, key, part : ``part`` is '' for the main file, 'knn' for ``style.knn.npz``.
        """
        label = self.label(kind, key)
        if (name := soundness.parts_of(label).get(part)) is None:
            files = ", ".join(label["files"])
            raise MissingError(f"{kind} '{key}' in {self.path} has no part '{part}' (files: {files})")
        file = self._folder(kind) / name
        data = soundness.read_bytes(file)
        if data is None or hashlib.sha256(data).hexdigest() != label["files"][name]["sha256"]:
            raise CorpusError(
                f"{file} is {'missing' if data is None else 'damaged'} (its label {key}.json has another sha256). "
                f"Make it again: {self.remedy(self, kind, key)}"
            )
        return parse(name, data)

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

        Raises
        ------
        InputError
            A value is NaN, infinite or too large; what was there stays.
        """
        soundness.check_parts(kind, key, parts)
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
        label["sha256"] = soundness.label_sha256(label)
        write_bytes(folder / f"{key}.json", to_json(label))
        self.journal(kind, key, seconds=seconds, label=label)

    def remove(self, kind: str, key: str) -> None:
        """Delete one thing: its label first, then its arrays."""
        folder = self._folder(kind)
        (folder / f"{_checked(key)}.json").unlink(missing_ok=True)
        for file in folder.glob(f"{key}.*"):
            if file.suffix in ARRAYS:
                file.unlink()

    def journal(
        self, kind: str, key: str, *, seconds: float | None = None, label: Mapping[str, Any] | None = None
    ) -> None:
        """Append one line to journal.jsonl: what was made (kind and key), when (UTC), in how many seconds.

        Of the ``label``, made_by and inputs are noted, so that a thing whose label is lost can be made again; of
        "paintings", how many of the rows each batch added.
        """
        batches = self.batches if kind == "paintings" else None
        note(self.path / "journal.jsonl", f"{kind}/{key}", seconds=seconds, label=label, batches=batches)

    def lock(self) -> AbstractContextManager[None]:
        """Return a context that holds the corpus for writing; a second writer gets a LockedError."""
        folders = ("", "thumbs", *KINDS)
        return locked(self.path, folders=folders)

    def _folder(self, kind: str) -> Path:
        if kind not in KINDS:
            raise InputError(f"'{kind}' is no kind of thing in a corpus (there are: {', '.join(KINDS)})")
        return self.path / kind


def _checked(key: str) -> str:
    if not KEY.fullmatch(key):
        raise InputError(f"'{key}' cannot name a thing in a corpus: use small letters, digits, '-' and '_'")
    return key
