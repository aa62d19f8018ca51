"""Describing is shared by several machines, each on its own, and what they made is merged."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from artgraph.corpus import Corpus
from artgraph.engine import InProcess
from artgraph.errors import CorpusError, InputError, MissingError
from artgraph.makers import words_of
from artgraph.settings import FEATURES
from artgraph.shards import parse_share, share_of
from artgraph.stages.base import Made, Progress, progress_of
from artgraph.stages.describing import (
    WORK,
    Job,
    job_of,
    join,
    not_up_to_date,
    pictures_of,
    prefix_of,
    store_of,
    wanted,
    work_of,
)  # fmt: skip
from artgraph.stages.pictures import check_originals, need_pictures
from artgraph.stages.project import descriptor_of
from artgraph.stages.weights import note_weights, weights_noted
from artgraph.storage import storage_at

if TYPE_CHECKING:
    from artgraph.descriptors import Descriptor
    from artgraph.storage import Bucket, Folder

__all__ = ["Share", "describe_share", "merge"]

SHARE = re.compile(r"share-(\d+)-of-(\d+)")  # a mark that somebody began that share


class Share(NamedTuple):
    """What ``describe_share`` made.

    Attributes
    ----------
    key : Of the features.
    number, of : Which share, of how many.
    n : How many pictures it has.
    where : The folder or address of its shards.
    """

    key: str
    number: int
    of: int
    n: int
    where: str


def describe_share(
    corpus: Corpus,
    share: str,
    *,
    descriptors: Sequence[str | Descriptor] = FEATURES,
    workers: int = 2,
    seed: int = 0,
    device: str = "auto",
    storage: str | Path | None = None,
    progress: Progress = None,
    **options: Any,
) -> list[Share]:
    """Describe one share of the pictures and stop; ``merge`` makes features of all shares.

    Shares may run at the same time, on one corpus that several machines see or on copies of it, and a share that was
    killed resumes. The corpus is not held for writing: nothing but shards is written.

    Parameters
    ----------
    corpus
    share : Its number and how many there are, such as '3/16'.
    descriptors, workers, seed, device, storage, progress, **options : As for ``describe``.

    Returns
    -------
    list of Share
        One for each descriptor whose features are not up to date.

    Raises
    ------
    InputError
        No share, or something that ``describe`` refuses, too.
    IngestError
        Pictures are gone, or have changed since they were taken.
    """
    from artgraph.descriptors.extraction import extract_share

    number, of = parse_share(share)
    need_pictures(corpus, "describe")
    if "date" in descriptors:
        raise InputError("'date' is read from the table and takes no time. Describe it after artgraph merge")
    jobs = wanted(corpus, descriptors, seed=seed, device=InProcess().device(device), **options)
    note_weights(corpus, [job.descriptor for job in jobs])
    jobs = not_up_to_date(corpus, jobs, clear=False)
    if not jobs:
        return []
    check_originals(corpus)
    stores = [store_of(corpus, job, storage, alone=False) for job in jobs]
    for store in stores:
        store.put(f"share-{number}-of-{of}", b"")
    pictures = pictures_of(corpus)
    n = extract_share(
        pictures.pop("paths"),
        [job.descriptor for job in jobs],
        stores,
        **pictures,
        share=(number, of),
        workers=workers,
        seed=seed,
        progress=progress_of(progress, "describe"),
    )
    return [Share(job.key, number, of, n, str(store.storage)) for job, store in zip(jobs, stores, strict=True)]


def merge(
    corpus: Corpus,
    copies: Sequence[str | Path] = (),
    *,
    storage: str | Path | None = None,
    weights: Any = None,
    device: str = "auto",
    progress: Progress = None,
) -> list[Made]:
    """Make features of the shares that ``describe_share`` made, here and in copies of the corpus.

    They are those of an undivided run, byte for byte. The copies stay as they are.

    Parameters
    ----------
    corpus
    copies : More corpora with shards of the same pictures.
    storage : As it was given to ``describe_share``.
    weights : Of networks, where those that the journal names are not there.
    device : {"auto", "cpu", "cuda"}
    progress : callable(stage, done, total)

    Raises
    ------
    MissingError
        Shards are missing; the message says which, and how they are made.
    CorpusError
        Shards were made of other pictures or with other parameters, or two copies of one differ.
    """
    need_pictures(corpus, "merge")
    others = [Corpus(copy) for copy in copies]
    own = storage or corpus.path / "features"
    engine = InProcess()
    device = engine.device(device)
    with corpus.lock():
        found: dict[str, list[tuple[Folder | Bucket, dict[str, Any]]]] = {}
        for where in (own, *(other.path / "features" for other in others)):
            for place, work in _shards_in(where):
                if storage is None or work["ids_sha256"] == corpus.ids_sha256:  # others may use the same bucket
                    found.setdefault(work["key"], []).append((place, work))
        if not found:
            raise MissingError(
                f"There are no shards in {', '.join(map(str, (own, *copies)))}. They are made with: artgraph describe "
                f"{shlex.quote(str(corpus.path))} --shard 1/4, and so on to 4/4"
            )
        jobs = [
            _job(corpus, key, places, others=others, weights=weights, device=device)
            for key, places in sorted(found.items())
        ]
        todo = not_up_to_date(corpus, jobs)
        for job in todo:
            _check_twins(job.key, [place for place, _ in found[job.key]])
        missing = [
            text for job in todo if (text := _missing(corpus, job, [place for place, _ in found[job.key]], storage))
        ]
        if missing:
            raise MissingError("\n".join(missing))
        for seed in sorted({job.params["seed"] for job in todo}):
            some = [job for job in todo if job.params["seed"] == seed]
            stores = [store_of(corpus, job, storage) for job in some]
            for job, store in zip(some, stores, strict=True):
                store.copies = [place for place, _ in found[job.key] if str(place) != str(store.storage)]
            join(corpus, some, stores, workers=1, device=device, engine=engine, progress=progress)
    fresh = {job.key for job in todo}
    return [Made("features", job.key, job.key in fresh, corpus.label("features", job.key)["facts"]) for job in jobs]


def _shards_in(where: str | Path) -> Iterator[tuple[Folder | Bucket, dict[str, Any]]]:
    """Yield the places with shards in a folder or bucket, and what they say that they are made of."""
    storage = storage_at(where)
    for name in sorted(storage.names()):
        if name.startswith(prefix_of("")[:-1]):
            place = storage.below(name)
            if WORK in place.names():
                yield place, json.loads(place.read(WORK))


def _job(
    corpus: Corpus,
    key: str,
    places: Sequence[tuple[Folder | Bucket, Mapping[str, Any]]],
    *,
    others: Sequence[Corpus],
    weights: Any,
    device: str,
) -> Job:
    """Return the features that shards were made for; all must have been made of the same, and of what is there now."""
    first, work = places[0]
    for place, other in places:
        if other["ids_sha256"] != corpus.ids_sha256 or other["n"] != len(corpus):
            raise CorpusError(f"{place} has shards of other paintings than {corpus.path}. Leave that copy out.")
        if differing := _differing(work, other):
            raise CorpusError(
                f"{place} was made otherwise than {first}: {differing}. Describe that share again as the others were, "
                f"or remove the one folder that is wrong."
            )
    params = {name: value for name, value in work["params"].items() if name != "seed"}
    noted = [weights_noted(one, params.get("weights_sha256", "")) for one in (corpus, *others)]
    weights = weights or next((file for file in noted if file is not None and file.is_file()), None)
    descriptor = descriptor_of(corpus, key, weights=weights, device=device, params=params)
    job = job_of(corpus, key, descriptor, seed=work["params"]["seed"])
    if differing := _differing(work, work_of(corpus, job)):
        raise CorpusError(
            f"{first} was made of something else than {corpus.path} holds now: {differing}. Remove it, and describe "
            "the shares again."
        )
    return job


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Say in which parameters, inputs or revision two works differ; nothing where they do not."""
    names = [
        name
        for part in ("params", "inputs")
        for name in sorted({*one[part], *other[part]})
        if one[part].get(name) != other[part].get(name)
    ]
    names += ["the version of artgraph"] if one["revision"] != other["revision"] else []
    return ", ".join(names)


