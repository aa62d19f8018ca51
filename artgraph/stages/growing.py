"""A corpus after its first day: works are added, taken away, photographed again, described otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.corpus import Corpus
from artgraph.errors import CorpusError, IngestError, InputError
from artgraph.journal import entries
from artgraph.lineage import Lineage, Ref
from artgraph.stages.change import affected, apply_change, check_current
from artgraph.stages.import_vectors import check_order
from artgraph.stages.ingest import follows_links, left_out
from artgraph.stages.ruling import with_decided_artists
from artgraph.stages.spreadsheet import list_artists, reading_of
from artgraph.stages.take_in import Found, compare, without
from artgraph.stages.take_in_table import compare_table
from artgraph.tablefiles import read_refused

if TYPE_CHECKING:
    from artgraph.stages.base import Progress

__all__ = ["Growth", "add", "has_grown", "remove", "update"]

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Growth:
    """What a change did, or would do.

    Attributes
    ----------
    corpus : As it is now.
    found : What was different.
    again : What is made again, and why, by its reference.
    seconds : How long that took the last time, for each of ``again`` that the journal knows; scaled to the works now.
    facts : What was done to each thing, by its reference; empty of a dry run.
    """

    corpus: Corpus
    found: Found
    again: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)


def add(
    corpus: Corpus,
    images: str | Path | None = None,
    *,
    metadata: str | Path | None = None,
    vectors: Mapping[str, str | Path] | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    source: str | None = None,
    repair_text: bool = False,
    views: str | None = None,
    max_refused: float = 0.05,
    weights: Any = None,
    device: str = "auto",
    workers: int = 2,
    tell: Tell = lambda text: None,
    progress: Progress = None,
) -> Growth:
    """Add works to a corpus; those that are there keep their row, features, cluster and place on the map.

    Only new pictures are decoded and described, with what the corpus stores. Each new work gets its neighbours and the
    cluster that it is linked to most, with confidence, second cluster and role; where it is farther from everything
    than the corpus's own works are from each other, it fits nothing yet, and has no cluster. A run that is killed
    leaves the corpus as it was; the same call goes on where it stopped. Reports (evaluation, sentences, worklist) stay
    as they are, and stale: ``update`` makes them again, and ``atlas`` those that it shows.

    Parameters
    ----------
    corpus
    images : A folder with the new pictures: that of the corpus, where they were put among the others, or another one.
        A corpus without pictures has none: works whose rows are new in the table are added.
    metadata : A spreadsheet that has the new works; default: that of the corpus. Works that are there already are not
        corrected by it: see ``update``.
    columns, encoding, source, repair_text, views : How the spreadsheet is read; see ``ingest``.
    vectors : Key of imported features to a file with those of the new works; see ``import_vectors``.
    max_refused : Share of the new pictures that may be refused.
    weights : Of networks, where they do not come from the hub; see ``describe``.
    device : {"auto", "cpu", "cuda"}
    workers : Decoding threads.
    tell : callable(str); is given lines on what was done.
    progress : callable(stage, done, total)

    Returns
    -------
    Growth
        ``found.added`` are the ids of the new works; ``stages.growing_report.growth_facts`` says where they went.

    Raises
    ------
    IngestError
        No folder; more pictures refused than ``max_refused``; an id that another work has.
    InputError
        Features that were imported, without those of the new works.
    """
    found = _found(
        corpus,
        images=images,
        metadata=metadata,
        only_new=True,
        reading=reading_of(columns, encoding, source=source, repair_text=repair_text, views=views),
        vectors={key: Path(file) for key, file in (vectors or {}).items()},
        workers=workers,
        progress=progress,
    )
    _check_refused(found, max_refused)
    _check_vectors(corpus, found)
    if found.nothing:
        return Growth(corpus, found)
    where = {"weights": weights, "device": device, "workers": workers, "progress": progress}
    return _changed(corpus, found, tell=tell, reports=False, **where)


def remove(corpus: Corpus, ids: Iterable[str], *, device: str = "auto", tell: Tell = lambda text: None) -> Growth:
    """Take works out of a corpus; the others keep their features, clusters and places, and the pictures stay on disk.

    Parameters
    ----------
    corpus, ids, device
    tell : callable(str); is given lines on what was done.

    Raises
    ------
    InputError
        An id that is not there, or none would be left.
    """
    return _changed(corpus, without(corpus, ids), tell=tell, reports=False, device=device)


def update(
    corpus: Corpus,
    images: str | Path | None = None,
    *,
    metadata: str | Path | None = None,
    vectors: Mapping[str, str | Path] | None = None,
    remove_gone: bool = False,
    fresh: bool = False,
    dry_run: bool = False,
    max_refused: float = 0.05,
    weights: Any = None,
    device: str = "auto",
    workers: int = 2,
    tell: Tell = lambda text: None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    source: str | None = None,
    repair_text: bool = False,
    views: str | None = None,
    progress: Progress = None,
) -> Growth:
    """Bring a corpus up to date with its folder and its spreadsheet, and make again only what is stale.

    New pictures are added as by ``add``. A picture that was replaced is described again, and its work placed again. A
    correction in the spreadsheet makes again what depends on the column that it is in, and nothing else. An artist whom
    decisions say to be wrong (``artgraph.decisions``) is corrected, whatever the spreadsheet says.

    Parameters
    ----------
    corpus, vectors, max_refused, weights, device, workers, tell, progress : As for ``add``.
    images, metadata : Default: those that the corpus was made of.
    remove_gone : Take out works whose picture is no longer in the folder, or, in a corpus without pictures, whose row
        is no longer in the table; without it they stay.
    fresh : Make everything again from the features on, as a first run would; clusters keep their numbers where they
        are the same.
    dry_run : Only say what would be done.
    columns, encoding, source, repair_text, views : How the spreadsheet is read; see ``ingest``.

    Returns
    -------
    Growth
    """
    found = _found(
        corpus,
        images=images,
        metadata=metadata,
        remove_gone=remove_gone,
        vectors={key: Path(file) for key, file in (vectors or {}).items()},
        reading=reading_of(columns, encoding, source=source, repair_text=repair_text, views=views),
        workers=workers,
        progress=progress,
    )
    found = _with_artists(corpus, found)
    _check_refused(found, max_refused)
    _check_vectors(corpus, found)
    where = {"weights": weights, "device": device, "workers": workers, "progress": progress}
    again = affected(corpus, found.change, fresh=fresh)
    if dry_run:
        words = _words(again)
        return Growth(corpus, found, words, _seconds(corpus, words, len(found.change.paintings)))
    if found.nothing and not again:
        return Growth(corpus, found)
    return _changed(corpus, found, again=again, tell=tell, fresh=fresh, **where)


def has_grown(images: str | Path, out: str | Path) -> bool:
    """Return whether a corpus (``out``) was made of this folder, and works were added to either, or taken away, since.

    Parameters
    ----------
    images, out : As for ``run``.
    """
    from artgraph.folders import list_folder

    try:
        corpus = Corpus(out)
    except CorpusError:
        return False
    if not Path(images).is_dir() or Path(images).resolve() != corpus.image_root.resolve():
        return False
    if len(corpus.batches) > 1:
        return True
    how = {"leave_out": left_out(Path(images), corpus.path, None), "follow_links": follows_links(corpus.path)}
    there = set(list_folder(images, **how).pictures)
    known = set(corpus.paintings["image"])
    return bool(there - known - set(read_refused(corpus.path)["input"])) or bool(known - there)


def _changed(
    corpus: Corpus,
    found: Found,
    *,
    again: Mapping[Ref, str] | None = None,
    tell: Tell,
    fresh: bool = False,
    reports: bool = True,
    **where: Any,
) -> Growth:
    check_current(corpus)
    again = affected(corpus, found.change, fresh=fresh) if again is None else again
    facts = apply_change(corpus, found.change, again=again, fresh=fresh, reports=reports, tell=tell, **where)
    now = Corpus(corpus.path)
    list_artists(now)
    return Growth(now, found, _words(again), {}, facts)


def _words(again: Mapping[Ref, str]) -> dict[str, str]:
    return {str(ref): why for ref, why in again.items()}


def _seconds(corpus: Corpus, again: Mapping[str, str], n: int) -> dict[str, float]:
    """Return how long things took to make the last time, from the journal, scaled to n works."""
    noted = entries(corpus.path / "journal.jsonl")
    known = {entry["made"]: entry["seconds"] for entry in noted if entry.get("seconds") is not None}
    return {ref: round(known[ref] * n / len(corpus), 1) for ref in again if ref in known}


def _found(corpus: Corpus, *, images: str | Path | None, workers: int, progress: Progress, **about: Any) -> Found:
    if corpus.has_pictures:
        return compare(corpus, images=images, workers=workers, progress=progress, **about)
    if images is not None:
        raise InputError(
            f"{corpus.path} was made without pictures, so a folder, {images}, has nothing for it: new works come with "
            "--metadata TABLE and --vectors NAME=FILE"
        )
    return compare_table(corpus, **about)


def _with_artists(corpus: Corpus, found: Found) -> Found:
    """Return what was found with the artists that decisions say are right."""
    table, other = with_decided_artists(corpus, found.change.paintings)
    if not other:
        return found
    change = replace(found.change, paintings=table)
    return replace(found, change=change, corrected=change.corrected(corpus))


def _check_refused(found: Found, max_refused: float) -> None:
    tried = len(found.added) + found.refused
    if found.refused > max_refused * max(tried, 1):
        reason = found.change.refused.iloc[-1]
        what = "pictures" if reason["kind"] == "image" else "rows"
        raise IngestError(
            f"{found.refused} of {tried} new {what} were refused, more than --max-refused {max_refused:g} allows, "
            f"such as {reason['input']} ({reason['reason']}). Nothing was changed."
        )


def _check_vectors(corpus: Corpus, found: Found) -> None:
    """Refuse new works without the vectors that imported features need, before anything is computed."""
    lineage = Lineage(corpus)
    imported = [key for key in corpus.keys("features") if lineage.stage(Ref("features", key)) == "import_vectors"]
    for key, file in found.change.vectors.items():
        if key not in imported:
            raise InputError(
                f"--vectors {key}={file}: no features of that name were imported into {corpus.path} (there are: "
                f"{', '.join(imported) or 'none'})"
            )
        if not Path(file).is_file():
            raise InputError(f"--vectors {key}={file}: there is no such file")
        if not corpus.has_pictures:
            works = found.change.paintings.iloc[found.change.fresh]
            check_order(file, works, advice="sort table and array by id")
    lacking = [key for key in imported if key not in found.change.vectors]
    if lacking and len(found.change.fresh):
        raise InputError(
            f"Features '{lacking[0]}' in {corpus.path} were imported, so those of the {len(found.change.fresh)} new "
            f"works have to be given: --vectors {lacking[0]}=FILE (parquet with a column id, or npy in the order of "
            "their ids)"
        )
