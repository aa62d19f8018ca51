"""Scores as plain text that can be read in a terminal."""

import math
import numbers
from collections.abc import Mapping, Sequence

import pandas as pd

__all__ = ["evaluation_report", "evaluation_sections", "figure_text", "format_report", "score_name"]

_NAMES = {
    "ami": "AMI",
    "ari": "ARI",
    "nmi": "NMI",
    "v_measure": "V-measure",
    "f1": "F1",
    "p_value": "p",
    "p95": "95th percentile",
    "davies_bouldin": "Davies-Bouldin (low is good)",
    "calinski_harabasz": "Calinski-Harabasz",
    "conductance": "conductance (low is good)",
}
_INTERNAL = ("silhouette", "davies_bouldin", "calinski_harabasz", "modularity", "coverage", "conductance")
_AGREEMENT = ("ami", "ari", "nmi", "homogeneity", "completeness", "v_measure", "purity", "matched_accuracy")


def format_report(scores: Mapping, *, title: str = "") -> str:
    """Lay scores out as aligned plain text, under a ``title`` if it is not empty.

    Numbers and texts become one line each. A mapping becomes a section; where its values are mappings with the same
    keys, a table. A list becomes one line for each item. A DataFrame becomes a table. Numbers come first, then tables,
    then sections, each in the order of the mapping; numbers that are not whole have three decimals; a missing one is
    "-".

    Examples
    --------
    >>> print(format_report({"ami": 0.25, "n": 1200}), end="")
    AMI  0.250
    n     1200
    """
    lines = [title, ""] if title else []
    lines += _section(scores)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def evaluation_report(facts: Mapping) -> str:
    """Lay out the ``facts`` of a report, see ``artgraph.pipeline.evaluate``, for reading in a terminal."""
    return format_report(evaluation_sections(facts), title=f"{facts['partition']} against '{facts['against']}'")


def evaluation_sections(facts: Mapping) -> dict[str, int | list[str] | pd.DataFrame]:
    """Return what people are shown of the ``facts`` of a report: numbers, tables and sentences by their headings."""
    against, sections = facts["against"], {}
    if scores := facts.get("scores"):
        sections["paintings compared"], sections["clusters"] = scores["n"], scores["n_clusters"]
        sections[f"values of {against}"] = scores["n_reference"]
        chance, ends = facts["chance"], facts["interval"]
        figures = {k: chance[k] | {"value": scores[k], "chance": chance[k]["mean"]} | ends[k] for k in _AGREEMENT}
        sections[f"agreement with {against}"] = pd.DataFrame([_row(name, row) for name, row in figures.items()])
        shown = ["reference", "size", "cluster", "recall", "f1", "f1_chance", "p_value"]
        classes = pd.DataFrame(facts["per_class"])
        frame = classes[shown].rename(columns={"reference": against, "f1_chance": "chance", "p_value": "p"})
        frame["95 % of F1"] = [_ends(row) for row in classes[["f1_low", "f1_high"]].to_numpy()]
        sections["each value and the cluster that holds it best"] = frame
    if facts.get("internal"):
        rows = [_row(name, facts["internal"][name]) for name in _INTERNAL if name in facts["internal"]]
        sections["clusters by themselves"] = pd.DataFrame(rows)
    for question, answer in facts.get("retrieval", {}).items():
        names = sorted((n for n in answer["figures"] if n not in ("R@1", "hit@1")), key=_retrieval_order)
        rows = [_row(name, answer["figures"][name]) for name in names]
        sections[f"nearest works: same {question} ({answer['n_queries']} queries)"] = pd.DataFrame(rows)
    if facts.get("confounds"):
        shown = ["column", "values", "ami", "explained", "told", "p_value"]
        meaning = "explained: share of the clusters that the column explains; told: share of it that they tell"
        sections[f"what else the clusters follow ({meaning})"] = pd.DataFrame(facts["confounds"])[shown]
    if facts.get("suspects"):
        shown = ["cluster", "column", "value", "share", "in_collection", "lift", "p"]
        sections["suspect clusters"] = pd.DataFrame(facts["suspects"])[shown].head(12)
    if facts.get("duplicates"):
        counts = {k: v for k, v in facts["duplicates"].items() if k not in ("pairs", "works")}
        apart = ", ".join(f"{count} in two values of {name}" for name, count in counts.items())
        sections["near-duplicates"] = [f"{facts['duplicates']['pairs']} pairs of pictures that look the same: {apart}"]
    decided = facts.get("decisions") or {}
    if unmet := [*decided.get("unmet", ()), *decided.get("open", ())]:
        sections["decisions that are not met"] = unmet
    if facts.get("caveats"):
        sections["caveats"] = facts["caveats"]
    return sections


