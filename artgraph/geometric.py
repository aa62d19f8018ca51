"""What artgraph uses of torch-geometric, imported without the warning that it gives of itself."""

import warnings

with warnings.catch_warnings():
    # torch-geometric 2.8 calls torch.jit.script as it is imported, which torch 2.14 deprecates
    warnings.filterwarnings("ignore", r"`torch\.jit\.script` is deprecated")
    from torch_geometric.data import HeteroData
    from torch_geometric.nn import GAE, GATv2Conv, GCNConv, InnerProductDecoder, SAGEConv
    from torch_geometric.nn.conv.gcn_conv import gcn_norm
    from torch_geometric.utils import add_self_loops, from_scipy_sparse_matrix, scatter, to_torch_csr_tensor

__all__ = [
    "GAE", "GATv2Conv", "GCNConv", "HeteroData", "InnerProductDecoder", "SAGEConv", "add_self_loops",
    "from_scipy_sparse_matrix", "gcn_norm", "scatter", "to_torch_csr_tensor",
]  # fmt: skip
