import builtins
import sys
import types

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.sparse import csr_matrix

from artgraph.descriptors import read_vectors
from artgraph.errors import InputError, MissingPackageError

IDS = ["b.jpg", "a.jpg", 'c, "d".jpg']
X = np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32)  # of b, a, c
SHUFFLED = ["x", IDS[2], IDS[0], IDS[1]]
ROWS = np.array([[9, 9], [5, 6], [1, 2], [3, 4]])


def parquet(path, columns):
    pq.write_table(pa.table(columns), path)
    return path


def npy(path, array):
    np.save(path, array)
    return path


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "i8", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_in_order(tmp_path, dtype, order):
    file = npy(tmp_path / "v.npy", np.asarray(X, dtype=dtype, order=order))
    vectors, facts = read_vectors(file, IDS)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, X)
    assert {key: facts[key] for key in ("n", "dimensions", "rows", "extra", "missing", "joined_by")} == {
        "n": 3, "dimensions": 2, "rows": 3, "extra": 0, "missing": 0, "joined_by": "order"
    }  # fmt: skip
    assert len(facts["file_sha256"]) == 64


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_npy_with_ids(tmp_path, ending, bom):
    file = npy(tmp_path / "v.npy", ROWS)
    (tmp_path / "ids.txt").write_bytes((bom + "".join(one + ending for one in SHUFFLED)).encode())
    vectors, facts = read_vectors(file, IDS, id_file=tmp_path / "ids.txt")
    np.testing.assert_array_equal(vectors, X)
    assert (facts["rows"], facts["extra"], facts["joined_by"]) == (4, 1, "id")


@pytest.mark.parametrize(
    "column",
    [
        pa.array(ROWS.tolist(), pa.list_(pa.float32())),
        pa.array(ROWS.tolist(), pa.large_list(pa.float64())),
        pa.array(ROWS.tolist(), pa.list_(pa.float32(), 2)),
        pa.array(ROWS.tolist(), pa.list_(pa.int16())),
        pa.array([list(row) for row in ROWS.astype("f2")], pa.list_(pa.float16())),
        pa.chunked_array([pa.array(part.tolist(), pa.list_(pa.float32())) for part in np.split(ROWS, [1])]),
    ],
    ids=["list", "large list", "fixed size", "whole numbers", "half", "chunks"],
)
def test_parquet_lists(tmp_path, column):
    file = parquet(tmp_path / "v.parquet", {"year": [1, 2, 3, 4], "id": SHUFFLED, "vector": column})
    vectors, facts = read_vectors(file, IDS)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, X)
    assert (facts["extra"], facts["columns"]) == (1, ["vector"])


def test_parquet_numeric_columns(tmp_path):
    folder = tmp_path / "lang=3"  # which must not be read as a column
    folder.mkdir()
    file = parquet(folder / "v.parquet", {"d0": ROWS[:, 0], "id": SHUFFLED, "d1": ROWS[:, 1] * 1.0, "title": ["t"] * 4})
    vectors, facts = read_vectors(file, IDS)
    np.testing.assert_array_equal(vectors, X)
    assert facts["columns"] == ["d0", "d1"]


def test_parquet_as_pandas_writes_it(tmp_path):
    frame = pd.DataFrame(ROWS, columns=["0", "1"], index=pd.Index(SHUFFLED, name="id"))
    frame.to_parquet(tmp_path / "v.parquet")
    np.testing.assert_array_equal(read_vectors(tmp_path / "v.parquet", IDS)[0], X)
    frame.reset_index().set_index(np.array([7, 5, 3, 1])).to_parquet(tmp_path / "w.parquet")
    np.testing.assert_array_equal(read_vectors(tmp_path / "w.parquet", IDS)[0], X)


def test_whole_numbers_and_categories_as_ids(tmp_path):
    file = parquet(tmp_path / "v.parquet", {"id": [12, 7], "vector": [[1.0], [2.0]]})
    assert read_vectors(file, ["7", "12"])[0].tolist() == [[2], [1]]
    with pytest.raises(InputError, match=r"no vector for 1 \('007'\).*its ids are like \['12', '7'\]"):
        read_vectors(file, ["12", "007"])
    file = parquet(tmp_path / "w.parquet", {"id": pa.array(["p", "q"]).dictionary_encode(), "vector": [[1.0], [2.0]]})
    assert read_vectors(file, ["q"])[0].tolist() == [[2]]


