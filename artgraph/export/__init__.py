"""What other programs read.

::

    write_gexf              Gephi, Gephi Lite, sigma.js and whatever else reads GEXF 1.3
    write_gephi_lite        Gephi Lite, with its appearance
    write_gephi_csv         Gephi's spreadsheet import
    write_graphml           whatever reads GraphML
    to_networkx, to_igraph  a graph in Python
    to_anndata, write_h5ad  scanpy
    write_embedding_atlas   Embedding Atlas
    write_vikus             VIKUS Viewer; write_jpegs gives its pictures along
    write_iiif              Mirador, Universal Viewer and other viewers of IIIF
    write_csv               Excel and LibreOffice
"""

from artgraph.export.annotated import to_anndata, write_h5ad
from artgraph.export.gephi_lite import write_gephi_lite
from artgraph.export.gexf import write_gexf
from artgraph.export.iiif import write_iiif
from artgraph.export.network import to_igraph, to_networkx, write_gephi_csv, write_graphml
from artgraph.export.tables import paintings_table, write_csv
from artgraph.export.viewers import write_embedding_atlas, write_jpegs, write_vikus

__all__ = [
    "paintings_table", "to_anndata", "to_igraph", "to_networkx", "write_csv", "write_embedding_atlas",
    "write_gephi_csv", "write_gephi_lite", "write_gexf", "write_graphml", "write_h5ad", "write_iiif", "write_jpegs",
    "write_vikus",
]  # fmt: skip
