"""``RESULTS.md``: a table of every system, made of ``results/*.json``; below it, what is written by hand."""

import json

from experiments.common import RESULTS

__all__ = ["BY_HAND", "SYSTEMS", "best_rows", "render", "write_table"]

#: The line of ``RESULTS.md`` that ends what ``write_table`` writes.
BY_HAND = "<!-- Written by hand from here on; `python -m experiments table` leaves it as it is. -->"

#: The systems in the order of the table, and what each is.
SYSTEMS = {
    "artgraph_itself": "artgraph itself, and what each part of it is worth",
    "fused_features": "1. Fused handcrafted and deep features",
    "local_global": "2. The local-global pipeline and its attempts",
    "window_codes": "2 (c). Convolutional autoencoder against InfoVAE",
    "style_training": "2 (d). A ViT trained on for style",
    "mobilenet": "3. MobileNet and metadata",
    "clip_captions": "4. CLIP fine-tuned on picture and caption",
    "classify_retrieve": "5. Classification and retrieval",
}
MEASURES = (
    "AMI",
    "ARI",
    "purity",
    "P@15 other artists",
    "clusters",
    "hidden artists: AMI",
    "hidden artists: AMI, as many clusters as styles",
)
SPLITS = {"random", "by artist"}
HEAD = """\
# Results

First, artgraph beside five earlier systems on the same paintings. Then
[what else was measured](#what-else-was-measured): what artists' names teach, what tuning adds, confounds, speed.

The tables of the first part are written from `experiments/results/*.json` by

    python -m experiments all --paintings DIR --metadata CSV --domains DIR --weights DIR

Figures are means over seeds, ± their standard deviation.

- **AMI**, **ARI**, **purity**: agreement of the clusters with the style column, which no system was given.
- **P@15**: share of the 15 nearest works by other artists that have the style of the query.
- **hidden AMI**: AMI on the works of half of the artists, whose names no system was given. The half is drawn by a hash,
  another one for each seed. The first column has the system's own number of clusters, the second as many as there are
  styles.
- **random**, **by artist**: how a supervised row divides training and test: at random, as the sources did, or with no
  artist in both parts.
- **networks**: what the source used, and what stands for it here.
"""


def _read(results):
    files = {name: results / f"{name}.json" for name in SYSTEMS}
    return {name: json.loads(file.read_text("utf-8")) for name, file in files.items() if file.is_file()}


def _is_spread(value):
    return isinstance(value, dict) and {"mean", "sd", "values"} == set(value)


def _number(value):
    if not _is_spread(value):
        return str(value)
    mean, whole = value["mean"], all(float(v).is_integer() for v in value["values"]) and abs(value["mean"]) > 1
    text = f"{mean:.0f}" if whole and not value["sd"] else f"{mean:.1f}" if abs(mean) >= 10 else f"{mean:.2f}"
    if not value["sd"]:
        return text
    return f"{text} ± {value['sd']:.1f}" if abs(mean) >= 10 else f"{text} ± {value['sd']:.2f}"


def _flat(figures, before=""):
    """Yield (name, value) of all figures, nested ones under "a: b"."""
    for key, value in figures.items():
        if isinstance(value, dict) and not _is_spread(value):
            yield from _flat(value, f"{before}{key}: ")
        else:
            yield before + key, value


def _networks(row):
    shown = []
    for source, here in row["networks"].items():
        name = here.partition(":")[2] or here
        same = name.replace("_", "").replace("-", "").startswith(source.lower().replace("-", "")[:9])
        shown.append(name if same else f"{name} for {source}")
    return ", ".join(dict.fromkeys(shown)) or "none"


