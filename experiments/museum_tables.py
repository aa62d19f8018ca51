"""Are the tables of museums read as what they are? ``python -m experiments.museum_tables --museum DIR --json``

DIR holds slices of tables that museums publish: CSV, folders of JSON files, descriptions of SQL tables. For each: the
source that it is recognised as, and the share of works whose artist, title, date, style, qualifier and previous
attributions are known; of the dates and artists also the share that is understood: a year is found, the work can be
linked to others by that artist. Of a file that holds columns and no rows, the source alone. Text that had been saved in
a wrong encoding is counted, and mended only where ``--repair-text`` asks for it.

Then, the historical attributions of the National Gallery of Art, one by one: what kind each is, and whether one that
says "Follower of", "School of" or "After" would be linked to the works of the master.
"""

import csv
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from artgraph.catalogue import Catalogue
from artgraph.errors import IngestError
from artgraph.graph import linkable_artists
from artgraph.metadata import read_metadata
from artgraph.qualifiers import kind_of, without_qualifiers
from artgraph.sources import SOURCES, source_of
from experiments.common import data_sha256, experiment, parser

COLUMNS = ("artist", "title", "date", "style", "qualifier", "previous_attribution")
NOT_THE_MASTER = ("follower", "school", "copy")


def columns_of(file):
    """Return the columns (list of str) of a file that holds no rows: a header, or psql's description of a table."""
    text = file.read_text("utf-8-sig")
    if file.suffix == ".sql":
        return re.findall(r"^ (\w+) +\|", text, re.MULTILINE)[1:]
    return next(csv.reader(text.splitlines()))


def measured(path, *, repair_text):
    """Return what is known of the works in a table (dict)."""
    if path.suffix == ".sql":
        source = source_of(columns_of(path), [])
        return {"rows": 0, "recognised as": source.name if source else "nothing"}
    try:
        table = read_metadata(path, repair_text=repair_text)
    except IngestError as error:
        if path.is_dir():
            return {"rows": 0, "not read": str(error)}
        source = source_of(columns_of(path), [])
        return {"rows": 0, "recognised as": source.name if source else "nothing"}
    works = table.table.assign(**{name: table.table.get(name) for name in ("artist", "date")})
    catalogue = Catalogue(works)
    known = {
        name: round(float(table.table[name].notna().mean()), 3) if name in table.table else None for name in COLUMNS
    }
    qualified = [kind is not None for kind in catalogue.kinds]
    return {
        "rows": len(table.table) + table.merged + len(table.refused),
        "works": len(table.table),
        "read": table.read_as,
        "known": known,
        "understood": {
            "artist": round(float(np.mean([artist is not None for artist in catalogue.artists])), 3),
            "date": round(float(np.isfinite(catalogue.years).mean()), 3),
            "qualifier": round(float(np.mean(qualified)), 3),
        },
        "notes": table.notes,
    }


def history(file):
    """Return how the attributions in NGA's historical data are read (dict)."""
    with open(file, encoding="utf-8-sig", newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if row["datatype"] == "previous_attribution"]
    texts = [text for row in rows for text in (row["forwardtext"], row["invertedtext"]) if text]
    found = Counter(" → ".join(kind_of(text) or ("a name alone", "master")) for text in texts)
    keys, linked = linkable_artists(texts), []
    for text, key in zip(texts, keys, strict=True):
        kind = kind_of(text)
        if kind and kind[0] in NOT_THE_MASTER and key in linkable_artists([without_qualifiers(text), text])[:1] and key:
            linked.append(text)
    return {"attributions": len(texts), "kinds": dict(found.most_common()), "not the master, and linked": linked}


def measure(museum, *, repair_text):
    """Return the figures (dict) of a folder of tables."""
    files = sorted(
        one for one in museum.iterdir() if one.suffix in (".csv", ".sql") or (one.is_dir() and any(one.glob("*.json")))
    )
    figures, tables = {"data_sha256": data_sha256(museum), "sources": len(SOURCES)}, {}
    for file in files:
        tables[file.name] = measured(file, repair_text=repair_text)
        print(file.name, file=sys.stderr, flush=True)
    figures["tables"] = tables
    for file in files:
        if file.suffix == ".csv" and "forwardtext" in columns_of(file):
            figures["historical attributions"] = history(file)
    return figures


if __name__ == "__main__":
    made = parser(__doc__)
    made.add_argument("--museum", type=Path, required=True, help="folder of the tables")
    made.add_argument("--repair-text", action="store_true", help="mend text that was saved in a wrong encoding before")
    chosen = made.parse_args()
    experiment("museum_tables", chosen, lambda: measure(chosen.museum, repair_text=chosen.repair_text))
