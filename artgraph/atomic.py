"""Files that are either whole or not there."""

import errno
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from inspect import signature
from pathlib import Path
from platform import node

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from artgraph.errors import CorpusError, LockedError

__all__ = ["TEMPORARY", "atomic_path", "locked", "locked_file", "remove_temporaries", "write_bytes"]

TEMPORARY = ".tmp-"
# What flock answers on file systems that cannot lock: Lustre, some NFS and FUSE mounts.
NO_LOCKS = tuple(getattr(errno, name) for name in ("ENOSYS", "EOPNOTSUPP", "ENOTSUP", "ENOLCK") if hasattr(errno, name))
# newer filelocks fall back by themselves, and where flock answers ENOSYS alone
_NO_FALLBACK = {"fallback_to_soft": False} if "fallback_to_soft" in signature(FileLock.__init__).parameters else {}


@contextmanager
def atomic_path(path: str | Path, *, sync: bool = True) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; on success sync it and rename it to ``path``.

    The folder of ``path`` must exist. The temporary name begins with ``TEMPORARY`` and keeps the ending. If the block
    raises, the temporary file is removed and ``path`` is as it was. Without ``sync`` a power cut may leave an empty
    file: for what is looked at again, and made again, where syncing takes longer than making it.
    """
    path = Path(path)
    # named by thread and machine, too: two threads may make the thumbnail of identical pictures at once, and two
    # machines the same shard on one storage
    temporary = path.with_name(f"{TEMPORARY}{node()}-{os.getpid()}-{threading.get_ident()}-{path.name}")
    try:
        yield temporary
        if sync:
            with open(temporary, "rb+") as file:
                os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    # A rename survives a power cut only when its folder is synced; Windows has no such call.
    if sync and os.name != "nt":
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_bytes(path: str | Path, data: bytes, *, sync: bool = True) -> None:
    """Write bytes atomically.

    Parameters
    ----------
    path, data
    sync : See ``atomic_path``.
    """
    with atomic_path(path, sync=sync) as temporary:
        temporary.write_bytes(data)


def remove_temporaries(folder: str | Path) -> None:
    """Remove what a killed process left half-written directly in ``folder``."""
    for leftover in Path(folder).glob(f"{TEMPORARY}*"):
        leftover.unlink(missing_ok=True)


@contextmanager
def locked(path: str | Path, *, folders: Sequence[str] = ("",)) -> Iterator[Path]:
    """Hold a (perhaps new) directory for writing, and clear what a killed process left half-written in it.

    ``folders`` are those below ``path`` (itself: '') in which temporary files are removed. Raises LockedError where
    another process holds ``path`` (the lock goes with its process: a killed one leaves none), CorpusError where it
    cannot be written to. On a file system that cannot lock files, a file ``.lock-held`` stands for the lock; of a
    process killed on another computer it remains, and the message says so.
    """
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not os.access(path, os.W_OK):
            raise PermissionError(f"no right to write to {path}")
        lock = _acquire(path)
    except Timeout as error:
        held = Path(error.lock_file)
        stale = f" If none is running, delete {held}." if held.name == ".lock-held" else ""
        raise LockedError(
            f"Another artgraph is writing to {path}. Wait until it has ended, then run this again.{stale}"
        ) from None
    except OSError as error:
        raise CorpusError(f"{path} cannot be written to: {error}") from error
    try:
        for folder in folders:
            remove_temporaries(path / folder)
        yield path
    finally:
        lock.release()


@contextmanager
def locked_file(path: str | Path, *, wait: float = 10.0) -> Iterator[None]:
    """Hold one file (``path``) for writing, beside whoever holds its folder; others wait so many seconds (``wait``).

    Raises LockedError where another process holds it longer, CorpusError where the folder cannot be written to.
    """
    path = Path(path)
    try:
        lock = _acquire(path.parent, name=f".{path.name}.lock", timeout=wait)
    except Timeout as error:
        raise LockedError(
            f"Another artgraph has been writing to {path} for {wait:g} seconds. If none is running, delete "
            f"{error.lock_file}."
        ) from None
    except OSError as error:
        raise CorpusError(f"{path} cannot be written to: {error}") from error
    try:
        yield
    finally:
        lock.release()


def _acquire(path: Path, *, name: str = ".lock", timeout: float = 0) -> BaseFileLock:
    try:
        lock = FileLock(path / name, timeout=timeout, **_NO_FALLBACK)
        lock.acquire()
    except (NotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in NO_LOCKS:  # a Timeout has no number
            raise
        lock = SoftFileLock(path / f"{name}-held", timeout=timeout)
        lock.acquire()
    return lock