def _unsupervised_table(rows):
    lines = [
        "| row | networks | AMI | ARI | purity | P@15 | clusters | hidden AMI | … as many clusters as styles |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        cells = [_number(row["figures"][key]) for key in MEASURES]
        lines.append(f"| {name} | {_networks(row)} | {' | '.join(cells)} |")
    return lines


def _supervised_table(rows):
    lines = [
        "| row | networks | predicted | random: accuracy, macro F1 (in training) | by artist: the same | reported |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        reported = ", ".join(f"{key} {value}" for key, value in row["reported"].items()) or "not known"
        for predicted, splits in row["figures"].items():
            if not (isinstance(splits, dict) and SPLITS & set(splits)):
                continue
            cells = [_cell(splits.get(split, {})) for split in ("random", "by artist")]
            lines.append(f"| {name} | {_networks(row)} | {predicted} | {' | '.join(cells)} | {reported} |")
            reported = ""
    return lines


def _cell(scores):
    if "accuracy" not in scores:
        return "not possible"
    shown = [_number(scores[key]) for key in ("accuracy", "macro F1") if key in scores]
    known = f" ({_number(scores['accuracy in training'])})" if "accuracy in training" in scores else ""
    return ", ".join(shown) + known


def _class_table(splits):
    """Precision, recall and F1 of every class, for both ways to split."""
    lines = ["| class | random: precision, recall, F1 | by artist: the same |", "|---|---|---|"]
    per = [splits.get(split, {}).get("per class", {}) for split in ("random", "by artist")]
    for name in dict.fromkeys([*per[0], *per[1]]):
        cells = [", ".join(f"{value['mean']:.2f}" for value in part.get(name, {}).values()) for part in per]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines if len(lines) > 2 else []


def _details(name, row, said):
    """Return the lines of what a row has besides the tables; a reason that is in ``said`` (set) is not repeated."""
    hidden = {*MEASURES, "AMI, as many clusters as styles"} if row["kind"] == "unsupervised" else set()
    kept = {
        key: value
        for key, value in row["figures"].items()
        if key not in hidden and not (isinstance(value, dict) and SPLITS & set(value))
    }
    classes = [line for value in row["figures"].values() if isinstance(value, dict) for line in _class_table(value)]
    lines = [f"**{name}**" + (f" ({_networks(row)})" if row["kind"] in ("reading", "domains") else ""), ""]
    if row["reported"] and row["kind"] != "supervised":
        lines.append(
            "- reported by the source: " + ", ".join(f"{key} {value}" for key, value in _flat(row["reported"]))
        )
    for key, value in _flat(kept):
        if isinstance(value, list):
            lines += [f"- {key}:", *(f"  - {line}" for line in value)]
        else:
            lines.append(f"- {key}: {_number(value)}")
    if row["differs"] and row["differs"] not in said:
        said.add(row["differs"])
        lines.append(f"- why the figures differ: {row['differs']}")
    if len(lines) == 2 and not classes:
        return []
    return [*lines, "", *classes, *([""] if classes else [])]


def best_rows(results, *, published=True):
    """Return the first row of artgraph, and the best unsupervised row of the five systems, on works by hidden artists.

    A row counts with its own number of clusters or with as many as there are styles, whichever is better.

    Parameters
    ----------
    results : dict of str to dict
        What the systems' JSON files hold, by system.
    published : bool
        Only what the sources did; else also what we took out of it.

    Returns
    -------
    (ours, best) : (str, float) each, or None where nothing is there
    """
    ours, others = None, []
    for system, result in results.items():
        for name, row in result["figures"]["rows"].items():
            if row["kind"] != "unsupervised":
                continue
            value = max(row["figures"][key]["mean"] for key in MEASURES[-2:])
            if system != "artgraph_itself":
                others += [(name, value)] if row.get("published", True) or not published else []
            elif ours is None:
                ours = (name, value)
    return ours, max(others, key=lambda pair: pair[1], default=None)


def render(results):
    """Return the table (str, Markdown) of what the systems' JSON files hold, by system (dict)."""
    lines = [HEAD]
    ours, best = best_rows(results)
    if ours and best:
        any_best = best_rows(results, published=False)[1]
        lines += [
            f"On works by artists whose names were hidden, AMI with style is **{ours[1]:.2f}** for '{ours[0]}' and "
            f"**{best[1]:.2f}** for the best of the five systems, '{best[0]}': {ours[1] - best[1]:+.2f}."
            + (
                f" A part of one, taken out by us, does better: {any_best[1]:.2f}, '{any_best[0]}'."
                if any_best != best
                else ""
            ),
            "",
        ]
    for system, result in results.items():
        rows = result["figures"]["rows"]
        minutes = sum(row["seconds"] for row in rows.values()) / 60
        gpu = result["machine"]["gpu"]
        lines += [f"## {SYSTEMS[system]}", ""]
        lines.append(
            f"`python -m experiments {system}`, {result['figures']['paintings']} paintings, "
            f"{max((row['seeds'] for row in rows.values()), default=0)} seeds, {minutes:.0f} minutes"
            f"{f' on {gpu}' if gpu else ' on the CPU'}."
            + (" **Quick: for tests only.**" if result["figures"]["quick"] else "")
        )
        if owed := result["figures"].get("owed"):
            lines.append(f"Not measured yet: {'; '.join(owed)}.")
        lines.append("")
        unsupervised = {name: row for name, row in rows.items() if row["kind"] == "unsupervised"}
        if unsupervised:
            lines += [*_unsupervised_table(unsupervised), ""]
        supervised = {name: row for name, row in rows.items() if row["kind"] == "supervised"}
        if supervised:
            lines += [*_supervised_table(supervised), ""]
        said = set()
        for name, row in rows.items():
            lines += _details(name, row, said)
    return "\n".join(lines).rstrip() + "\n"


def write_table(results=RESULTS):
    """Write ``RESULTS.md`` beside the folder of the results; what stands from the line ``BY_HAND`` on is kept.

    Parameters
    ----------
    results : Path
    """
    path, by_hand = results.parent / "RESULTS.md", ""
    if path.is_file():
        _, line, text = path.read_text("utf-8").partition(BY_HAND)
        by_hand = line and f"\n{line}{text}"
    path.write_text(render(_read(results)) + by_hand, "utf-8")
