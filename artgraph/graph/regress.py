"""Take out of features what another column tells of them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from artgraph.errors import InputError

__all__ = ["regress_out"]

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
    X = np.asarray(X, dtype=np.float32)
    n = len(X)
    blocks, groups = [np.ones((n, 1))], []
    for name, values in columns.items():
        if len(values) != n:
            raise InputError(f"column '{name}' has {len(values)} values for {n} rows of features")
        block, codes = _block(pd.Series(list(values), dtype=object))
        blocks.append(block)
        groups += [codes] if codes is not None else []
    if not n:
        return X
    design = np.concatenate(blocks, axis=1)
    mean = X.mean(axis=0, dtype=np.float64)
    residual = X - mean
    residual = residual - design @ np.linalg.lstsq(design, residual, rcond=None)[0]
    for codes in groups:
        spread = residual.std(axis=0)
        for code in np.unique(codes):
            rows = np.flatnonzero(codes == code)
            own = residual[rows].std(axis=0)
            if len(rows) >= SMALLEST:
                # A dimension that is nearly constant in a group holds noise there: it is not blown up.
                ratio = np.where(own > 0.05 * spread, spread / np.maximum(own, 1e-12), 1)
                residual[rows] *= ratio
    return (residual + mean).astype(np.float32)


def _block(series: pd.Series) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the columns (n, p) of the design, and the codes (n,) of groups or None for numbers."""
    missing = series.isna().to_numpy()
    present = series[~missing]
    number = present.map(lambda v: isinstance(v, (int, float, np.integer, np.floating)) and not isinstance(v, bool))
    if len(present) and number.all() and present.nunique() > 2:
        values = present.astype(float)
        scaled = np.zeros(len(series))
        scaled[~missing] = (values - values.mean()) / max(values.std(ddof=0), 1e-12)
        return np.column_stack([scaled, scaled**2 * ~missing, missing.astype(float)]), None
    codes = pd.factorize(series.where(~missing, None).map(lambda v: None if v is None else str(v)))[0]
    return np.eye(codes.max(initial=-1) + 2)[codes], codes  # -1, missing, is the last column
