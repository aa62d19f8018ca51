"""A corpus as an archive: a copy without pictures that replays, described as an RO-Crate."""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.atomic import TEMPORARY, write_bytes
from artgraph.corpus import KINDS, Corpus
from artgraph.decisions import FILE as DECISIONS
from artgraph.errors import InputError, StaleError
from artgraph.formats import to_json
from artgraph.lineage import Lineage, Ref
from artgraph.soundness import damage_beside
from artgraph.stages.base import catalogue_of
from artgraph.stages.change import ordered
from artgraph.stages.graph_files import WRITERS, trimmed
from artgraph.stages.interpret import describe_methods
from artgraph.stages.layout import layout
from artgraph.stages.pictures import check_originals
from artgraph.stages.spreadsheet import list_artists
from artgraph.stages.view import View
from artgraph.tablefiles import read_refused, write_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ENVIRONMENT", "archive", "environment"]

ENVIRONMENT, METHODS, COMMANDS = "environment.json", "methods.txt", "commands.sh"
WORKS, GRAPH, README = "works.csv", "graph.gexf", "README.md"
PICTURES = "pictures"  # where those of an archive lie, or would
PACKAGES = (  # whose version can change a result
    "faiss-cpu", "igraph", "imagecodecs", "leidenalg", "numpy", "opentsne", "pandas", "pillow", "pyarrow",
    "scikit-image", "scikit-learn", "scipy", "tifffile", "timm", "torch", "torch-geometric", "torchvision",
)  # fmt: skip


def archive(
    corpus: Corpus,
    out: str | Path,
    *,
    partition: str,
    authors: Sequence[str],
    license: str | None,
    date: str | None,
    title: str | None = None,
    pictures: bool = False,
    report: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Write a corpus as an RO-Crate: a folder that is a corpus itself, which ``replay`` makes again elsewhere.

    It holds the table, decisions, and everything that was made, with its labels; without the journal (it has times),
    and without pictures and thumbnails, unless they are asked for. Beside these, for people and other programs: the
    works with all their clusters, the graph, the methods text, the commands and the versions of packages. No path of
    this machine is in it, but for what the user's own table and options say.

    Parameters
    ----------
    corpus
    out : A folder that is not there yet, is empty, or is an earlier archive, which it takes the place of.
    partition : Whose clusters, graph and methods stand in the files for people.
    authors : As for ``Author.of``; one or more.
    license : Of the data: an SPDX identifier or an address. Rights in the works stand with each work.
    date : The day of publication; the only time in the archive.
    title : Default: the name of the corpus's folder.
    pictures : Take pictures and thumbnails along.
    report : callable(done, total), over the pictures.

    Returns
    -------
    dict
        Facts: ``files``, ``bytes``, ``pictures`` and ``rights_unknown`` (numbers of works).

    Raises
    ------
    InputError
        No author, licence or date; there is something else at ``out``.
    StaleError
        Something in the corpus is stale or damaged, with the command that makes it again.
    IngestError
        Pictures that are asked for are gone or have changed.
    """
    from artgraph.export.ro_crate import METADATA, About, Author, license_address, publication_day, write_crate

    missing = {"--author NAME": not authors, "--license CC-BY-4.0": not license, "--date 2026-11-29": not date}
    if any(missing.values()):
        raise InputError(
            "An archive says who made it, under which licence others may use it, and when it was published. "
            f"Add: {' '.join(option for option, lacks in missing.items() if lacks)}"
        )
    about = About(
        title=title or f"{corpus.path.resolve().name}: paintings grouped by style",
        description=_description(corpus, partition),
        date=publication_day(date),
        authors=[Author.of(text) for text in authors],
        license=license,
        keywords=("art history", "painting", "style", "clustering", "artgraph"),
    )
    license_address(license)
    view = View(corpus, partition)
    if not corpus.has("layouts", view.graph):
        layout(corpus, graph=view.graph)
    _check_whole(corpus)
    if pictures:
        check_originals(corpus)
    out = Path(out)
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / METADATA).is_file())):
        raise InputError(f"{out} is there, and is no earlier archive. Name a folder that is not: -o NEW")
    fresh = out.with_name(f"{TEMPORARY}{os.getpid()}-{out.name}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        table = _copy(corpus, fresh, pictures=pictures, report=report)
        copy = Corpus(fresh, home=Path("corpus"))
        names = _for_people(view, copy, fresh)
        rights = view.catalogue.rights
        known = [view.catalogue.column(name) for name in ("id", "title", "artist", "date")]
        works = [
            {"id": str(key), "title": title, "artist": artist, "date": _text(day), "rights": said, "pictures": shown}
            for key, title, artist, day, said, shown in zip(*known, rights, _shown(table, pictures), strict=True)
        ]
        write_crate(fresh, about, works=works, steps=_steps(copy), names=names)
        files = [file for file in fresh.rglob("*") if file.is_file()]
        facts = {"files": len(files), "bytes": sum(file.stat().st_size for file in files)}
        facts |= {"pictures": len(corpus) if pictures else 0, "rights_unknown": sum(not said for said in rights)}
        if out.exists():
            shutil.rmtree(out)
        os.replace(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return facts


def environment() -> dict[str, Any]:
    """Return what a result may depend on besides artgraph: Python, the kind of machine, versions of packages."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"} | {
        "packages": versions
    }


