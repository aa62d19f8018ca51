"""Arrays, matrices, tensors and labels as bytes, always the same bytes for the same values, never a pickle."""

import hashlib
import io
import json
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["content_sha256", "json_ready", "parse", "plain", "serialise", "to_json"]


def content_sha256(values: Iterable) -> str:
    """Return the sha256 (64 hexadecimal digits) of ``values``, missing ones told apart from empty ones."""
    canonical = [None if pd.isna(value) else str(value) for value in values]
    return hashlib.sha256(json.dumps(canonical, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def plain(value: Any) -> Any:
    """Return a value as JSON would give it back: tuples as lists, keys as strings."""
    return json.loads(json.dumps(value, sort_keys=True))


def json_ready(value: Any) -> Any:
    """Return a value with NumPy numbers as Python's, DataFrames as lists of dicts, and what is not finite as None."""
    if isinstance(value, pd.DataFrame):
        return json_ready(value.to_dict("records"))
    if isinstance(value, dict):
        return {str(key): json_ready(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [json_ready(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value


def to_json(value: Any) -> bytes:
    """Return a value as JSON (bytes): sorted keys, UTF-8, readable by a person."""
    return (json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8")


def serialise(value: Any, kind: str) -> tuple[bytes, str, dict[str, Any]]:
    """Turn a value into bytes.

    ``value`` is an array, a CSR matrix, a dict of arrays or, for the ``kind`` "models", a dict of tensors. The bytes
    come with the ending of a file and, for the label, with shapes and dtypes.
    """
    buffer = io.BytesIO()
    if kind == "models":
        from safetensors.torch import save

        about = {name: list(tensor.shape) for name, tensor in sorted(value.items())}
        return save({name: tensor.contiguous() for name, tensor in value.items()}), ".safetensors", {"tensors": about}
    if isinstance(value, np.ndarray):
        np.save(buffer, value, allow_pickle=False)
        return buffer.getvalue(), ".npy", {"shape": list(value.shape), "dtype": str(value.dtype)}
    if hasattr(value, "tocsr"):
        csr = value.tocsr()
        csr.sort_indices()
        value = {"data": csr.data, "indices": csr.indices, "indptr": csr.indptr, "shape": np.array(csr.shape)}
    np.savez(buffer, **value)
    return buffer.getvalue(), ".npz", {"shape": {name: list(array.shape) for name, array in value.items()}}


def parse(name: str, data: bytes) -> Any:
    """Turn ``data`` back into what ``serialise`` was given; the ending of the file ``name`` says the format."""
    if name.endswith(".safetensors"):
        from safetensors.torch import load

        return load(data)
    loaded = np.load(io.BytesIO(data), allow_pickle=False)
    if name.endswith(".npy"):
        return loaded
    arrays = {key: loaded[key] for key in loaded.files}
    if set(arrays) == {"data", "indices", "indptr", "shape"}:
        from scipy.sparse import csr_matrix

        return csr_matrix((arrays["data"], arrays["indices"], arrays["indptr"]), shape=tuple(arrays["shape"]))
    return arrays
