"""Read a spreadsheet about paintings without changing a character of it: everything stays text.

No value is interpreted: ``000001`` stays ``000001``, ``1889`` stays text, ``NA`` stays ``NA``. Only an empty field is
missing.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from artgraph.arranging import (
    how_read,
    id_columns,
    names_of,
    plain,
    put_together,
    source_columns,
    table_beside,
    with_makers,
    with_years,
)
from artgraph.errors import IngestError
from artgraph.rawtables import RawTable, clean_text, read_raw
from artgraph.sources import folded, known_columns, records_in, source_named, source_of, table_of_names
from artgraph.tabletext import shown_names

__all__ = ["OPTIONAL", "STANDARD", "Metadata", "arranged", "clean_text", "read_metadata", "read_names"]

#: Our columns and the names they are recognised by, in order of preference: in English, then in other languages. Case
#: does not count; spaces, hyphens and underscores are the same.
STANDARD = {
    "image": (
        "image", "path", "image_path", "filename", "file_name", "file", "dateiname", "datei", "bilddatei", "fichier",
        "nom_de_fichier", "nome_file", "archivo", "bestandsnaam", "имя_файла", "файл", "文件名", "檔名", "ファイル名",
    ),
    "id": (
        "id", "object_id", "objectid", "object_number", "accession_number", "inventory_number", "inventarnummer",
        "numéro_d'inventaire", "numero_di_inventario", "número_de_inventario", "inventarisnummer", "инвентарный_номер",
        "编号", "編號", "登録番号",
    ),
    "artist": (
        "artist", "artist_name", "artist_display_name", "artist_title", "creator", "creator_name", "painter", "author",
        "maker", "people", "principal_maker", "künstler", "künstlerin", "künstler_in", "artiste",
        "auteur", "artista", "autore", "autor", "kunstenaar", "vervaardiger", "художник",
        "автор", "艺术家", "藝術家", "画家", "畫家", "作者", "作家名", "作者名",
    ),
    "title": (
        "title", "object_title", "titel", "titre", "titolo", "título", "название", "наименование", "名称", "名稱",
        "题名", "題名", "标题", "標題", "作品名", "タイトル",
    ),
    "date": (
        "date", "object_date", "date_display", "date_text", "dated", "dating", "creation_date",
        "date_of_creation", "year", "datierung", "datum", "datation", "datazione", "data", "fecha",
        "datación", "datering", "дата", "датировка", "год", "年代", "创作年代", "創作年代", "制作年", "年",
    ),
    "style": ("style", "movement", "genre", "stil", "stile", "estilo", "stijl", "стиль", "风格", "風格", "様式"),
}  # fmt: skip
#: Our columns that a corpus has only where its table has them.
OPTIONAL = {
    "qualifier": ("qualifier", "attribution_qualifier", "artist_qualifier", "artist_prefix"),
    "previous_attribution": ("previous_attribution", "former_attribution", "formerly_attributed_to"),
    "rights": ("rights",),
    "object_url": ("object_url",),
    "iiif_url": ("iiif_url",),
    "picture_url": ("picture_url",),
}


@dataclass(frozen=True)
class Metadata:
    """A spreadsheet as text.

    Attributes
    ----------
    table : dtype "string"; our column names where recognised, else the user's; missing values are null.
    lines : the line of the file on which each row begins (the header is usually line 1); for parquet, the row, from 1.
    encoding, delimiter : such as "utf-8" or "windows-1251", and a comma, semicolon, tab or "|"; "" for parquet.
    columns : from the user's column to ours, for every column kept.
    notes : what was changed, skipped or decided, in sentences.
    refused : list of (int, str); line and trouble of each row that could not be read.
    name : of the file.
    ids : columns of the table that may name the works, first "id"; `artgraph.ingest.plan` takes the one that finds the
        pictures.
    files : that were read: the table, and those beside it that it is joined with.
    merged : how many rows were joined with another one of the same work.
    read_as : how the table was read, in a sentence; empty where its columns are called as ours are.
    """

    table: pd.DataFrame
    lines: list
    encoding: str = ""
    delimiter: str = ""
    columns: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    name: str = "metadata"
    ids: tuple = ()
    files: tuple = ()
    merged: int = 0
    read_as: str = ""


def read_metadata(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    source: str | None = None,
    repair_text: bool = False,
) -> Metadata:
    """Read the CSV, TSV, JSON or parquet file about paintings at `path` as text.

    A table that a museum publishes is recognised by its columns (`artgraph.sources`), and read as what it is: which
    columns are which, several makers in a cell, tables beside it that belong to it. What stands beside an artist in a
    column of its own, such as "Workshop of", is put together with the name: "Workshop of Rembrandt".

    The encoding of CSV is found for the file as a whole (`artgraph.tabletext.decode`), unless `encoding` names it;
    where it is a guess, a note shows the first names as they were read. Delimiter and header: `artgraph.delimited`.
    NUL and other control characters are removed, spaces around values are cut. A row with too few or too many fields
    is refused, by line.

    Other columns are recognised by `STANDARD` and `OPTIONAL`; of a name in two languages either part counts.
    Where several fit one of ours, the earliest name in `STANDARD` wins and the
    others keep their own name. ``genre`` means style only where there is no column for style or movement. A column
    that would take one of our names (`STANDARD`, ``image_…``, ``metadata_line``) is renamed ``user_…``. All of it is
    noted.

    Parameters
    ----------
    path : of a file, or of a folder of JSON files.
    columns : from ours to the user's, where recognition is not enough: ``{"artist": "Maker name"}``.
    encoding : of a CSV file, as Python knows it; None: found out.
    source : of `artgraph.sources.SOURCES`; None: recognised by the columns.
    repair_text : mend text that had been saved in a wrong encoding before, such as "HÃ©lion" for "Hélion".

    Raises
    ------
    IngestError
        Where the file is missing, empty, holds only a header, is no table, repeats a column name, has a stray
        quotation mark, or lacks a column named in `columns`; and for an unknown `encoding` or `source`.
    """
    path, chosen = Path(path), dict(columns or {})
    known = {name for names in (*STANDARD.values(), *OPTIONAL.values()) for name in names}
    signatures, asked = known_columns(), set(chosen.values())

    def recognised(key: str) -> bool:
        return bool(known & names_of(key)) or _named(key) in asked or folded(key) in signatures

    reading = {"recognised": recognised, "records": records_in, "encoding": encoding, "repair": repair_text}
    raw = read_raw(path, **reading)
    return arranged(raw, path, columns=chosen, source=source, reading=reading)


def read_names(paths: Sequence[str]) -> Metadata:
    """Read artist, title, date and style in the names of pictures (``paths``), as WikiArt has them."""
    return arranged(table_of_names(paths), Path("the names of the pictures"), source="wikiart")


def arranged(
    raw: RawTable,
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    source: str | None = None,
    reading: Mapping[str, Any] | None = None,
) -> Metadata:
    """Give the columns of a table our names, by the source that it is recognised as, and put artists together.

    Parameters
    ----------
    raw, path : the table and where it lies.
    columns, source : as for `read_metadata`.
    reading : keyword arguments of `artgraph.rawtables.read_raw`, by which tables beside this one are read.

    Raises
    ------
    IngestError
        As `read_metadata`.
    """
    chosen, notes, files = columns or {}, [*raw.notes], [*raw.files]
    header = _name_columns(path.name, raw.header, raw.rows, notes)
    places = [place for place, key in enumerate(header) if key is not None]
    raw = raw._replace(header=[header[at] for at in places], rows=[[row[at] for at in places] for row in raw.rows])
    if not raw.rows and not raw.refused:
        raise IngestError(f"{path.name} has a header and no rows. Expected one line per painting.")
    known = source_named(source) if source else source_of(raw.header, raw.rows[:20])
    before, own = len(raw.rows), list(raw.header)
    if known is not None and known.join is not None:

        def beside(name: str) -> RawTable | None:
            table = table_beside(path, name, reading)
            files.extend(table.files if table else ())
            return table

        raw = known.join(raw._replace(notes=[]), beside)
        notes += raw.notes
    mapping = source_columns(known, raw, chosen) if known else {}
    if known is not None and "artist" in mapping and "artist" not in chosen:
        raw, mapping = with_makers(known, raw, mapping)
    names = _recognise(path.name, raw.header, {**mapping, **chosen}, notes, chosen=chosen)
    table = pd.DataFrame(
        {
            names[name]: pd.array([row[i] or None for row in raw.rows], dtype="string")
            for i, name in enumerate(raw.header)
        }
    )
    if known is not None:
        table = with_years(known, table, raw=raw, names=names)
    if "qualifier" in table and "artist" in table:
        table["artist"] = pd.array(put_together(table["artist"], table["qualifier"]), dtype="string")
    if raw.guessed:
        order = sorted(
            table.columns, key=lambda name: ("artist", "title").index(name) if name in ("artist", "title") else 2
        )
        shown = shown_names(table[name] for name in order)
        notes.insert(
            0,
            f"{path.name} is not UTF-8 and was read as {raw.encoding}"
            + (f": {_list(shown)}" if shown else "")
            + ". If names look wrong, say which it is with --encoding, or save it as UTF-8.",
        )
    return Metadata(
        table, raw.lines, raw.encoding, raw.delimiter, names, notes, raw.refused, path.name,
        ids=("id",) if "id" in chosen else id_columns(known, names, STANDARD["id"]), files=tuple(files),
        merged=before - len(raw.rows),
        read_as=how_read(known, names, own),
    )  # fmt: skip


def _name_columns(name: str, header: list[str], rows: list[list[str]], notes: list[str]) -> list[str | None]:
    header = [_named(key) for key in header]
    for i in [i for i, key in enumerate(header) if not key]:
        if any(row[i] for row in rows):
            header[i] = f"column_{i + 1}"
            notes.append(f"Column {i + 1} of {name} has no name and is called '{header[i]}'.")
        else:
            header[i] = None
    if repeated := sorted(key for key, times in Counter(header).items() if key is not None and times > 1):
        raise IngestError(
            f"{name} has more than one column named {_list(repeated)}. Rename or remove the surplus ones."
        )
    return header


def _recognise(
    name: str, header: list[str], given: Mapping[str, str], notes: list[str], *, chosen: Mapping[str, str]
) -> dict[str, str]:
    """Return from the user's columns to ours: what a source and the user say (``given``), then what names say."""
    every = {**STANDARD, **OPTIONAL}
    for ours, theirs in chosen.items():
        if ours not in every:
            raise IngestError(f"There is no column '{ours}' to choose. Choose from {_list(every)}.")
        if theirs not in header:
            raise IngestError(f"{name} has no column '{theirs}' (chosen for {ours}). It has {_list(header)}.")
    if len(set(chosen.values())) < len(chosen):
        raise IngestError("One column cannot be chosen for two of ours. Choose each column once.")
    taken = {theirs: ours for ours, theirs in given.items()}
    for ours, aliases in every.items():
        fitting = [key for key in header if names_of(key) & set(aliases) and key not in taken]
        fitting.sort(key=lambda key: (min(map(aliases.index, names_of(key) & set(aliases))), key != plain(key)))
        if ours in taken.values() or not fitting:
            continue
        taken[fitting[0]] = ours
        # A genre beside a style is a different thing, not a rival.
        if rivals := [key for key in fitting[1:] if plain(key) != "genre"]:
            notes.append(f"Column '{fitting[0]}' of {name} is {ours}; {_list(rivals)} kept under their own name.")
    result = dict(taken)
    for key in [key for key in header if key not in taken]:
        own = key
        while own in result.values() or _reserved(own):
            own = f"user_{own}"
        if own != key:
            notes.append(f"Column '{key}' of {name} is kept as '{own}'.")
        result[key] = own
    return {key: result[key] for key in header}


def _reserved(key: str) -> bool:
    own = plain(key)
    return own in STANDARD or own in OPTIONAL or own == "metadata_line" or own.startswith("image_")


def _named(key: str) -> str:
    return unicodedata.normalize("NFC", clean_text(key))


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
