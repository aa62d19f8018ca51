"""Long work cut into shards, so that a kill loses one shard at most and memory does not grow with n.

A shard is a file that is written whole or not at all. Which rows it holds depends only on n and the shard size,
never on where an earlier run stopped nor on who does it; so a run that was killed and started again, or that several
machines share, writes the bytes of an unbroken one.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from artgraph.errors import CorpusError, InputError
from artgraph.formats import serialise
from artgraph.storage import Folder, storage_at

__all__ = ["ShardStore", "clear_shards", "parse_share", "shard_bounds", "share_of"]

FINGERPRINT = 16  # hexadecimal digits of a fingerprint that the name of a folder carries
_Shard = TypeVar("_Shard")


def shard_bounds(n: int, shard_size: int) -> list[tuple[int, int]]:
    """Return the (start, stop) pairs that cut ``n`` rows into shards of ``shard_size``.

    Examples
    --------
    >>> shard_bounds(5, 2)
    [(0, 2), (2, 4), (4, 5)]
    """
    return [(start, min(start + shard_size, n)) for start in range(0, n, shard_size)]


def share_of(shards: Sequence[_Shard], number: int, of: int) -> list[_Shard]:
    """Return those shards that belong to one share: every so manyth.

    Parameters
    ----------
    shards : All of them.
    number, of : Which share, from 1, and how many there are.

    Examples
    --------
    >>> share_of("abcdefg", 2, 3)
    ['b', 'e']
    """
    return list(shards[number - 1 :: of])


def parse_share(text: str) -> tuple[int, int]:
    """Return the number of a share and how many there are, of ``text`` such as '3/16'; else an InputError.

    Examples
    --------
    >>> parse_share("3/16")
    (3, 16)
    """
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise InputError(f"'{text}' is no share. Write its number and how many there are, from 1/16 to 16/16")
    return int(number), int(of)


def clear_shards(folder: str | Path, prefix: str, *, keep: Path | None = None) -> None:
    """Remove the shard folders of one piece of work.

    Parameters
    ----------
    folder, prefix : as for `ShardStore`.
    keep : one that stays.
    """
    for sibling in Path(folder).glob(prefix + "?" * FINGERPRINT):
        if sibling != keep:
            shutil.rmtree(sibling, ignore_errors=True)


class ShardStore:
    """Numbered shards that belong to one piece of work.

    They lie in ``folder``, a path or the address of an object store, below a name made of ``prefix`` and the first
    digits of ``fingerprint``.

    Parameters
    ----------
    folder, prefix, fingerprint
    alone : Nobody else works there now. In a folder, siblings with the same prefix and another fingerprint are then
        removed, for they belong to work with other parameters or inputs, and so is what a killed process left.

    Attributes
    ----------
    storage
    copies : More storages with shards of the same work, which are read where the first lacks one; see ``merge``.
    """

    def __init__(self, folder: str | Path, prefix: str, fingerprint: str, *, alone: bool = True) -> None:
        self.storage = storage_at(folder).below(f"{prefix}{fingerprint[:FINGERPRINT]}")
        self.copies: list[Any] = []
        if alone and isinstance(self.storage, Folder):
            clear_shards(self.storage.path.parent, prefix, keep=self.storage.path)
        self.storage.make(alone=alone)

    @property
    def path(self) -> Path:
        """The folder, where it is one."""
        return self.storage.path

    def names(self) -> set[str]:
        """Return the names of all shards that are complete."""
        return self.storage.names().union(*(copy.names() for copy in self.copies))

    def has(self, name: str) -> bool:
        """Return whether a shard is complete."""
        return name in self.names()

    def put(self, name: str, value: Any) -> None:
        """Write a shard: an array (name ends in .npy), JSON values (.json) or bytes."""
        if name.endswith(".npy"):
            value = serialise(np.asarray(value), "array")[0]
        elif name.endswith(".json"):
            value = json.dumps(value).encode()
        self.storage.write(name, value)

    def mapped(self, name: str) -> np.ndarray:
        """Return the array in a shard, by its ``name``, mapped from the file where it lies in a folder."""
        if isinstance(self.storage, Folder):
            return np.load(self.path / name, mmap_mode="r")
        return self.get(name)

    def get(self, name: str) -> Any:
        """Read a shard as it was put; one that is damaged is removed, and a CorpusError says what to do."""
        for storage in (self.storage, *self.copies):
            try:
                data = storage.read(name)
            except FileNotFoundError:
                continue
            try:
                return _parsed(name, data)
            except (ValueError, EOFError) as error:
                storage.drop(name)
                raise CorpusError(
                    f"{storage}/{name} was damaged and has been removed. Run the same command again."
                ) from error
        raise FileNotFoundError(f"{self.storage}/{name}")

    def remove(self) -> None:
        """Remove them all; the finished work stands elsewhere now."""
        self.storage.remove()


def _parsed(name: str, data: bytes) -> Any:
    if name.endswith(".npy"):
        return np.load(io.BytesIO(data), allow_pickle=False)
    return json.loads(data) if name.endswith(".json") else data
