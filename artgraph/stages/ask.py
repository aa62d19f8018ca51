"""Which pairs of works to ask people about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artgraph.catalogue import Catalogue
from artgraph.formats import content_sha256
from artgraph.lineage import Lineage, Ref
from artgraph.settings import AskSettings
from artgraph.stages.answers import answered_pairs
from artgraph.stages.base import Made, adjacency_of, catalogue_of, columns, features_of, make
from artgraph.stages.lead import shown_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from artgraph.corpus import Corpus

__all__ = ["ask"]


def ask(corpus: Corpus, *, partition: str | None = None, **settings: object) -> Made:
    """Choose the pairs of works about which to ask "are these of one manner?", the most telling first.

    See ``artgraph.interpret.questions``. What people have answered, "cannot say" too, is not asked again. Artists are
    taken from the catalogue; their names choose no question, and only keep works by one artist apart.

    Parameters
    ----------
    corpus
    partition : About whose clusters; by default those that the page shows first.
    **settings : Fields of ``artgraph.settings.AskSettings``.

    Returns
    -------
    Made
        ``reports/<partition>-questions``: facts ``questions``: ``work``, ``other`` (ids), ``chance``, ``why``;
        ``answered``: how many pairs had been. ``exports/questions.csv``, which the page reads, is written beside it.
    """
    from artgraph.interpret import questions

    chosen, lineage = AskSettings.of(settings), Lineage(corpus)
    partition = shown_first(corpus) if partition is None else partition
    basis = lineage.basis(partition)
    graph = lineage.shown_graph(partition)
    answered = answered_pairs(corpus)
    inputs = [Ref("partitions", partition), Ref("graphs", graph), *(Ref("features", key) for key in basis.features)]
    params = chosen.params() | {"answered_sha256": content_sha256(sorted(answered))}

    def compute() -> tuple[dict, dict]:
        ids = corpus.paintings["id"].tolist()
        rows = {key: row for row, key in enumerate(ids)}
        found = questions(
            adjacency_of(corpus, graph),
            corpus.get("partitions", partition),
            X=features_of(corpus, basis.features, regress_out=basis.regress_out),
            budget=chosen.budget,
            artists=catalogue_of(corpus).artists,
            answered=[(rows[work], rows[other]) for work, other in answered],
            seed=chosen.seed,
        )
        asked = [{"work": ids[a], "other": ids[b], "chance": chance, "why": why} for a, b, chance, why in found]
        return {}, {"partition": partition, "questions": asked, "answered": len(answered)}

    report = Ref("reports", f"{partition}-questions")
    made = make(corpus, "ask", report, params=params, inputs=[*inputs, *columns("artist")], compute=compute)
    _write(corpus, made.facts["questions"], catalogue_of(corpus))
    return made


def _write(corpus: Corpus, asked: Sequence[dict[str, object]], catalogue: Catalogue) -> None:
    import pandas as pd

    from artgraph.export import write_csv

    table, artists = corpus.paintings, dict(zip(corpus.paintings["id"], catalogue.artist_names, strict=True))
    titles = dict(zip(table["id"], table["title"], strict=True))
    rows = [
        {
            "work": one["work"],
            "other": one["other"],
            "why": one["why"],
            **{f"{name} of the {side}": known[one[side]] for side in ("work", "other") for name, known in about},
        }
        for about in [(("artist", artists), ("title", titles))]
        for one in asked
    ]
    out = corpus.path / "exports" / "questions.csv"
    out.parent.mkdir(parents=True, exist_ok=True)
    write_csv(out, pd.DataFrame(rows, columns=None if rows else ["work", "other", "why"]))
