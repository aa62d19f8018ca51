"""What other programs read: GEXF for Gephi, CSV for spreadsheets."""

from artgraph.export.gexf import write_gexf
from artgraph.export.tables import clusters_table, paintings_table, write_csv

__all__ = ["clusters_table", "paintings_table", "write_csv", "write_gexf"]
