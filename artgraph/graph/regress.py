"""Take out of features what another column tells of them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from artgraph.errors import InputError

__all__ = ["apply_regression", "fit_regression", "regress_out"]

SMALLEST = 10  # rows of a value from which its spread, too, is brought to that of all


def regress_out(X: np.ndarray, columns: Mapping[str, Sequence]) -> np.ndarray:
    """Take out of features what columns such as greyscale tell of them; return (n, d) float32.

    Every dimension is replaced by its residual from a least-squares fit on the columns, plus its mean; then, for each
    value of a column of text or truth values, the spread of every dimension is brought to that of all rows. So neither
    the place nor the size of a group of rows tells its value any more; what lies deeper, such as another shape, stays.
    Where style and column go together, style is taken out with it. Location and scale as in ComBat (Johnson, Li and
    Rabinovic 2007, doi:10.1093/biostatistics/kxj037), without its shrinkage of small groups, whose spread is left alone
    instead (fewer than 10 rows).

    Parameters
    ----------
    X : (n, d) float array
    columns : each of length n; numbers enter with their square, text and truth values by one mean each. Missing values
        (None, NaN) are a value of their own.

    Examples
    --------
    >>> X = np.array([[0.0], [2.0], [10.0], [12.0]])
    >>> regress_out(X, {"grey": [False, False, True, True]}).tolist()  # both groups around the mean, 6
    [[5.0], [7.0], [5.0], [7.0]]
    """
    return apply_regression(X, columns, fit_regression(X, columns))


def fit_regression(X: np.ndarray, columns: Mapping[str, Sequence]) -> dict:
    """Find what columns tell of features, so that it can be taken out of these rows and of later ones.

    Parameters
    ----------
    X, columns : as for :func:`regress_out`.

    Returns
    -------
    dict
        ``coding``: JSON values, for each column its name, and the values that it has, or that it holds numbers;
        ``arrays``: float64 of plain names, such as the ``mean`` (d,) and the ``coefficients`` (p, d) of the fit.

    Raises
    ------
    InputError
        Where a column has another number of values than X has rows.
    """
    X = np.asarray(X, dtype=np.float32)
    n, d = X.shape
    coding, scales = [], []
    for name, values in columns.items():
        code, scale = _coding(name, _series(name, values, n))
        coding.append(code)
        scales.append(scale)
    mean = X.mean(axis=0, dtype=np.float64) if n else np.zeros(d)
    design, groups = _design(columns, coding, np.array(scales).reshape(-1, 4), n)
    coefficients = np.zeros((design.shape[1], d))
    ratios = [np.ones((len(code["values"]) + 1, d)) for code in coding if code["values"] is not None]
    if n:
        residual = X - mean
        coefficients = np.linalg.lstsq(design, residual, rcond=None)[0]
        residual = residual - design @ coefficients
        for codes, ratio in zip(groups, ratios, strict=True):
            spread = residual.std(axis=0)
            for code in np.unique(codes):
                rows = np.flatnonzero(codes == code)
                own = residual[rows].std(axis=0)
                if len(rows) >= SMALLEST:
                    # A dimension that is nearly constant in a group holds noise there: it is not blown up.
                    ratio[code] = np.where(own > 0.05 * spread, spread / np.maximum(own, 1e-12), 1)
                    residual[rows] *= ratio[code]
    arrays = {
        "mean": mean,
        "coefficients": coefficients,
        "columns_mean": design.mean(axis=0) if n else np.zeros(design.shape[1]),
        "scales": np.array(scales).reshape(-1, 4),
        "ratios": np.concatenate([np.ones((0, d)), *ratios]),
    }
    return {"coding": coding, "arrays": arrays}


def apply_regression(X: np.ndarray, columns: Mapping[str, Sequence], fitted: Mapping) -> np.ndarray:
    """Take out of features what columns told of those rows that were fitted; return (n, d) float32.

    A value that no fitted row had (or a missing one, where none was missing) counts as the average of all: nothing is
    taken out for it, and its spread is left alone. Numbers beyond those that were fitted count as the nearest of them.

    Parameters
    ----------
    X : (n, d) float array, the rows that were fitted or any others of the same features.
    columns : each of length n, with the names that were fitted; others are not used.
    fitted : as :func:`fit_regression` returns it; arrays may come from a file, ``coding`` from JSON.

    Raises
    ------
    InputError
        Where a column is not there or has another length, or X has another width.

    Examples
    --------
    >>> X = np.array([[0.0], [2.0], [10.0], [12.0]])
    >>> fitted = fit_regression(X, {"grey": [False, False, True, True]})
    >>> apply_regression(np.array([[1.0], [1.0], [1.0]]), {"grey": [False, True, "unheard of"]}, fitted).tolist()
    [[6.0], [-4.0], [1.0]]
    """
    X = np.asarray(X, dtype=np.float32)
    coding, arrays = fitted["coding"], fitted["arrays"]
    mean = arrays["mean"]
    if X.ndim != 2 or X.shape[1] != len(mean):
        raise InputError(f"features have shape {X.shape}; expected (n, {len(mean)}), as those that were fitted")
    if not len(X):
        return X
    design, groups = _design(columns, coding, arrays["scales"], len(X), average=arrays["columns_mean"])
    residual = X - mean
    residual = residual - design @ arrays["coefficients"]
    start = 0
    kinds = [code["values"] for code in coding if code["values"] is not None]
    for codes, values in zip(groups, kinds, strict=True):
        ratios = arrays["ratios"][start : start + len(values) + 1]
        seen = codes >= 0
        residual[seen] *= ratios[codes[seen]]
        start += len(values) + 1
    return (residual + mean).astype(np.float32)


def _series(name: str, values: Sequence, n: int) -> pd.Series:
    if len(values) != n:
        raise InputError(f"column '{name}' has {len(values)} values for {n} rows of features")
    return pd.Series(list(values), dtype=object)


def _coding(name: str, series: pd.Series) -> tuple[dict, tuple[float, float, float, float]]:
    """Return how a column enters, as JSON values, and its numbers' mean, spread, and range in units of the spread."""
    missing = series.isna().to_numpy()
    present = series[~missing]
    if len(present) and present.map(_is_number).all() and present.nunique() > 2:
        values = present.astype(float)
        mean, spread = values.mean(), max(values.std(ddof=0), 1e-12)
        scaled = (values - mean) / spread
        return {"name": name, "values": None, "missing": bool(missing.any())}, (
            mean,
            spread,
            scaled.min(),
            scaled.max(),
        )
    values = list(dict.fromkeys(present.map(_text)))
    return {"name": name, "values": values, "missing": bool(missing.any())}, (0.0, 1.0, 0.0, 0.0)


