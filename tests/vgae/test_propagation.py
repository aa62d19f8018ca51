import numpy as np
import pytest
from scipy.sparse import csr_matrix

from artgraph.vgae.propagation import hops

PATH = csr_matrix(np.array([[0, 2, 0], [2, 0, 1], [0, 1, 0]], dtype=np.float32))


def test_mean_of_self_and_neighbours_by_hand():
    X = np.array([[0.0], [3.0], [8.0]], dtype=np.float32)
    # (0 + 2·3) / 3, (2·0 + 3 + 8) / 4, (3 + 8) / 2
    np.testing.assert_allclose(hops(X, PATH, 1), [[0, 2], [3, 2.75], [8, 5.5]], rtol=1e-6)


def test_hops_keep_a_constant_and_an_isolated_row():
    alone = csr_matrix((2, 2), dtype=np.float32)
    X = np.array([[1.0, 2], [3, 4]], dtype=np.float32)
    np.testing.assert_array_equal(hops(X, alone, 2), np.hstack([X, X, X]))
    np.testing.assert_allclose(hops(np.ones((3, 2), np.float32), PATH, 3), 1, rtol=1e-6)


@pytest.mark.gpu
def test_hops_on_a_gpu(toy):
    X, adjacency, _ = toy
    np.testing.assert_allclose(hops(X, adjacency, 3, device="cuda").cpu(), hops(X, adjacency, 3), atol=1e-5)