def test_several_list_columns(tmp_path):
    file = parquet(tmp_path / "v.parquet", {"id": ["p"], "one": [[1.0]], "two": [[2.0, 3.0]]})
    with pytest.raises(InputError, match="several columns of lists: one, two"):
        read_vectors(file, ["p"])
    assert read_vectors(file, ["p"], key="two")[0].tolist() == [[2, 3]]
    with pytest.raises(InputError, match="no column of lists 'three'"):
        read_vectors(file, ["p"], key="three")


def test_missing_ids(tmp_path):
    file = parquet(tmp_path / "v.parquet", {"id": ["b.jpg"], "vector": [[1.0, 2.0]]})
    with pytest.raises(InputError, match=r"no vector for 2 \('a\.jpg'.* of 3 paintings"):
        read_vectors(file, IDS)
    vectors, facts = read_vectors(file, IDS, allow_missing=True)
    assert vectors.tolist() == [[1, 2], [0, 0], [0, 0]]
    assert (facts["missing"], facts["extra"]) == (2, 0)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_very_small_corpora(tmp_path, n):
    file = npy(tmp_path / "v.npy", np.ones((n, 3)))
    assert read_vectors(file, IDS[:n])[0].shape == (n, 3)
    file = parquet(tmp_path / "v.parquet", {"id": SHUFFLED, "vector": ROWS.tolist()})
    assert read_vectors(file, IDS[:n])[0].shape == (n, 2)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.ones((2, 2)), "2 rows and the corpus 3 paintings.*id file"),
        (np.ones(3), r"must be an array \(m, d\).*\(3,\)"),
        (np.ones((3, 0)), r"d ≥ 1"),
        (np.ones((3, 2, 2)), r"\(3, 2, 2\)"),
        (np.float32(1), "must be an array"),
        (np.ones((3, 2), dtype=complex), "complex128, not real numbers"),
        (np.full((3, 2), "x"), "not real numbers"),
        (np.zeros(3, dtype=[("a", "f4")]), "not real numbers"),
        (np.array([[1, 2], [np.nan, 1], [1, 1]]), r"1 \('a\.jpg'\) with a value that is not a finite number"),
        (np.array([[1, 2], [1, 1], [1, -np.inf]]), "not a finite number"),
        (np.array([[1e300, 2], [1, 1], [1, 1]]), r"'b\.jpg'.*not a finite number in float32"),
    ],
)
def test_arrays_that_cannot_be_used(tmp_path, array, message):
    with pytest.raises(InputError, match=message):
        read_vectors(npy(tmp_path / "v.npy", array), IDS)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"name": ["p"], "v": [[1.0]]}, "needs one column 'id'.*name, v"),
        ({"id": ["p", "p"], "v": [[1.0], [2.0]]}, r"more than once: 1 \('p'\)"),
        ({"id": ["p", None], "v": [[1.0], [2.0]]}, "1 rows have no id"),
        ({"id": [1.0, 2.0], "v": [[1.0], [2.0]]}, "floating-point"),
        ({"id": ["p", "q"], "v": [[1.0], [2.0, 3.0]]}, r"different lengths: \[1, 2\]"),
        ({"id": ["p", "q"], "v": [[1.0], None]}, "1 rows have no vector"),
        ({"id": ["p", "q"], "v": [[1.0], [None]]}, r"1 \('q'\).*not a finite"),
        ({"id": ["p", "q"], "v": [["1"], ["2"]]}, "hold string, not numbers"),
        ({"id": ["p", "q"], "v": [1.0, None]}, r"1 \('q'\).*not a finite"),
        ({"id": ["p", "q"], "v": [1e300, 1.0]}, r"1 \('p'\).*not a finite"),
        ({"id": ["p", "q"], "v": ["1", "2"]}, "neither a column of lists nor numeric"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path, columns, message):
    with pytest.raises(InputError, match=message):
        read_vectors(parquet(tmp_path / "v.parquet", columns), ["p", "q"])


def test_a_value_that_is_not_finite_matters_only_where_a_painting_has_it(tmp_path):
    file = parquet(tmp_path / "v.parquet", {"id": ["p", "q"], "v": [[1.0], [float("nan")]]})
    assert read_vectors(file, ["p"])[0].tolist() == [[1]]