def _check_whole(corpus: Corpus) -> None:
    lineage = Lineage(corpus)
    for ref in ordered(corpus):
        if reasons := lineage.stale(ref) or corpus.damage(*ref, whole=True):
            raise StaleError(
                f"{ref} in {corpus.path} is stale: {reasons[0]}. An archive holds what follows from its inputs alone. "
                f"Make it again: {lineage.remedy(ref)}"
            )
    for reason, command in damage_beside(corpus.path, corpus.head, ()):
        raise StaleError(f"{reason}. Mend it: {command}")


def _copy(corpus: Corpus, out: Path, *, pictures: bool, report: Callable[[int, int], None] | None) -> pd.DataFrame:
    """Copy the corpus, as one whose pictures lie in a folder of its own; return its table."""
    table, facts = corpus.paintings.copy(), dict(corpus.head["facts"])
    if corpus.has_pictures:
        table["image"] = table["image"].map(_below).astype(table["image"].dtype)
    if "spreadsheet" in facts:
        facts["spreadsheet"] = Path(facts["spreadsheet"]).name
    write_table(
        out,
        table,
        format=corpus.head["format"],
        image_root=PICTURES if corpus.has_pictures else "",
        batches=corpus.batches,
        refused=read_refused(corpus.path),
        facts=facts,
    )
    for kind in KINDS:
        for key in corpus.keys(kind):
            (out / kind).mkdir(exist_ok=True)
            for name in (f"{key}.json", *corpus.label(kind, key)["files"]):
                shutil.copyfile(corpus.path / kind / name, out / kind / name)
    if (corpus.home / DECISIONS).is_file():
        shutil.copyfile(corpus.home / DECISIONS, out / DECISIONS)
    list_artists(Corpus(out))
    if pictures:
        for at, (image, below) in enumerate(zip(corpus.paintings["image"], table["image"], strict=True)):
            (out / PICTURES / below).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(corpus.image_root / image, out / PICTURES / below)
            if report:
                report(at + 1, len(corpus))
        shutil.copytree(corpus.path / "thumbs", out / "thumbs", ignore=shutil.ignore_patterns(".*"))
    return table


def _shown(table: pd.DataFrame, pictures: bool) -> list[list[str]]:
    """Return which files of the archive show each work."""
    if not pictures:
        return [[]] * len(table)
    return [
        [f"{PICTURES}/{image}", f"thumbs/{digest}.webp"]
        for image, digest in zip(table["image"], table["image_sha256"], strict=True)
    ]


def _below(image: str) -> str:
    """Return where a picture lies below the folder of pictures; those added from elsewhere have a whole path."""
    path = Path(image)
    return image if not path.is_absolute() else f"added/{path.name}"


