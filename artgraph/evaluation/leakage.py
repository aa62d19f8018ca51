"""The guard against circular scores, and what to keep in mind when reading a score."""

import re
from collections.abc import Iterable, Mapping

from artgraph.errors import CircularError

__all__ = ["caveats", "check_not_circular"]

# words in the name of a column that says when: "date_start", "beginYear", "Object End Date"
PERIODS = {
    *("date", "dates", "dated", "dating", "year", "years", "decade", "century", "period", "epoch", "era", "age"),
    *(
        "dynasty",
        "reign",
        "beginyear",
        "endyear",
        "displaydate",
        "timespan",
        "datum",
        "datierung",
        "jahr",
        "jahrhundert",
    ),
    *("année", "annee", "siècle", "siecle", "époque", "anno", "secolo", "año", "siglo", "fecha", "data", "jahrhundert"),
}


def check_not_circular(reference_name: str, link_columns: Iterable[str] = ()) -> None:
    """Refuse, by a CircularError, to evaluate a partition against a column that made its graph.

    ``link_columns`` are those whose equal values were turned into links, such as "artist"; ``reference_name`` is not to
    be one of them. Upper and lower case, and spaces around, make no difference.
    """
    if isinstance(link_columns, str):
        link_columns = [link_columns]
    used = {_plain(column) for column in link_columns}
    if "date" in used and PERIODS & set(_words(reference_name)):
        raise CircularError(
            f"Dates are among the features of this graph, so a score against '{reference_name}' would measure what was "
            "put in. Evaluate it against another column, or build a graph without dates."
        )
    if _plain(reference_name) in used:
        raise CircularError(
            f"Paintings with the same {reference_name} were linked in this graph, so a score against "
            f"'{reference_name}' would measure the links and not the paintings. Evaluate it against another column, or "
            f"build a graph without {reference_name} links."
        )


def caveats(
    reference_name: str, link_columns: Iterable[str] = (), *, scores: Mapping | None = None, decisions: int = 0
) -> list[str]:
    """Say in full sentences, perhaps none, what to keep in mind when reading the scores.

    Parameters
    ----------
    reference_name, link_columns : checked by :func:`check_not_circular`.
    scores : as :func:`~artgraph.evaluation.partition_scores` returns them.
    decisions : how many decisions of people the partition obeys.
    """
    link_columns = [link_columns] if isinstance(link_columns, str) else list(link_columns)
    check_not_circular(reference_name, link_columns)
    found = [_owed(column, reference_name) for column in link_columns]
    if decisions:
        found.append(
            f"{decisions} decisions of people shaped this partition. Whoever decided may know the {reference_name} of "
            "the works: these scores owe something to that. Compare with: artgraph communities --no-decisions --name "
            "NAME"
        )
    if not scores:
        return found
    total = scores["n"] + scores["n_unlabelled"] + scores["n_unassigned"]
    if scores["n_unassigned"] > 0.05 * (scores["n"] + scores["n_unassigned"]):
        found.append(
            f"{scores['n_unassigned']} paintings with a {reference_name} are in no cluster and were left out; the "
            f"scores describe the rest."
        )
    if scores["n_unlabelled"] > 0.5 * total:
        found.append(f"Only {total - scores['n_unlabelled']} of {total} paintings have a {reference_name}.")
    if scores["n_reference"] == 1:
        found.append(f"All paintings compared have the same {reference_name}: no score can tell anything.")
    if scores["n_clusters"] > 3 * scores["n_reference"]:
        found.append(
            f"There are {scores['n_clusters']} clusters for {scores['n_reference']} values of {reference_name}: purity "
            f"and homogeneity are high for that reason alone. Read AMI."
        )
    if scores["n"] < 100:
        found.append(f"{scores['n']} paintings are few: read the intervals, not the third digit.")
    return found


def _owed(column: str, reference_name: str) -> str:
    said = (
        "Dates are among the features."
        if _plain(column) == "date"
        else f"Paintings with the same {column} were linked."
    )
    return (
        f"{said} Where {column} and {reference_name} go together, these scores owe something to that: compare with a "
        "graph without them."
    )


def _plain(name: str) -> str:
    return str(name).strip().casefold()


def _words(name: str) -> list[str]:
    """Return the words in the name of a column: "objectBeginDate" and "Date, from" are several."""
    return re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(name)).casefold())
