"""The stages, in reading order. This is the table of contents of the science.

::

    images + metadata.csv
        │ ingest                        what came in, what was refused and why
        ▼
      Corpus  ◄──────────────────────── one directory; every stage reads it and adds to it
        │ describe      pictures → features        (train_descriptor tunes a network on the collection first)
        │ build_graph   features → graph
        │ train_vgae    graph + features → features (latents)
        │ communities   graph → partition
        │ evaluate      partition, column → report
        │ interpret     what each cluster is; worklist: what to look at again; influence: clusters in time
        ▼
      export, atlas                     Gephi, CSV, a page to look at

Every stage is a function of a ``Corpus`` and keyword parameters, and skips what is already there, made with the same
parameters from the same inputs. ``run`` is all of them; ``demo`` is ``run`` on pictures that the program paints.
"""

from pathlib import Path

from artgraph.stages.atlas import atlas
from artgraph.stages.base import Made
from artgraph.stages.build_graph import build_graph
from artgraph.stages.communities import communities
from artgraph.stages.describe import describe
from artgraph.stages.evaluate import evaluate
from artgraph.stages.export import export, network
from artgraph.stages.fuse import fuse_features
from artgraph.stages.import_vectors import import_vectors
from artgraph.stages.influence import influence
from artgraph.stages.info import info
from artgraph.stages.ingest import ingest
from artgraph.stages.interpret import interpret
from artgraph.stages.judging import has_many_hands
from artgraph.stages.layout import layout
from artgraph.stages.plot import plot
from artgraph.stages.similar import similar
from artgraph.stages.train_descriptor import train_descriptor
from artgraph.stages.train_vgae import train_vgae
from artgraph.stages.worklist import worklist

__all__ = [
    "Made",
    "atlas",
    "build_graph",
    "communities",
    "demo",
    "describe",
    "evaluate",
    "export",
    "fuse_features",
    "import_vectors",
    "influence",
    "info",
    "ingest",
    "interpret",
    "layout",
    "line",
    "network",
    "plot",
    "run",
    "similar",
    "train_descriptor",
    "train_vgae",
    "worklist",
]


def run(
    images,
    out,
    *,
    metadata=None,
    descriptors=("eye",),
    artist_edges=False,
    n_clusters=None,
    max_refused=0.05,
    workers=2,
    seed=0,
    device="auto",
    tell=lambda text: None,
    progress=None,
    **options,
):
    """Do everything: a folder of paintings in, style clusters, a Gephi file and a page out.

    Two partitions are found: ``leiden`` on the graph of the features, and ``vgae-leiden`` on the graph of the VGAE's
    latents. The exports show ``leiden``, the page shows both.

    Parameters
    ----------
    images, out : str or Path
        The folder of pictures and the corpus; run again, it goes on where it stopped.
    metadata : str or Path, optional
        See ``ingest``.
    descriptors : sequence of str
        See ``describe``; the graph is built on all of them together.
    artist_edges : bool
        See ``build_graph``. Where 30 artists or more have two works, the graph of the latents then has neighbours by
        other hands alone (``cross_artist``), and works by one hand are linked in a layer of their own.
    n_clusters : int, optional
        See ``communities``.
    max_refused : float
        See ``ingest``.
    workers, seed : int
    device : {"auto", "cpu", "cuda"}
    tell : callable(str), optional
        Is told in one line what each stage made.
    progress : callable(stage, done, total), optional
    **options
        For ``make_descriptor``: ``backbone``, ``layers``, ``weights``, ``ignore_color``, ...

    Returns
    -------
    Corpus

    Raises
    ------
    WeightsError
        Before any work, where the weights of a network cannot be had.
    """
    from artgraph.descriptors import make_descriptor, refuse_unused
    from artgraph.learning.device import pick_device

    # Made here, so that missing weights stop the run before it has begun.
    refuse_unused(descriptors, options)
    ready = [make_descriptor(name, device=pick_device(device), **options) for name in descriptors]
    corpus = ingest(images, out, metadata=metadata, max_refused=max_refused, workers=workers, progress=progress)
    tell(f"{len(corpus)} paintings in {corpus.path}")
    for made in describe(corpus, descriptors=ready, workers=workers, seed=seed, progress=progress):
        tell(line(made))
    tell(line(build_graph(corpus, on=[descriptor.key for descriptor in ready], artist_edges=artist_edges)))
    tell(line(communities(corpus, n_clusters=n_clusters, seed=seed)))
    if len(corpus) >= SMALLEST_FOR_VGAE:
        tell(line(train_vgae(corpus, seed=seed, device=device, progress=progress)))
        hands = artist_edges and has_many_hands(corpus)
        linked = {"cross_artist": hands, "artist_edges": hands, "artist_strength": LATENT_LINKS}
        tell(line(build_graph(corpus, on=("vgae",), name="vgae", **linked)))
        tell(line(communities(corpus, graph="vgae", n_clusters=n_clusters, seed=seed)))
    for partition in corpus.keys("partitions"):
        tell(line(evaluate(corpus, partition=partition, seed=seed)))
    tell(line(interpret(corpus, seed=seed)))
    tell(line(worklist(corpus, seed=seed)))
    for to in ("gexf", "csv"):
        tell(line(export(corpus, to=to)))
    beside = "vgae-leiden"
    tell(line(atlas(corpus, compare=[beside] if corpus.has("partitions", beside) else None)))
    return corpus


