"""What can be seen to be wrong before any work is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.catalogue import CONFOUNDS, Catalogue
from artgraph.checks import check_choice, check_seed
from artgraph.errors import InputError
from artgraph.stages.dates import check_dates
from artgraph.stages.lead import LEADS, MIN_PAINTINGS_FOR_VGAE

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.descriptors import Descriptor
    from artgraph.settings import GraphSettings

__all__ = ["check_artists", "check_corpus", "check_descriptors", "check_folder", "check_measured"]

SIZES = ("height_cm", "width_cm")


def check_descriptors(ready: Sequence[Descriptor], *, weights_given: bool = False) -> None:
    """Refuse descriptors that go by one name, and files of weights that are not those of the networks.

    Parameters
    ----------
    ready : As ``make_descriptor`` made them.
    weights_given : Whether a person named the files; these are read now, not after the pictures.

    Raises
    ------
    InputError
        Two have the same key.
    WeightsError
        A file does not hold the weights of its network.
    """
    keys = [one.key or one.name for one in ready]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise InputError(f"Two descriptors go by the name '{twice}'; name each once (given: {', '.join(keys)})")
    for one in ready if weights_given else ():
        one.load()


def check_folder(
    images: str | Path,
    out: str | Path,
    *,
    metadata: str | Path | None = None,
    reading: Mapping[str, Any] | None = None,
    artist_edges: bool | None = None,
    true_scale: bool = False,
    n_clusters: int | None = None,
    lead: str = "auto",
    seed: int = 0,
) -> None:
    """Refuse what ``run`` was asked for and what this folder and this spreadsheet cannot give; nothing is written.

    Parameters
    ----------
    images, out, metadata : As for ``run``.
    reading : How the spreadsheet is read: as from ``reading_of``.
    artist_edges : True where works by the same artist are to be linked: then an artist needs two works.
    true_scale : Whether a descriptor needs the size of the paintings.
    n_clusters, lead, seed : As for ``run``.

    Raises
    ------
    InputError
        What is wrong, and what to do.
    IngestError
        The spreadsheet cannot be read.
    """
    from artgraph.ingest import find_images
    from artgraph.stages.ingest import check_kind
    from artgraph.stages.spreadsheet import read_table

    check_choice("lead", lead, LEADS)
    check_seed(seed)
    check_kind(out, pictures=True)
    if images is None:
        raise InputError("run needs a folder of pictures; without one: ingest, import_vectors, build_graph, ...")
    if Path(out).is_file():
        raise InputError(f"{out} is a file; -o takes a folder, which need not exist yet.")
    if Path(images).is_dir():
        n = len(find_images(images))
        _check_number(n, f"{images} holds {n} pictures", n_clusters=n_clusters, lead=lead)
    there = (Path(out) / "corpus.json").is_file()  # which may know them from an earlier run
    if (artist_edges or true_scale) and metadata is None and not there:
        option, needs = ("--artist-edges", "artists") if artist_edges else ("--window-cm", "sizes in centimetres")
        raise InputError(
            f"{option} needs the {needs} of the paintings, and there is no spreadsheet. "
            f"Give one with --metadata, or leave out {option}."
        )
    paths = find_images(images) if Path(images).is_dir() else []
    read = read_table(metadata, reading or {}, paths)
    if read is None:
        return
    table = read.table
    if true_scale and (missing := [name for name in SIZES if name not in table]):
        raise InputError(
            f"--window-cm needs the size of the paintings, and {metadata} has no column {' and no '.join(missing)} "
            f"(it has: {', '.join(table.columns)}). Give its columns these names, or leave out --window-cm."
        )
    if artist_edges:
        advice = "Say which column holds the artists, such as --column artist=Maker"
        named = Catalogue(table.assign(artist=table.get("artist")))
        check_artists(named, str(metadata), advice=advice)


def check_corpus(corpus: Corpus, *, artist_edges: bool, n_clusters: int | None, lead: str, dates: bool = False) -> None:
    """Refuse what the paintings that were taken cannot give; some pictures, or rows, may have been refused.

    Parameters
    ----------
    corpus, artist_edges, n_clusters, lead, dates : As for ``run``.
    """
    n = len(corpus)
    _check_number(n, f"{corpus.path} holds {n} paintings", n_clusters=n_clusters, lead=lead)
    if artist_edges:
        check_artists(Catalogue(corpus.paintings), str(corpus.path))
    if dates:
        check_dates(corpus)


def check_measured(corpus: Corpus, names: Sequence[str], *, option: str) -> None:
    """Refuse, by an InputError, confounds that are measured on pictures where a corpus has none.

    Parameters
    ----------
    corpus
    names : Of confounds, or columns.
    option : By which they were asked for.
    """
    if corpus.has_pictures:
        return
    if found := [name for name in names if name in CONFOUNDS]:
        own = " Its own column of that name can be used under another one." if found[0] in corpus.paintings else ""
        raise InputError(
            f"{option} '{found[0]}' is measured on pictures, and {corpus.home} has none: leave it out, or name a "
            f"column of the table.{own}"
        )


def check_artists(
    catalogue: Catalogue, where: str, *, chosen: GraphSettings | None = None, advice: str | None = None
) -> None:
    """Refuse, by an InputError, to link works by artists, or across them, where no artist is named twice.

    Parameters
    ----------
    catalogue : Of the paintings.
    where : What they stand in, for the message.
    chosen : Settings of a graph, whose columns and dates are checked, too; default: with artist edges.
    advice : What to do; default: to make the corpus again with another column.
    """
    by_artist = chosen is None or chosen.artist_edges or chosen.cross_artist
    if by_artist and max(catalogue.works_by_artist.values(), default=0) < 2:
        option = "--artist-edges" if chosen is None or chosen.artist_edges else "--cross-artist"
        columns = [name for name in catalogue.table.columns if not name.startswith(("image_", "metadata_line"))]
        advice = advice or (
            "Make the corpus again from a spreadsheet that names them: "
            "artgraph ingest IMAGES --metadata FILE --column artist=NAME -o CORPUS"
        )
        raise InputError(
            f"{option} needs an artist with two works, and {where} names none (its columns: {', '.join(columns)}). "
            f"{advice}; or leave out {option}."
        )
    for name in chosen.regress_out if chosen is not None else ():
        if name not in CONFOUNDS:
            catalogue.column(name)
    if chosen is not None and chosen.max_years is not None and np.isnan(catalogue.years).all():
        raise InputError(f"--max-years needs dates, and {where} has none that can be read; leave it out.")


def _check_number(n: int, there: str, *, n_clusters: int | None, lead: str) -> None:
    if n and n_clusters is not None and n_clusters > n:
        raise InputError(f"--n-clusters is {n_clusters}, and {there}; ask for fewer clusters than that.")
    if n and n < MIN_PAINTINGS_FOR_VGAE and lead == "vgae-leiden":
        raise InputError(
            f"--lead vgae-leiden needs {MIN_PAINTINGS_FOR_VGAE} paintings, and {there}; take --lead leiden."
        )