def _retrieval_order(name: str) -> tuple[bool, int, int]:
    kinds = ("P", "R", "hit", "mAP", "MRR")
    kind, _, k = name.removeprefix("CSD ").partition("@")
    return name.startswith("CSD"), kinds.index(kind) if kind in kinds else len(kinds), int(k or 0)


def _row(name: str, figure: Mapping) -> dict:
    row = {"": score_name(name), "value": figure["value"], "chance": figure["chance"], "p": figure["p_value"]}
    return row | {"95 % over artists": _ends((figure["low"], figure["high"]))}


def _ends(ends: Sequence[float | None]) -> str | None:
    low, high = (None if end is None or not math.isfinite(end) else end for end in ends)
    return None if low is None or high is None else f"{figure_text(float(low))} to {figure_text(float(high))}"


def _section(scores: Mapping) -> list[str]:
    plain = {k: v for k, v in scores.items() if not _is_part(v)}
    lines = _columns([[score_name(k), figure_text(v)] for k, v in plain.items()])
    tables = {k: v for k, v in scores.items() if isinstance(v, Mapping) and not any(map(_is_part, v.values()))}
    if len(tables) > 1 and len({tuple(v) for v in tables.values()}) == 1:
        # mappings with one set of keys, such as observed / mean / p, stand side by side
        head = ["", *(score_name(k) for k in next(iter(tables.values())))]
        lines += ([""] if lines else []) + _columns(
            [head, *([score_name(k), *map(figure_text, v.values())] for k, v in tables.items())]
        )
    else:
        tables = {}
    for key, value in scores.items():
        if key in plain or key in tables:
            continue
        lines += [*([""] if lines else []), score_name(key)]
        if isinstance(value, Mapping):
            lines += ["  " + line for line in _section(value)]
        elif isinstance(value, pd.DataFrame):
            rows = [[figure_text(cell) for cell in row] for row in value.itertuples(index=False)]
            lines += ["  " + line for line in _columns([[score_name(c) for c in value.columns], *rows])]
        else:
            lines += [f"  {figure_text(item)}" for item in value]
    return lines


def _is_part(value: object) -> bool:
    return isinstance(value, (Mapping, list, tuple, pd.DataFrame))


def _columns(rows: list[list[str]]) -> list[str]:
    if not rows:
        return []
    first, *widths = (max(map(len, column)) for column in zip(*rows, strict=True))
    return ["  ".join([head.ljust(first), *map(str.rjust, cells, widths)]) for head, *cells in rows]


def score_name(key: object) -> str:
    """Return what a score or column (``key``) is called.

    Examples
    --------
    >>> score_name("ami"), score_name("in_collection")
    ('AMI', 'in collection')
    """
    text = str(key)
    return _NAMES.get(text, text.replace("_", " ") if text.isidentifier() else figure_text(text))


def figure_text(value: object) -> str:
    """Return a ``value`` in one line: of numbers that are not whole three decimals, "-" for none.

    Examples
    --------
    >>> figure_text(-0.0001), figure_text(12), figure_text(None)
    ('0.000', '12', '-')
    """
    if value is None or value is pd.NA:
        return "-"
    if isinstance(value, (bool, str)):
        return " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        # + 0.0 after rounding: no "-0.000"
        return f"{round(float(value), 3) + 0.0:.3f}" if math.isfinite(value) else "-"
    return " ".join(str(value).split())