def _check_twins(key: str, places: Sequence[Folder | Bucket]) -> None:
    """Raise CorpusError where two places have a shard of one name that differs."""
    there: dict[str, Folder | Bucket] = {}
    for place in places:
        for name in sorted(place.names()):
            if name in there and name.endswith(".npy") and there[name].read(name) != place.read(name):
                raise CorpusError(
                    f"Two shards of '{key}' have one name and differ: {there[name]}/{name} and {place}/{name}. Other "
                    "processors or another torch made one of them: remove that, and describe all shares alike."
                )
            there.setdefault(name, place)


def _missing(corpus: Corpus, job: Job, places: Sequence[Folder | Bucket], storage: str | Path | None) -> str:
    """Say which shards of some features are missing, and how they are made; nothing where all are there."""
    from artgraph.descriptors.extraction import shard_names

    there = {name for place in places for name in place.names()}
    names = shard_names(len(corpus), job.params["seed"])
    gone = [name for name in names if not there & {name, name.replace("w", "b", 1)}]
    if not gone:
        return ""
    marks = [mark for name in there if (mark := SHARE.fullmatch(name))]
    counts = {int(mark[2]) for mark in marks}
    of = counts.pop() if len(counts) == 1 else 1
    shares = [f"{number}/{of}" for number in range(1, of + 1) if set(share_of(names, number, of)) & set(gone)]
    option, words = words_of("describe", job.key, job.params, graphs=())
    command = ["artgraph", "describe", str(corpus.path), "--with", option, *words]
    command += ["--seed", str(job.params["seed"])] if job.params["seed"] else []
    command += ["--storage", str(storage)] if storage is not None else []
    command += ["--shard", shares[0]] if of > 1 else []
    which = f", of shares {', '.join(shares)}" if of > 1 else ""
    return (
        f"'{job.key}' lacks {len(gone)} of {len(names)} shards{which}; the first is {places[0]}/{gone[0]}. Name the "
        f"copies that have them, or make them with: {shlex.join(command)}"
    )
