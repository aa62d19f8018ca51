"""The stages, in reading order. This is the table of contents of the science.

::

    images + metadata.csv
        │ ingest                        what came in, what was refused and why
        ▼
      Corpus  ◄──────────────────────── one directory; every stage reads it and adds to it
        │ describe      pictures → features        (train_descriptor tunes a network on the collection first;
        │                                          describe_share, merge: on several machines)
        │ build_graph   features → graph
        │ train_vgae    graph + features → features (latents)
        │ communities   graph → partition
        │ evaluate      partition, column → report
        │ interpret     what each cluster is; words: names for it; worklist: what to look at again; influence: in time
        │ ask           which pairs of works to ask people about
        ▼
      export, atlas, serve              Gephi, CSV, a page to look at and to decide on

Every stage is a function of a ``Corpus`` and keyword parameters, among them the fields of its class in
``artgraph.settings``, and skips what is already there, made with the same settings from the same inputs. ``run`` is all
of them; ``demo`` is ``run`` on the pictures that come with artgraph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from artgraph.atomic import write_bytes
from artgraph.corpus import Corpus
from artgraph.engine import Engine, opened
from artgraph.harvest import harvest
from artgraph.settings import FEATURES
from artgraph.stages.ask import ask
from artgraph.stages.atlas import atlas
from artgraph.stages.base import Made, Progress
from artgraph.stages.build_graph import build_graph
from artgraph.stages.communities import communities
from artgraph.stages.costs import costs
from artgraph.stages.decide import decide
from artgraph.stages.describe import describe
from artgraph.stages.evaluate import evaluate
from artgraph.stages.export import export, network
from artgraph.stages.fuse import fuse_features
from artgraph.stages.growing import add, has_grown, remove, update
from artgraph.stages.growing_report import growth_lines
from artgraph.stages.import_vectors import import_vectors
from artgraph.stages.influence import influence
from artgraph.stages.info import info
from artgraph.stages.ingest import ingest
from artgraph.stages.interpret import interpret
from artgraph.stages.layout import layout
from artgraph.stages.lead import ARTIST_EDGE_WEIGHT, lead_of, names_for
from artgraph.stages.plot import plot
from artgraph.stages.preflight import check_corpus, check_descriptors, check_folder
from artgraph.stages.replay import replay
from artgraph.stages.review import review
from artgraph.stages.serve import serve
from artgraph.stages.shares import describe_share, merge
from artgraph.stages.similar import similar
from artgraph.stages.spreadsheet import as_before, reading_of
from artgraph.stages.styles import find_clusters
from artgraph.stages.summary import closing, ingest_lines, line
from artgraph.stages.train_descriptor import train_descriptor
from artgraph.stages.train_vgae import train_vgae
from artgraph.stages.words import words
from artgraph.stages.worklist import worklist

__all__ = [
    "ARTIST_EDGE_WEIGHT", "add", "ask", "atlas", "build_graph", "communities", "costs", "decide", "demo", "describe",
    "describe_share", "evaluate", "export", "find_clusters", "fuse_features", "harvest", "import_vectors", "influence",
    "info", "ingest", "interpret", "layout", "lead_of", "line", "merge", "network", "plot", "remove", "replay",
    "review", "run", "serve", "similar", "train_descriptor", "train_vgae", "update", "words", "worklist",
]  # fmt: skip


def run(
    images: str | Path,
    out: str | Path,
    *,
    metadata: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    source: str | None = None,
    repair_text: bool = False,
    views: str | None = None,
    max_unmatched: float = 1.0,
    descriptors: Sequence[str] = FEATURES,
    artist_edges: bool | None = None,
    dates: bool = False,
    n_clusters: int | None = None,
    lead: str = "auto",
    max_refused: float = 0.05,
    follow_links: bool | None = None,
    workers: int = 2,
    seed: int = 0,
    device: str = "auto",
    engine: str | Engine = "process",
    ray_address: str | None = None,
    storage: str | Path | None = None,
    tell: Callable[[str], None] = lambda text: None,
    progress: Progress = None,
    **options: Any,
) -> Corpus:
    """Do everything: a folder of paintings in, style clusters, a Gephi file and a page out.

    The partition ``leiden`` is found on the graph of the features; where artists' names teach a VGAE, ``vgae-leiden``
    on the graph of its latents, too. One of them leads: it is described, exported, and the first that the page shows.

    Parameters
    ----------
    images, out : The folder of pictures and the corpus; run again, it resumes where it stopped. Where the folder has
        grown since, the new works are added to the corpus: see ``update``.
    metadata, columns, encoding, source, repair_text, views, max_unmatched : See ``ingest``.
    descriptors : See ``describe``; the graph is built on all of them together.
    artist_edges : bool or None
        See ``GraphSettings``; None: where 30 artists or more have two works, or as in the graph that is there. With so
        many the graph of the latents then has neighbours by other artists alone (``cross_artist``), and works by one
        artist are linked in a layer of their own. Without names a VGAE is not trained, unless ``lead`` asks for it or
        the corpus has one.
    dates : Join the works' dates with the features, by a weight of their own; see ``describe_dates``.
    n_clusters : See ``ClusterSettings``.
    lead : {"auto", "leiden", "vgae-leiden"}; the partition that leads; "auto": see ``lead_of``.
    max_refused, follow_links : See ``ingest``.
    workers, seed
    device : {"auto", "cpu", "cuda"}
    engine, ray_address, storage : See ``describe``; for it, ``ingest`` and ``build_graph``.
    tell : callable(str); is given lines on what each stage made and, at the end, on what to do next.
    progress : callable(stage, done, total); a stage begins with (stage, 0, 0).
    **options : For ``make_descriptor``: ``backbone``, ``layers``, ``weights``, ``ignore_color``, ...

    Raises
    ------
    InputError, WeightsError
        Before any work, where something that was asked for cannot be had: see ``artgraph.stages.preflight``.
    """
    from artgraph.descriptors import make_descriptor, refuse_unused

    def begin(stage: str) -> None:
        if progress is not None:
            progress(stage, 0, 0)

    def made(stage: str, function: Callable[..., Made], **given: Any) -> None:
        begin(stage)
        tell(line(function(corpus, **given)))

    begin("checks")
    asked = {"artist_edges": artist_edges, "n_clusters": n_clusters, "lead": lead}
    true_scale = options.get("window_cm") is not None
    dates, descriptors = dates or "date" in descriptors, [name for name in descriptors if name != "date"]
    refuse_unused(descriptors, options)
    asked_reading = reading_of(columns, encoding, source=source, repair_text=repair_text, views=views)
    sheet, reading, _ = as_before(Path(out), metadata, asked_reading)
    check_folder(images, out, metadata=sheet, reading=reading, true_scale=true_scale, seed=seed, **asked)
    with opened(engine, ray_address) as who:
        ready = [make_descriptor(name, device=who.device(device), **options) for name in descriptors]
        check_descriptors(ready, weights_given=bool(options.get("weights")))
        begin("ingest")
        table = {"metadata": metadata, "columns": columns, "encoding": encoding}
        table |= {"source": source, "repair_text": repair_text, "views": views}
        shared = {"workers": workers, "progress": progress}
        where = {"engine": who, "storage": storage}
        if has_grown(images, out):
            new = {"weights": options.get("weights"), "device": device, "tell": tell}
            growth = update(Corpus(out), images, **table, max_refused=max_refused, **shared, **new)
            corpus = growth.corpus
            for text in growth_lines(growth, following=False):
                tell(text)
        else:
            taking = {"max_unmatched": max_unmatched, "max_refused": max_refused, "follow_links": follow_links}
            corpus = ingest(images, out, **table, **taking, **shared, **where)
        for text in ingest_lines(corpus):
            tell(text)
        names, lines = names_for(corpus, artist_edges)
        for text in lines:
            tell(text)
        check_corpus(corpus, **asked | {"artist_edges": names}, dates=dates)
        begin("describe")
        seen = [*ready, *(["date"] if dates else [])]
        described = describe(corpus, descriptors=seen, seed=seed, device=device, **shared, **where)
        for one in described:
            tell(line(one))
        on = [one.key for one in described]
        first, why = find_clusters(
            corpus,
            on=on,
            names=names,
            lead=lead,
            clusters={"n_clusters": n_clusters},
            seed=seed,
            device=device,
            where=where,
            tell=tell,
            made=lambda stage, made: begin(stage) if made is None else tell(line(made)),
            progress=progress,
        )
    for partition in corpus.keys("partitions"):
        made("evaluate", evaluate, partition=partition, seed=seed)
    made("interpret", interpret, partition=first, seed=seed)
    made("worklist", worklist, partition=first, seed=seed)
    begin("map")
    layout(corpus, graph="vgae" if first == "vgae-leiden" else "style", seed=seed)
    for to in ("gexf", "csv"):
        made("export", export, to=to, partition=first, progress=progress)
    others = [name for name in ("leiden", "vgae-leiden") if name != first and corpus.has("partitions", name)]
    made("atlas", atlas, partition=first, compare=others)
    for text in closing(corpus, first, why):
        tell(text)
    return corpus


def demo(
    out: str | Path,
    *,
    hard: bool = False,
    workers: int = 2,
    seed: int = 0,
    tell: Callable[[str], None] = lambda text: None,
    progress: Progress = None,
) -> Corpus:
    """Run everything on the pictures that come with artgraph: no network, no GPU, no weights.

    Parameters
    ----------
    out : The corpus; the pictures and their ``metadata.csv`` are copied into ``paintings`` within it.
    hard : The exhibition of 296 works whose manners differ in the mark alone, described without colour, for a third of
        them are grey or badly scanned; else that of 288 whose manners differ in everything.
    workers, seed
    tell, progress : See ``run``.
    """
    shipped, paintings = files("artgraph") / "demo", Path(out) / "paintings"
    shipped, options = (shipped / "hard", {"ignore_color": True}) if hard else (shipped, {})
    (paintings / "images").mkdir(parents=True, exist_ok=True)
    for source in (shipped / "metadata.csv", *(shipped / "images").iterdir()):
        copy = paintings / ("images" if source.name.endswith(".jpg") else "") / source.name
        content = source.read_bytes()
        if not copy.is_file() or copy.read_bytes() != content:
            write_bytes(copy, content)
    metadata = paintings / "metadata.csv"
    return run(paintings, out, metadata=metadata, workers=workers, seed=seed, tell=tell, progress=progress, **options)
