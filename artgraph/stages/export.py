"""What other programs read."""

from pathlib import Path

import numpy as np

from artgraph.errors import InputError
from artgraph.stages.base import Made
from artgraph.stages.layout import view

__all__ = ["FORMATS", "export"]

FORMATS = ("gexf", "csv")


def export(corpus, *, to="gexf", partition="leiden", out=None):
    """Write the graph for Gephi (GEXF 1.3), or the table of paintings with their clusters (CSV for Excel).

    Parameters
    ----------
    corpus : Corpus
    to : {"gexf", "csv"}
    partition : str
    out : str or Path, optional
        Default: ``exports/<partition>.<to>`` in the corpus.

    Returns
    -------
    Made
        ``key`` is the path of the file.
    """
    from artgraph.colors import NO_CLUSTER, cluster_colors
    from artgraph.export import paintings_table, write_csv, write_gexf
    from artgraph.interpret import typicality

    if to not in FORMATS:
        raise InputError(f"There is no export format '{to}' (there are: {', '.join(FORMATS)})")
    graph, labels, X, positions = view(corpus, partition)
    out = Path(out) if out else corpus.path / "exports" / f"{partition}.{to}"
    out.parent.mkdir(parents=True, exist_ok=True)
    table = paintings_table(corpus.paintings, labels, scores={"typicality": typicality(X, labels)})
    if to == "csv":
        write_csv(out, table)
    else:
        style = corpus.get("graphs", graph)
        links = None
        if corpus.label("graphs", graph)["made_by"]["params"].get("artist_edges"):
            links = corpus.get("graphs", graph, "artists")
        palette = cluster_colors(int(labels.max(initial=-1)) + 1)
        degree = np.asarray(style.sum(axis=1)).ravel()
        write_gexf(
            out,
            style,
            table,
            title=f"{corpus.path.resolve().name}: {partition}",
            layout=positions,
            sizes=4 + 8 * degree / max(degree.max(initial=0), 1e-9),
            colors=[palette[label] if label >= 0 else NO_CLUSTER for label in labels],
            artist_adjacency=links,
        )
    return Made("export", str(out), True, {"n": len(corpus), "format": to})
