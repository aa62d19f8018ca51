import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from artgraph.errors import InputError
from artgraph.graph.typed import SAME_ARTIST, SIMILAR, hetero_data, to_csr

X = np.arange(8, dtype=np.float64).reshape(4, 2)
STYLE = sp.csr_array(np.array([[0, 0.5, 0, 2], [0.5, 0, 0, 0], [0, 0, 0, 0], [2, 0, 0, 0]]))
ARTIST = sp.csr_array(np.array([[0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]]))


def test_a_typed_graph_by_hand():
    data = hetero_data(X, STYLE, ARTIST, artists=[1, -1, 0, 1], labels=[0, 0, -1, 1], layout=X, ids=list("abcd"))
    assert data.node_types == ["painting"]
    assert data.edge_types == [SIMILAR, SAME_ARTIST]
    painting = data["painting"]
    assert (painting.num_nodes, painting.x.dtype, painting.pos.dtype) == (4, torch.float32, torch.float32)
    assert (painting.artist.tolist(), painting.y.tolist(), painting.id) == ([1, -1, 0, 1], [0, 0, -1, 1], list("abcd"))
    assert data[SIMILAR].edge_index.tolist() == [[0, 0, 1, 3], [1, 3, 0, 0]]
    assert data[SIMILAR].edge_weight.tolist() == [0.5, 2, 0.5, 2]
    assert data[SAME_ARTIST].edge_index.tolist() == [[0, 3], [3, 0]]
    assert data.is_undirected()
    assert data.is_coalesced()
    assert data.validate()


@pytest.mark.parametrize("n", [1, 2, 50])
def test_to_a_matrix_and_back(n):
    dense = np.random.default_rng(n).random((n, n)).astype(np.float32)
    dense = np.triu(np.where(dense < 0.7, 0, dense), 1)
    shuffled = sp.coo_array(dense + dense.T)
    order = np.random.default_rng(0).permutation(shuffled.nnz)
    shuffled = sp.coo_array((shuffled.data[order], (shuffled.row[order], shuffled.col[order])), shape=(n, n))
    data = hetero_data(np.zeros((n, 1)), shuffled, shuffled)
    assert data.is_undirected()
    assert data.is_coalesced()
    for kind in (SIMILAR, SAME_ARTIST):
        back = to_csr(data, kind)
        assert back.has_sorted_indices
        np.testing.assert_array_equal(back.toarray(), dense + dense.T)


def test_what_is_no_typed_graph():
    with pytest.raises(InputError, match="same paintings"):
        hetero_data(X[:3], STYLE)
    with pytest.raises(InputError, match="same paintings"):
        hetero_data(X, STYLE, ARTIST[:3, :3])
    with pytest.raises(InputError, match="3 values of 'y' for 4 paintings"):
        hetero_data(X, STYLE, labels=[0, 0, 1])
    with pytest.raises(InputError, match="not symmetric"):
        hetero_data(X, sp.triu(STYLE))


def test_graphs_need_no_torch_and_torch_geometric_is_imported_without_a_warning():
    code = "import artgraph.graph, sys; assert 'torch' not in sys.modules; import artgraph.vgae.training"
    subprocess.run([sys.executable, "-W", "error:`torch.jit:FutureWarning", "-c", code], check=True)
