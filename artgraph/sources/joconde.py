"""Joconde, the catalogue of the museums of France: its CSV and JSON, under the names of columns of today and before."""

import re

from artgraph.qualifiers import kind_of
from artgraph.rawtables import RawTable
from artgraph.sources.base import Beside, Source
from artgraph.sources.makers import Maker

__all__ = ["JOCONDE"]

YEAR, PERIOD = ("Millesime_de_creation", "MILL"), ("Periode_de_creation", "PERI")


def _makers(row: dict[str, str]) -> list[Maker]:
    """Read "DELACROIX Eugène (d'après) ; CLOUET François (école de)"; brackets also hold a trade or years of a life."""
    makers = []
    for part in re.split(r"\s*[;|]\s*", row.get("auteur") or row.get("autr", "")):
        name, brackets = re.sub(r"\([^)]*\)", " ", part), re.findall(r"\(([^)]*)\)", part)
        after = next((text for text in brackets if kind_of(f"{name} ({text})")), "")
        role = next((text for text in brackets if text != after and re.fullmatch(r"[^\W\d]{3,}", text)), "")
        makers.append(Maker(" ".join(name.split()), after=f"({after})" if after else "", role=role))
    return makers


def _join(table: RawTable, beside: Beside) -> RawTable:
    """Write the period, "2e quart 19e siècle", where no year is given."""
    year, period = (next(iter(JOCONDE.found(table.header, names)), None) for names in (YEAR, PERIOD))
    if year is None or period is None:
        return table
    both = zip(table.column(year), table.column(period), strict=True)
    return table.with_column(year, [one or other for one, other in both])


JOCONDE = Source(
    key="joconde",
    name="Joconde, museums of France",
    signature=(
        "Reference",
        "Auteur",
        "Ancienne_attribution",
        "Titre",
        "Millesime_de_creation",
        "Periode_de_creation",
        "Materiaux_techniques",
        "Nom_officiel_musee",
        "Numero_inventaire",
        "Ecole_pays",
        "Precision_auteur",
        "REF",
        "AUTR",
        "TITR",
        "PERI",
        "MILL",
    ),
    least=4,
    id=("Reference", "REF", "Numero_inventaire", "INV"),
    artist=("Auteur", "AUTR"),
    title=("Titre", "TITR"),
    date=(*YEAR, *PERIOD),
    previous=("Ancienne_attribution", "ATTR"),
    makers=_makers,
    join=_join,
)
