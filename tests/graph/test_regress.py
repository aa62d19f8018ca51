"""What is taken out of features, and what stays."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from artgraph.errors import InputError
from artgraph.graph import regress_out
from artgraph.graph.regress import apply_regression, fit_regression


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


@pytest.fixture(scope="module")
def table():
    """Sixty rows, and columns of every kind, two of them with gaps."""
    rng = np.random.default_rng(2)
    columns = {
        "grey": [bool(value) for value in rng.integers(2, size=60)],
        "year": [None if i % 9 == 0 else 1500 + 5 * i for i in range(60)],
        "school": [(None, "Delft", "Siena", "Paris")[i] for i in rng.integers(4, size=60)],
        "size": rng.uniform(size=60).tolist(),
        "of_two": [1.0 + i % 2 for i in range(60)],
    }
    X = (rng.normal(size=(60, 5)) + np.array(columns["grey"])[:, None] * 3).astype(np.float32)
    X.flags.writeable = False
    return X, columns


def test_a_fit_that_is_kept_gives_the_same_bytes_and_the_rows_one_by_one(table):
    X, columns = table
    fitted = fit_regression(X, columns)
    kept = {"coding": json.loads(json.dumps(fitted["coding"])), "arrays": fitted["arrays"]}
    whole = apply_regression(X, columns, kept)
    assert whole.tobytes() == regress_out(X, columns).tobytes()
    part = np.arange(5, 35)
    some = apply_regression(X[part], {name: [values[i] for i in part] for name, values in columns.items()}, kept)
    assert some == pytest.approx(whole[part], abs=1e-5)
    # 1 is 1.0, as it is once a gap has made a column of whole numbers one of floating point
    whole_numbers = columns | {"of_two": [int(value) for value in columns["of_two"]]}
    assert apply_regression(X, whole_numbers, kept).tobytes() == whole.tobytes()


def test_the_values_are_those_of_a_fit_by_hand():
    X = np.array([[1.0], [3.0]] * 10 + [[20.0], [26.0]] * 10)  # means 2 and 23, spreads 1 and 3; of all: 12.5, √5
    fitted = fit_regression(X, {"school": ["a"] * 20 + ["b"] * 20})
    found = apply_regression(np.array([[3.0], [26], [30], [30]]), {"school": ["a", "b", "c", None]}, fitted)
    assert found.ravel() == pytest.approx([12.5 + 5**0.5, 12.5 + 5**0.5, 30, 30])


def test_numbers_beyond_the_range_count_as_its_ends(table):
    X, columns = table
    fitted = fit_regression(X, {"year": columns["year"]})
    found = apply_regression(np.repeat(X[:1], 4, axis=0), {"year": [1505, -4000, 1795, 99999]}, fitted)
    assert found[0].tolist() == found[1].tolist()
    assert found[2].tolist() == found[3].tolist()


@pytest.mark.parametrize("unheard", ["Rome", 7, True])
def test_an_unseen_value_is_that_of_the_average_row(table, unheard):
    X, columns = table
    fitted = fit_regression(X, {"school": columns["school"]})
    assert apply_regression(X[:3], {"school": [unheard] * 3}, fitted) == pytest.approx(X[:3], abs=1e-5)
    fitted = fit_regression(X, {"size": columns["size"]})  # none is missing, and a word is no number
    odd = apply_regression(X[:2], {"size": [None, "large"]}, fitted)
    assert odd == pytest.approx(X[:2], abs=1e-5)


def test_what_does_not_fit_the_fit(table):
    X, columns = table
    fitted = fit_regression(X, {"grey": columns["grey"]})
    with pytest.raises(InputError, match="'grey' is not given"):
        apply_regression(X, {"size": columns["size"]}, fitted)
    with pytest.raises(InputError, match=r"expected \(n, 5\)"):
        apply_regression(X[:, :3], columns, fitted)
    with pytest.raises(InputError, match="'grey' has 2 values for 60"):
        apply_regression(X, {"grey": [True, False]}, fitted)
    assert apply_regression(X[:0], {"grey": []}, fitted).shape == (0, 5)
    nothing = fit_regression(X[:0], {"grey": []})
    assert apply_regression(X, columns, nothing).tolist() == X.tolist()