SMALLEST_FOR_VGAE = 50
LATENT_LINKS = 2.0  # of artist links beside neighbours by other hands; 8 agrees with style more and glues manners more


def demo(out, *, workers=2, seed=0, tell=lambda text: None, progress=None):
    """Paint a collection and run everything on it: no network, no GPU, no weights.

    Parameters
    ----------
    out : str or Path
        The corpus; the pictures go into ``images`` within it.
    workers, seed : int
    tell, progress : callable, optional
        See ``run``.

    Returns
    -------
    Corpus
    """
    from artgraph.painter import write_demo

    out = Path(out)
    report = None if progress is None else lambda done, total: progress("paint", done, total)
    write_demo(out / "paintings", seed=seed, processes=workers, progress=report)
    return run(
        out / "paintings",
        out,
        metadata=out / "paintings" / "metadata.csv",
        workers=workers,
        seed=seed,
        tell=tell,
        progress=progress,
    )


def line(made):
    """Return one line on what a stage made (str), for a ``Made``."""
    facts = made.facts
    about = {
        "features": lambda: f"{facts['n']} × {facts['dimensions']}",
        "graphs": lambda: (
            f"{facts['edges']} edges, hubness {facts['hubness']:g}"
            + (f", {facts['artist_links']} artist links" if "artist_links" in facts else "")
        ),
        "models": lambda: _about_model(facts),
        "partitions": lambda: f"{facts['n_clusters']} clusters, modularity {facts['modularity']:.3f}",
        "reports": lambda: _about_report(facts),
    }.get(made.kind, lambda: "")()
    return f"{made.kind} {made.key}: {about}".rstrip(": ") + ("" if made.fresh else " (up to date)")


def _about_model(facts):
    if "active_units" in facts:
        return f"AUC {facts['auc']:.3f} on held-out edges, {facts['active_units']} active units"
    if facts["artist_precision"] is None:
        return f"{facts['steps']} steps; too few artists to hold any out, so nobody can say whether it sees better"
    before, after, artists = facts["artist_precision_before"], facts["artist_precision"], facts["held_out"]["artists"]
    return f"step {facts['step']} kept; hands of {artists} held-out artists told apart: {before:.3f}, now {after:.3f}"


def _about_report(facts):
    if "scores" in facts:
        chance = facts["chance"]["ami"]["mean"]
        return f"AMI {facts['scores']['ami']:.3f} against '{facts['against']}', by chance {chance:.3f}"
    if "against" in facts:
        return f"no painting has a {facts['against']}; judged without"
    return facts.get("summary", "")
