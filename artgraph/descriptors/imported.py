"""A user's own vectors, joined to the corpus by id."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from artgraph.descriptors.weights import file_sha256
from artgraph.errors import InputError, MissingPackageError
from artgraph.soundness import LARGEST

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["open_h5ad", "read_vectors"]

SMALLEST = 1e-12  # a vector within this of 0 has no direction, for ``artgraph.graph.knn``

Read = tuple[np.ndarray, list[str] | None, list[str] | None]  # vectors, their ids, the columns used


def read_vectors(
    path: str | Path,
    ids: Sequence[str],
    *,
    id_file: str | Path | None = None,
    key: str | None = None,
    allow_missing: bool = False,
) -> tuple[np.ndarray, dict[str, Any]]:
    """Read vectors that were made elsewhere and put them in the order of the corpus.

    Ids are compared as text and must be the same character by character; numbers in an id column are taken as they are
    printed, so 1 is not 000001. Nothing is unpickled.

    Parameters
    ----------
    path : ``.npy``: an array (m, d), row by row in the order of ``ids``, or of ``id_file``. ``.parquet``: a column
        ``id`` and either one column of lists or numeric columns. ``.h5ad``: AnnData, whose ``obs_names`` are ids (needs
        the package anndata). An InputError where it cannot be read, a value is not a finite number in the range of
        float32, or all are too large or too small to be compared.
    ids : Of the n paintings; row i of the result is ``ids[i]``. None may be missing, repeated or empty.
    id_file : With ``.npy``: UTF-8 text, one id per line.
    key : The list column of a parquet file that has several, or the entry of ``obsm`` (default: ``X``) of an h5ad file.
    allow_missing : Give paintings that the file does not have a row of zeros. Default: an error.

    Returns
    -------
    X : (n, d) float32
    facts : ``n``, ``dimensions``, ``rows`` in the file, ``extra`` (rows for no painting), ``missing`` (rows of zeros),
        ``joined_by`` ("order" or "id"), ``columns`` used, ``file_sha256``.
    """
    path, ids = Path(path), [str(one) for one in ids]
    if not path.is_file():
        raise InputError(f"No file {path} to import vectors from")
    kind = path.suffix.lower()
    if kind not in _READERS:
        raise InputError(f"{path.name}: vectors are imported from {', '.join(_READERS)}, not from '{kind}'")
    if id_file is not None and kind != ".npy":
        raise InputError(f"{path.name} has its own ids; an id file goes with .npy only")
    vectors, own, columns = _READERS[kind](path, key)
    if vectors.ndim != 2 or vectors.shape[1] < 1:
        raise InputError(f"{path.name}: vectors must be an array (m, d) with d ≥ 1, not {vectors.shape}")
    if id_file is not None:
        own = _lines(Path(id_file))
    if own is None and len(vectors) != len(ids):
        raise InputError(
            f"{path.name} has {len(vectors)} rows and the corpus {len(ids)} paintings, so they cannot be joined by "
            "order; give the ids, one per line, with an id file, or import a parquet file with a column 'id'"
        )
    rows = np.arange(len(ids)) if own is None else _join(ids, own, len(vectors), path, allow_missing)
    found = rows >= 0
    X = np.zeros((len(ids), vectors.shape[1]), dtype=np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        X[found] = vectors[rows[found]]
    bad = np.flatnonzero(~np.isfinite(X).all(axis=1))
    if len(bad):
        raise InputError(
            f"{path.name}: {_some([ids[i] for i in bad])} with a value that is not a finite number in float32"
        )
    largest = float(np.abs(X).max(initial=0))
    if largest > LARGEST or 0 < largest <= SMALLEST:
        raise InputError(
            f"{path.name}: the largest value is {largest:.0e}; vectors beyond {LARGEST:.0e}, or all within "
            f"{SMALLEST:.0e} of 0, cannot be compared in float32. Divide them by their largest value first."
        )
    extra, missing = len(vectors) - int(found.sum()), int((~found).sum())
    facts = {"n": len(ids), "dimensions": X.shape[1], "rows": len(vectors), "extra": extra, "missing": missing}
    facts |= {"joined_by": "order" if own is None else "id", "columns": columns, "file_sha256": file_sha256(path)}
    return X, facts


def _join(ids: Sequence[str], own: list[str], m: int, path: Path, allow_missing: bool) -> np.ndarray:
    """Return for each id the row in the file, -1 where there is none."""
    if len(own) != m:
        raise InputError(f"{path.name} has {m} rows, and there are {len(own)} ids for them")
    for where, names in (("the corpus", ids), (f"the ids of {path.name}", own)):
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise InputError(f"{where} has ids more than once: {_some(twice)}")
    at = {name: row for row, name in enumerate(own)}
    missing = [name for name in ids if name not in at]
    if missing and not allow_missing:
        raise InputError(
            f"{path.name} has no vector for {_some(missing)} of {len(ids)} paintings (its ids are like {own[:2]}). "
            "Add them, or allow missing ones, which then get a row of zeros"
        )
    return np.array([at.get(name, -1) for name in ids], dtype=np.int64)


def _npy(path: Path, key: str | None) -> Read:
    if key is not None:
        raise InputError(f"{path.name} holds one array; there is nothing to choose with key='{key}'")
    try:
        # Mapped: a header that promises more than the file holds is an error, not an allocation.
        vectors = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f"{path.name} cannot be read as an .npy array: {error}") from error
    if not isinstance(vectors, np.ndarray):
        raise InputError(f"{path.name} is an .npz archive under another name; save one array with numpy.save")
    return _numeric(vectors, path), None, None


def _parquet(path: Path, key: str | None) -> Read:
    try:
        table = pq.read_table(path, partitioning=None)  # a folder named a=1 must not become a column
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path.name} cannot be read as parquet: {_first_line(error)}") from error
    if table.column_names.count("id") != 1:
        raise InputError(f"{path.name} needs one column 'id' (it has: {', '.join(table.column_names[:20])})")
    if table["id"].null_count:
        raise InputError(f"{path.name}: {table['id'].null_count} rows have no id")
    if pa.types.is_floating(table["id"].type):
        raise InputError(f"{path.name}: the column 'id' holds floating-point numbers; make it text")
    ids = [str(one) for one in table["id"].to_pylist()]
    lists = [field.name for field in table.schema if _is_list(field.type)]
    if key is None and len(lists) > 1:
        raise InputError(f"{path.name} has several columns of lists: {', '.join(lists)}; choose one with key=")
    if key is not None and key not in lists:
        raise InputError(f"{path.name} has no column of lists '{key}' (there are: {', '.join(lists) or 'none'})")
    if key is not None or lists:
        name = key or lists[0]
        return _stack(table[name], path), ids, [name]
    names = [
        field.name
        for field in table.schema
        if field.name != "id" and not field.name.startswith("__index_level_") and _is_number(field.type)
    ]
    if not names:
        raise InputError(f"{path.name} has neither a column of lists nor numeric columns")
    with np.errstate(over="ignore"):
        columns = [table[name].to_numpy().astype(np.float32) for name in names]  # an empty cell becomes NaN
    return np.stack(columns, axis=1), ids, names


def open_h5ad(path: Path) -> AnnData:
    """Read the AnnData in the file ``path``.

    Raises
    ------
    MissingPackageError
        anndata is not installed.
    InputError
        There is no such file, or it cannot be read.
    """
    if not path.is_file():
        raise InputError(f"No file {path} to import from")
    try:
        import anndata
    except ImportError as error:
        raise MissingPackageError(
            f"{path.name}: AnnData files need anndata. Install it with: pip install 'artgraph[anndata]'"
        ) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return anndata.read_h5ad(path)
    except Exception as error:  # h5py and anndata raise many kinds for a damaged file
        raise InputError(f"{path.name} cannot be read as h5ad: {_first_line(error)}") from error


def _h5ad(path: Path, key: str | None) -> Read:
    data = open_h5ad(path)
    if key is not None and key not in data.obsm:
        raise InputError(f"{path.name} has no obsm entry '{key}' (there are: {', '.join(data.obsm) or 'none'})")
    vectors = data.X if key is None else data.obsm[key]
    if vectors is None:
        raise InputError(f"{path.name} has no X; choose an obsm entry with key= (there are: {', '.join(data.obsm)})")
    if hasattr(vectors, "toarray"):
        vectors = vectors.toarray()
    return _numeric(np.asarray(vectors), path), [str(one) for one in data.obs_names], [key or "X"]


def _stack(lists: pa.ChunkedArray, path: Path) -> np.ndarray:
    """Return the rows of a list column as an array (m, d)."""
    if lists.null_count:
        raise InputError(f"{path.name}: {lists.null_count} rows have no vector")
    if not _is_number(lists.type.value_type):
        raise InputError(f"{path.name}: the lists hold {lists.type.value_type}, not numbers")
    lengths = pc.unique(pc.list_value_length(lists)).to_pylist()
    if len(lengths) > 1:
        raise InputError(f"{path.name}: vectors have different lengths: {sorted(lengths)[:5]}")
    blocks = [chunk.flatten().to_numpy(zero_copy_only=False) for chunk in lists.chunks]  # an empty entry becomes NaN
    return np.concatenate([*blocks, np.empty(0, np.float32)]).reshape(len(lists), *(lengths or [0]))


def _numeric(vectors: np.ndarray, path: Path) -> np.ndarray:
    if vectors.dtype.kind not in "fiub":
        raise InputError(f"{path.name} holds {vectors.dtype}, not real numbers")
    return vectors


def _lines(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read as UTF-8 text, one id per line: {error}") from error
    return lines[:-1] if lines[-1] == "" else lines


def _is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:3])
    return f"{len(names)} ({shown}{', …' if len(names) > 3 else ''})"


_READERS = {".npy": _npy, ".parquet": _parquet, ".h5ad": _h5ad}