def _for_people(view: View, copy: Corpus, out: Path) -> dict[str, str]:
    """Write what people and other programs read; return what each file is."""
    from artgraph.export import write_csv

    corpus, partition = view.corpus, view.partition
    others = {key: corpus.get("partitions", key) for key in corpus.keys("partitions") if key != partition}
    clusters = {
        f"cluster in {key}": [None if label < 0 else label for label in labels.tolist()]
        for key, labels in others.items()
    }
    table, drawn = view.table.assign(**clusters), trimmed(view)
    if corpus.has_pictures:
        table["image"] = drawn["file"] = copy.paintings["image"]
    write_csv(out / WORKS, table.drop(columns="added", errors="ignore"), bom=False)  # a day that the journal says
    WRITERS["gexf"](view, out / GRAPH, drawn.drop(columns="added", errors="ignore"), False)
    write_bytes(out / METHODS, (_methods(corpus, partition) + "\n").encode())
    write_bytes(out / COMMANDS, _commands(copy).encode())
    write_bytes(out / ENVIRONMENT, to_json(environment()))
    write_bytes(out / README, _readme(partition).encode())
    named = {
        "corpus.json": "What the table is",
        "paintings.parquet": "The table of works",
        "refused.csv": "Inputs that were not taken, and why",
        "artists.csv": "Every spelling of an artist",
        DECISIONS: "What people decided",
        WORKS: f"The works, with their clusters in {partition} and the other partitions",
        GRAPH: f"The graph of {partition}, with clusters, for Gephi and other programs",
        METHODS: f"How {partition} was made, for a methods section",
        COMMANDS: "The commands that made everything",
        ENVIRONMENT: "Versions of Python and of packages when the archive was written",
        README: "What is in this archive, and how to make it again",
    }
    for ref in ordered(copy):
        for name in copy.label(*ref)["files"]:
            named[f"{ref.kind}/{name}"] = f"{ref.kind} '{ref.key}'"
        named[f"{ref.kind}/{ref.key}.json"] = f"The label of {ref.kind} '{ref.key}': how it was made, of what"
    return named


def _methods(corpus: Corpus, partition: str) -> str:
    """Return the methods text: that of the report where there is one, so that there is one alone."""
    from artgraph.interpret import methods_text

    ref = Ref("reports", f"{partition}-clusters")
    if corpus.has(*ref):
        return corpus.label(*ref)["facts"]["methods"]
    return methods_text(describe_methods(corpus, partition))


def _commands(copy: Corpus) -> str:
    """Return a script of all commands; FILE stands for a file that was given and is not in the archive."""
    lineage, facts, home = Lineage(copy), copy.head["facts"], shlex.quote(str(copy.home))
    sheet = f" --metadata {shlex.quote(facts['spreadsheet'])}" if facts.get("spreadsheet") else ""
    lines = [f"artgraph ingest {PICTURES if copy.has_pictures else '--no-pictures'}{sheet} -o {home}"]
    if len(copy.batches) > 1:
        lines += [f"artgraph add {home} FOLDER  # {works} works" for works in copy.batches[1:]]
    if (copy.path / DECISIONS).is_file():
        lines.append(f"artgraph decide {home} {DECISIONS}")
    skipped = ("coordinates",)
    lines += [lineage.command(ref) for ref in ordered(copy) if lineage.stage(ref) not in skipped]
    return "\n".join(dict.fromkeys(lines)) + "\n"


def _steps(copy: Corpus) -> list[Any]:
    from artgraph.export.ro_crate import Step

    lineage, found = Lineage(copy), []

    def files(ref: Ref) -> list[str]:
        if ref.kind == "paintings":
            return ["paintings.parquet"]
        if not copy.has(*ref):
            return []
        return [f"{ref.kind}/{name}" for name in (*copy.label(*ref)["files"], f"{ref.key}.json")]

    for ref in ordered(copy):
        inputs = dict.fromkeys(file for one in lineage.inputs_of(ref) if one != ref for file in files(one))
        version = copy.label(*ref)["made_by"]["version"]
        found.append(Step(str(ref), lineage.command(ref), list(inputs), files(ref), version))
    return found


def _description(corpus: Corpus, partition: str) -> str:
    clusters = corpus.label("partitions", partition)["facts"]["n_clusters"]
    artists = len(catalogue_of(corpus).works_by_artist)
    return (
        f"{len(corpus):,} works by {artists:,} artists, described, linked by likeness and grouped by style with "
        f"artgraph; the partition '{partition}' has {clusters} clusters. Table, features, graphs, partitions, reports, "
        "decisions, and the commands that made them."
    )


def _readme(partition: str) -> str:
    return f"""# What is in this archive

- `{WORKS}`: the works, with their clusters in `{partition}` and in the other partitions
- `{GRAPH}`: the graph, with clusters, positions and colours
- `{METHODS}`: how `{partition}` was made, for a methods section, with what to cite
- `{COMMANDS}`: the commands that made everything; `{ENVIRONMENT}`: versions of packages
- `ro-crate-metadata.json`: every file with its sha256, what it was made from, and the rights in every work
- the rest is a corpus of artgraph: `artgraph info .` says what it holds

To make everything again, and compare it byte for byte with what is here:

    artgraph replay . -o ../again --pictures FOLDER

FOLDER has the pictures, under their names or others: they are known by their sha256, which stands in `{WORKS}`.
"""


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value) if isinstance(value, (list, dict)) else str(value)
