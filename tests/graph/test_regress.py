"""What is taken out of features, and what stays."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from artgraph.errors import InputError
from artgraph.graph import regress_out


def test_numbers_leave_no_trace():
    rng = np.random.default_rng(0)
    age = rng.uniform(size=80).tolist()
    X = rng.normal(size=(80, 3)) + np.outer(age, [3, -2, 0])
    X.flags.writeable = False
    cleared = regress_out(X, {"age": age})
    design = np.column_stack([age, np.square(age)])
    expected = X - LinearRegression().fit(design, X).predict(design) + X.mean(axis=0)
    assert cleared == pytest.approx(expected, abs=1e-4)
    assert cleared.mean(axis=0) == pytest.approx(X.mean(axis=0), abs=1e-5)


def test_groups_have_one_place_and_one_spread():
    rng = np.random.default_rng(1)
    grey = [bool(value) for value in np.arange(100) < 40]
    X = rng.normal(size=(100, 4)) * np.where(grey, 0.2, 1.0)[:, None] + np.where(grey, 5.0, 0.0)[:, None]
    cleared = regress_out(X, {"grey": grey})
    mask = np.array(grey)
    assert cleared[mask].mean(axis=0) == pytest.approx(cleared[~mask].mean(axis=0), abs=1e-4)
    assert cleared[mask].std(axis=0) == pytest.approx(cleared[~mask].std(axis=0), rel=1e-3)
    # within a group the order is kept
    assert (np.argsort(cleared[mask, 0]) == np.argsort(X[mask, 0])).all()


def test_missing_small_groups_and_constant_dimensions():
    X = np.arange(12.0).reshape(6, 2)
    X[:, 1] = 7
    cleared = regress_out(X, {"school": ["a", "a", "b", "b", None, float("nan")]})
    assert cleared[:, 1].tolist() == [7] * 6
    assert cleared[:, 0].tolist() == pytest.approx([4, 6, 4, 6, 4, 6])
    assert np.isfinite(regress_out(np.zeros((30, 2)), {"x": [True] * 15 + [False] * 15})).all()
    assert regress_out(X, {}) == pytest.approx(X)
    assert regress_out(np.zeros((0, 2)), {"x": []}).shape == (0, 2)
    with pytest.raises(InputError, match="'x' has 2 values for 6"):
        regress_out(X, {"x": [1, 2]})
