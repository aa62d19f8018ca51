"""Where shards lie: in a folder, or in an object store at an address that fsspec knows, such as s3://bucket/work.

A file is either whole or not there: in a folder it is renamed into place, and an object store shows an object only when
all of it has arrived.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from artgraph.atomic import TEMPORARY, remove_temporaries, write_bytes
from artgraph.errors import CorpusError, InputError, MissingPackageError

__all__ = ["Bucket", "Folder", "storage_at"]

#: Schemes whose put is atomic. Others (sftp, smb, ...) show a file while it is written.
OBJECT_STORES = ("abfs", "abfss", "az", "gcs", "gs", "oci", "oss", "s3", "s3a")


def storage_at(address: str | Path) -> Folder | Bucket:
    """Return the storage at an ``address``: a path, or ``s3://bucket/prefix`` and the like.

    Raises
    ------
    InputError
        A scheme that is no object store.
    MissingPackageError
        The package that reaches it is not installed.
    """
    scheme, divider, _ = str(address).partition("://")
    if not divider:
        return Folder(address)
    if scheme not in OBJECT_STORES:
        raise InputError(
            f"{address}: '{scheme}' is not an object store that artgraph writes to ({', '.join(OBJECT_STORES)}). Give "
            "one of these, or a folder that all machines see."
        )
    return Bucket(str(address))


class Folder:
    """Files in a folder, its ``path`` absolute, so that another process finds it."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(os.path.abspath(path))

    def __str__(self) -> str:
        return str(self.path)

    def below(self, name: str) -> Folder:
        """Return the storage ``name`` within this one."""
        return Folder(self.path / name)

    def make(self, *, alone: bool) -> None:
        """Make the folder; where nobody else writes to it (``alone``), clear what a killed process left."""
        self.path.mkdir(parents=True, exist_ok=True)
        if alone:
            remove_temporaries(self.path)

    def names(self) -> set[str]:
        """Return the names of all whole files."""
        if not self.path.is_dir():
            return set()
        return {entry.name for entry in os.scandir(self.path) if not entry.name.startswith(TEMPORARY)}

    def read(self, name: str) -> bytes:
        """Return what the file ``name`` holds."""
        return (self.path / name).read_bytes()

    def write(self, name: str, data: bytes) -> None:
        """Write ``data`` as the file ``name``."""
        write_bytes(self.path / name, data)

    def drop(self, name: str) -> None:
        """Remove one file, if ``name`` is there."""
        (self.path / name).unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the folder and all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)


class Bucket:
    """The same in an object store; account and endpoint are those of its own configuration (AWS_ENDPOINT_URL, ...)."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._files()

    def __str__(self) -> str:
        return self.address

    def below(self, name: str) -> Bucket:
        """Return the storage ``name`` within this one."""
        return Bucket(f"{self.address}/{name}")

    def make(self, *, alone: bool) -> None:
        """Do nothing: there are no folders, and an object is whole, whether one is ``alone`` or not."""

    def names(self) -> set[str]:
        """Return the names of all objects directly below the address."""
        files, path = self._files()
        try:
            with self._told():
                return {found.rsplit("/", 1)[-1] for found in files.ls(path, detail=False)}
        except FileNotFoundError:
            return set()

    def read(self, name: str) -> bytes:
        """Return what the object ``name`` holds."""
        files, path = self._files()
        with self._told():
            return files.cat_file(f"{path}/{name}")

    def write(self, name: str, data: bytes) -> None:
        """Write ``data`` as the object ``name``."""
        files, path = self._files()
        with self._told():
            try:
                files.pipe_file(f"{path}/{name}", data)
            except FileNotFoundError as error:
                raise OSError(error) from error  # there is no such bucket

    def drop(self, name: str) -> None:
        """Remove one object, if ``name`` is there."""
        files, path = self._files()
        with self._told():
            if files.exists(f"{path}/{name}"):
                files.rm_file(f"{path}/{name}")

    def remove(self) -> None:
        """Remove all objects below the address."""
        files, path = self._files()
        with self._told():
            if files.exists(path):
                files.rm(path, recursive=True)

    def _files(self) -> tuple[Any, str]:
        try:
            from fsspec.core import url_to_fs

            # others write there as well: what is there is asked for every time
            return url_to_fs(self.address, use_listings_cache=False)
        except ImportError as error:
            raise MissingPackageError(
                f"{self.address} cannot be reached: {error}. For s3:// install it with: pip install 'artgraph[s3]'"
            ) from error

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except Exception as error:  # every store has errors of its own
            raise CorpusError(f"{self.address} cannot be read or written: {type(error).__name__}: {error}") from error