def _text(value: object) -> str:
    return str(int(value)) if _is_number(value) and float(value).is_integer() else str(value)  # 1.0 is 1


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, (bool, np.bool_))


def _design(
    columns: Mapping[str, Sequence],
    coding: Sequence[Mapping],
    scales: np.ndarray,
    n: int,
    *,
    average: np.ndarray | None = None,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the design (n, p), and the codes (n,) of each column of values; the last is missing, -1 is unknown.

    Rows of an unknown value get the ``average`` of the column's part of the design.
    """
    blocks, groups, start = [np.ones((n, 1))], [], 1
    for code, scale in zip(coding, scales, strict=True):
        name, known = code["name"], code["values"]
        if name not in columns:
            raise InputError(f"the column '{name}' is not given (there are: {', '.join(columns)})")
        series = _series(name, columns[name], n)
        missing = series.isna().to_numpy()
        if known is None:
            block, unknown = _numbers(series, missing, scale)
        else:
            place = {value: i for i, value in enumerate(known)}
            codes = series.map(lambda value, place=place: place.get(_text(value), -1)).to_numpy(np.int64, copy=True)
            codes[missing] = len(known) if code["missing"] else -1
            block, unknown = np.eye(len(known) + 1)[codes], codes < 0
            groups.append(codes)
        if not code["missing"]:
            unknown = unknown | missing
        width = block.shape[1]
        if unknown.any():
            block[unknown] = average[start : start + width]
        blocks.append(block)
        start += width
    return np.concatenate(blocks, axis=1), groups


def _numbers(series: pd.Series, missing: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns of the design for numbers, (n, 3), and which values are no numbers."""
    numbers = pd.to_numeric(series.where(~missing, None), errors="coerce").to_numpy(dtype=float)
    there = np.isfinite(numbers)
    mean, spread, low, high = scale
    scaled = np.zeros(len(numbers))
    scaled[there] = np.clip((numbers[there] - mean) / spread, low, high)
    return np.column_stack([scaled, scaled**2 * there, missing.astype(float)]), ~there & ~missing