def test_ids_that_do_not_fit(tmp_path):
    file = npy(tmp_path / "v.npy", ROWS)
    (tmp_path / "ids.txt").write_text("a\nb\n")
    with pytest.raises(InputError, match="4 rows, and there are 2 ids"):
        read_vectors(file, IDS, id_file=tmp_path / "ids.txt")
    (tmp_path / "ids.txt").write_text("a\nb\na\nc\n")
    with pytest.raises(InputError, match=r"the ids of v\.npy has ids more than once|more than once: 1 \('a'\)"):
        read_vectors(file, IDS, id_file=tmp_path / "ids.txt")
    with pytest.raises(InputError, match="corpus has ids more than once"):
        read_vectors(parquet(tmp_path / "v.parquet", {"id": ["p"], "v": [[1.0]]}), ["p", "p"])
    (tmp_path / "ids.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        read_vectors(file, IDS, id_file=tmp_path / "ids.txt")
    with pytest.raises(InputError, match=r"goes with \.npy only"):
        read_vectors(tmp_path / "v.parquet", IDS, id_file=tmp_path / "ids.txt")


def test_nothing_is_unpickled(tmp_path):
    np.save(tmp_path / "v.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="cannot be read"):
        read_vectors(tmp_path / "v.npy", IDS)


def test_damaged_files(tmp_path):
    for suffix in (".npy", ".parquet"):
        for content in (b"", b"PAR1", b"\x93NUMPY", b"noise" * 100):
            (tmp_path / f"v{suffix}").write_bytes(content)
            with pytest.raises(InputError, match=r"v\.(npy|parquet) cannot be read"):
                read_vectors(tmp_path / f"v{suffix}", IDS)
    whole = npy(tmp_path / "v.npy", np.ones((100, 50))).read_bytes()
    (tmp_path / "v.npy").write_bytes(whole[:-8])
    with pytest.raises(InputError, match="cannot be read"):
        read_vectors(tmp_path / "v.npy", IDS)
    np.savez(tmp_path / "v.npz", X)
    (tmp_path / "v.npz").rename(tmp_path / "v.npy")
    with pytest.raises(InputError, match="archive under another name"):
        read_vectors(tmp_path / "v.npy", IDS)
    with pytest.raises(InputError, match="No file"):
        read_vectors(tmp_path / "gone.npy", IDS)
    (tmp_path / "v.csv").write_text("1,2")
    with pytest.raises(InputError, match=r"\.npy, \.parquet, \.h5ad, not from '\.csv'"):
        read_vectors(tmp_path / "v.csv", IDS)


@pytest.fixture
def h5ad(tmp_path, monkeypatch):
    """A stand-in for the package anndata, which is optional: ``h5ad(X, ids, obsm)`` makes a file that it reads."""

    def make(X, names, obsm=()):
        data = types.SimpleNamespace(X=X, obs_names=pd.Index(names), obsm=dict(obsm))
        monkeypatch.setitem(sys.modules, "anndata", types.SimpleNamespace(read_h5ad=lambda path: data))
        (tmp_path / "v.h5ad").write_bytes(b"hdf5")
        return tmp_path / "v.h5ad"

    return make


def test_h5ad(h5ad):
    for matrix in (ROWS, csr_matrix(ROWS)):
        vectors, facts = read_vectors(h5ad(matrix, SHUFFLED), IDS)
        np.testing.assert_array_equal(vectors, X)
        assert (facts["extra"], facts["columns"]) == (1, ["X"])
    file = h5ad(None, SHUFFLED, {"X_pca": ROWS * 2.0})
    np.testing.assert_array_equal(read_vectors(file, IDS, key="X_pca")[0], 2 * X)
    with pytest.raises(InputError, match=r"no X; choose an obsm entry.*X_pca"):
        read_vectors(file, IDS)
    with pytest.raises(InputError, match=r"no obsm entry 'X_umap' \(there are: X_pca\)"):
        read_vectors(file, IDS, key="X_umap")


def test_h5ad_by_anndata_itself(tmp_path):
    anndata = pytest.importorskip("anndata")
    made = anndata.AnnData(ROWS.astype("f4"), obs=pd.DataFrame(index=SHUFFLED), obsm={"X_pca": ROWS * 2.0})
    made.write_h5ad(tmp_path / "v.h5ad")
    np.testing.assert_array_equal(read_vectors(tmp_path / "v.h5ad", IDS)[0], X)
    np.testing.assert_array_equal(read_vectors(tmp_path / "v.h5ad", IDS, key="X_pca")[0], 2 * X)
    (tmp_path / "w.h5ad").write_bytes(b"noise")
    with pytest.raises(InputError, match="cannot be read as h5ad"):
        read_vectors(tmp_path / "w.h5ad", IDS)


def test_h5ad_without_anndata(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "anndata", raising=False)
    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "anndata":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    (tmp_path / "v.h5ad").write_bytes(b"hdf5")
    with pytest.raises(MissingPackageError, match=r"pip install 'artgraph\[anndata\]'"):
        read_vectors(tmp_path / "v.h5ad", IDS)
