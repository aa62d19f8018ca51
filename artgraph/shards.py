"""Long work cut into shards, so that a kill loses one shard at most and memory does not grow with n.

A shard is a file that is written whole or not at all. Which rows it holds depends only on n and the shard size,
never on where an earlier run stopped; so a run that was killed and started again writes the bytes of an unbroken one.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from artgraph.atomic import remove_temporaries, write_bytes
from artgraph.errors import CorpusError
from artgraph.formats import serialise

__all__ = ["ShardStore", "clear_shards", "shard_bounds"]

FINGERPRINT = 16  # hexadecimal digits of a fingerprint that the name of a folder carries


def shard_bounds(n: int, shard_size: int) -> list[tuple[int, int]]:
    """Return the (start, stop) pairs that cut ``n`` rows into shards of ``shard_size``.

    Examples
    --------
    >>> shard_bounds(5, 2)
    [(0, 2), (2, 4), (4, 5)]
    """
    return [(start, min(start + shard_size, n)) for start in range(0, n, shard_size)]


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
    """A folder of numbered shards that belong to one piece of work.

    It is made in ``folder``, named ``prefix`` and the first digits of ``fingerprint``; siblings with the same prefix
    and another fingerprint are removed, for they belong to work with other parameters or inputs.
    """

    def __init__(self, folder: str | Path, prefix: str, fingerprint: str) -> None:
        self.path = Path(folder) / f"{prefix}{fingerprint[:FINGERPRINT]}"
        clear_shards(folder, prefix, keep=self.path)
        self.path.mkdir(parents=True, exist_ok=True)
        remove_temporaries(self.path)

    def has(self, name: str) -> bool:
        """Return whether a shard is complete."""
        return (self.path / name).is_file()

    def put(self, name: str, value: Any) -> None:
        """Write a shard: an array (name ends in .npy), JSON values (.json) or bytes."""
        if name.endswith(".npy"):
            value = serialise(np.asarray(value), "array")[0]
        elif name.endswith(".json"):
            value = json.dumps(value).encode()
        write_bytes(self.path / name, value)

    def get(self, name: str) -> Any:
        """Read a shard as it was put; one that is damaged is removed, and a CorpusError says what to do."""
        file = self.path / name
        try:
            if name.endswith(".npy"):
                return np.load(file, allow_pickle=False)
            data = file.read_bytes()
            return json.loads(data) if name.endswith(".json") else data
        except (ValueError, EOFError) as error:
            file.unlink(missing_ok=True)
            raise CorpusError(f"{file} was damaged and has been removed. Run the same command again.") from error

    def remove(self) -> None:
        """Remove the folder; the finished work stands elsewhere now."""
        shutil.rmtree(self.path, ignore_errors=True)
