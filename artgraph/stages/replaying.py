"""What a replay begins and ends with: the pictures are found and measured again, and what was made is compared."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from artgraph.errors import CorpusError, IngestError
from artgraph.lineage import Ref
from artgraph.soundness import read_object
from artgraph.stages.archive import ENVIRONMENT, environment
from artgraph.stages.inspecting import inspect_all

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.stages.base import Progress

__all__ = ["compared", "measured_again", "said_of_others"]

SHOWN = 10  # pictures that are named
WHERE = ("image", "metadata_line")  # columns that only say where something was read


def measured_again(
    corpus: Corpus, root: Path, out: Path, *, progress: Progress = None
) -> tuple[pd.DataFrame, list[str]]:
    """Find the pictures of a corpus in a folder, and measure them again.

    Parameters
    ----------
    corpus
    root : Pictures lie at the paths of the table, or, under other names, anywhere below it.
    out : Where thumbnails go, into ``thumbs``.
    progress

    Returns
    -------
    pandas.DataFrame, (n, columns), and list of str
        ``image`` (the path below the folder) and what ingest measures, ``image_sha256``, ...; empty where the corpus
        has no pictures. The ids of works whose picture is another.

    Raises
    ------
    IngestError
        Pictures are not there, or cannot be read; the message names them.
    """
    if not corpus.has_pictures or "image_sha256" not in corpus.paintings:
        return pd.DataFrame(index=range(len(corpus))), []
    wanted, images, thumbs = (
        corpus.paintings["image_sha256"].tolist(),
        corpus.paintings["image"].tolist(),
        out / "thumbs",
    )
    records = []
    for image in images:  # pictures that were added from elsewhere have whole paths
        records += inspect_all((root / image).parent, [Path(image).name], thumbs, workers=1)
        if progress:
            progress("ingest", len(records), len(corpus))
    amiss = [row for row, record in enumerate(records) if record.get("sha256") != wanted[row]]
    elsewhere = _by_sha256(root, {wanted[row] for row in amiss}, corpus.paintings["image_bytes"].iloc[amiss])
    for row in amiss:
        if file := elsewhere.get(wanted[row]):
            images[row] = file.relative_to(root).as_posix()
            records[row] = inspect_all(file.parent, [file.name], thumbs, workers=1)[0]
    gone = [f"{images[row]} ({records[row]['reason']})" for row in amiss if "sha256" not in records[row]]
    if gone:
        shutil.rmtree(thumbs)
        out.rmdir()
        raise IngestError(
            f"{len(gone)} of {len(corpus)} pictures are not in {root}, or cannot be read, also under other names: "
            f"{_some(gone)}. Name the folder that has them: --images FOLDER"
        )
    ids = corpus.paintings["id"]
    other = [ids.iloc[row] for row in amiss if records[row]["sha256"] != wanted[row]]
    return pd.DataFrame(records).add_prefix("image_").assign(image=images), other


def _by_sha256(root: Path, wanted: set[str], sizes: Sequence[int]) -> dict[str, Path]:
    """Return where pictures with some hashes lie below a folder; only files of one of these sizes are read."""
    found: dict[str, Path] = {}
    sizes = {int(size) for size in sizes}
    for file in sorted(root.rglob("*")) if wanted else ():
        if file.is_file() and file.stat().st_size in sizes:
            found.setdefault(hashlib.sha256(file.read_bytes()).hexdigest(), file)
    return {digest: file for digest, file in found.items() if digest in wanted}


def said_of_others(other: Sequence[str]) -> str:
    """Return that the pictures of some works (ids, ``other``) are others than those that a corpus was made of."""
    count = "1 picture is another than the one" if len(other) == 1 else f"{len(other)} pictures are others than those"
    return f"{count} that the corpus was made of: {_some(other)}"


def compared(corpus: Corpus, new: Corpus, outcome: Mapping[Ref, str], *, other: Sequence[str]) -> dict[str, str]:
    """Compare what was made again with what was there, and say why it differs.

    Parameters
    ----------
    corpus, new : What was there, and what was made.
    outcome : Of each thing, in order: why there is nothing to compare, or ''.
    other : Ids of works whose picture is another.

    Returns
    -------
    dict of str to str
        As from ``replay``.
    """
    found = {"paintings": _table(corpus, new, other)}
    then = _environment(corpus)
    for ref, said in outcome.items():
        if said:
            found[str(ref)] = said
        elif not new.has(*ref):
            found[str(ref)] = "differs: it was not made"
        elif new.label(*ref)["sha256"] == corpus.label(*ref)["sha256"]:
            found[str(ref)] = "the same"
        else:
            found[str(ref)] = f"differs: {_why(corpus.label(*ref), new.label(*ref), other, then)}"
    return found


def _table(corpus: Corpus, new: Corpus, other: Sequence[str]) -> str:
    columns = [name for name in dict.fromkeys([*corpus.paintings, *new.paintings]) if name not in WHERE]
    differ = [
        name
        for name in columns
        if name not in corpus.paintings or name not in new.paintings
        or corpus.column_sha256(name) != new.column_sha256(name)
    ]  # fmt: skip
    if not differ:
        return "the same"
    if other:
        return f"differs: {said_of_others(other)}"
    return f"differs: {', '.join(differ)}: {_versions(corpus.head, new.head, _environment(corpus))}"


def _why(old: Mapping[str, Any], now: Mapping[str, Any], other: Sequence[str], then: Mapping[str, Any]) -> str:
    """Return why a thing is another, from its label then and now."""
    changed = [text for text, sha256 in old["inputs"].items() if now["inputs"].get(text) != sha256]
    columns = [Ref.of(text).key for text in changed if Ref.of(text).kind == "paintings"]
    if things := [text for text in changed if Ref.of(text).kind != "paintings"]:
        return f"it rests on {', '.join(things)}, which differ{'s' * (len(things) == 1)}"
    if "image_sha256" in columns and other:
        return said_of_others(other)
    if columns:
        return f"it rests on {', '.join(columns)} of the table, which differ{'s' * (len(columns) == 1)}"
    return _versions(old, now, then)


def _versions(old: Mapping[str, Any], now: Mapping[str, Any], then: Mapping[str, Any]) -> str:
    """Return which versions are others; where none is, what is left as a reason."""
    made, again, here, said = old["made_by"], now["made_by"], environment(), []
    if (made["version"], made.get("revision")) != (again["version"], again.get("revision")):
        one, two = (f"artgraph {by['version']} (revision {by.get('revision', 0)})" for by in (made, again))
        said.append(f"{one} then, {two} now")
    if made.get("threads") != again.get("threads"):
        said.append(f"{made.get('threads')} threads then, {again.get('threads')} now")
    for name in ("python", "machine"):
        if then.get(name, here[name]) != here[name]:
            said.append(f"{name} {then[name]} then, {here[name]} now")
    before = then.get("packages", {})
    others = {name: now for name, now in here["packages"].items() if before.get(name, now) != now}
    said += [f"{name} {before[name]} then, {now} now" for name, now in others.items()]
    if said:
        return "; ".join(said)
    known = "the same versions" if then else "the same version of artgraph (those of other packages are not recorded)"
    return f"from the same inputs by {known}: another processor or number of threads may round otherwise"


def _environment(corpus: Corpus) -> dict[str, Any]:
    """Return what an archive says of the versions it was made with; nothing where this is none."""
    try:
        return read_object(corpus.path / ENVIRONMENT, {"python": str, "machine": str, "packages": dict})
    except (FileNotFoundError, CorpusError):
        return {}


def _some(names: Sequence[str]) -> str:
    return ", ".join(map(str, names[:SHOWN])) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
