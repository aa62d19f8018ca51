"""Things are made again with the settings they have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.errors import InputError, MissingError, StaleError
from artgraph.lineage import Lineage, Ref
from artgraph.makers import REPORTS, TAKEN
from artgraph.settings import WordSettings
from artgraph.stages.ask import ask
from artgraph.stages.base import thumbnails
from artgraph.stages.build_graph import build_graph
from artgraph.stages.communities import communities
from artgraph.stages.dates import describe_dates
from artgraph.stages.describe import describe
from artgraph.stages.evaluate import evaluate
from artgraph.stages.fuse import fuse_features
from artgraph.stages.influence import influence
from artgraph.stages.interpret import interpret
from artgraph.stages.layout import layout
from artgraph.stages.reviewing import measure_review
from artgraph.stages.train_vgae import train_vgae
from artgraph.stages.words import encoded_again, name_clusters
from artgraph.stages.worklist import worklist

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.stages.base import Made
    from artgraph.stages.step import Step

__all__ = ["clear", "make_again", "remade"]

NO_SETTINGS = ("answered_sha256", "answers_sha256", "decisions_sha256", "earlier_sha256", "level")


def remade(
    corpus: Corpus, ref: Ref, *, stage: str, params: dict[str, Any], inputs: list[Ref], made: Corpus, **where: Any
) -> Made | None:
    """Run the stage that made a thing, with the settings it was made with.

    Parameters
    ----------
    corpus : Where it is made.
    ref
    stage, params, inputs : From its label.
    made : The corpus that holds models that ``train_descriptor`` trained.
    **where : ``weights``, ``device``, ``workers``, ``progress``.

    Returns
    -------
    Made or None
        None where another thing makes it as well (a model, a coarser level), or it is only kept while it holds.
    """
    key = ref.key
    params = {name: value for name, value in params.items() if name not in NO_SETTINGS}
    shared = {name: where[name] for name in ("device", "progress") if name in where}
    report = {name: value for name, value in params.items() if name != "partition"}
    of = key.removesuffix(next((end for end, by in REPORTS.items() if by == stage), ""))
    if stage == "describe" and ref.kind == "features":
        from artgraph.stages.project import descriptor_of

        descriptor = descriptor_of(made, key, weights=where.get("weights"), device=where.get("device", "auto"))
        return describe(
            corpus,
            descriptors=[descriptor],
            seed=params["seed"],
            workers=where.get("workers", 2),
            progress=where.get("progress"),
        )[0]
    if stage == "fuse_features" and ref.kind == "features":
        return fuse_features(corpus, name=key, **params)
    if stage == "train_vgae" and ref.kind == "features":
        graph = next(one.key for one in inputs if one.kind == "graphs")
        return train_vgae(corpus, graph=graph, name=key, **shared, **params)
    settings = {name: value for name, value in params.items() if name != "on"}  # of words
    makers: dict[str, Callable[[], Made]] = {
        "thumbnails": lambda: thumbnails(corpus),
        "describe_dates": lambda: describe_dates(corpus, **params),
        "build_graph": lambda: build_graph(corpus, name=key, **params),
        "communities": lambda: communities(corpus, name=key, progress=where.get("progress"), **params),
        "layout": lambda: layout(corpus, graph=key, **params),
        "evaluate": lambda: evaluate(corpus, partition=of, **report),
        "interpret": lambda: interpret(corpus, partition=of, **report),
        "worklist": lambda: worklist(corpus, partition=of, **report),
        "influence": lambda: influence(corpus, partition=of, **report),
        "ask": lambda: ask(corpus, partition=of, **report),
        "review": lambda: measure_review(corpus, partition=of, **report),
        "encode_words": lambda: encoded_again(corpus, made, params, weights=where.get("weights"), **shared),
        "words": lambda: name_clusters(corpus, of, on=params["on"], settings=WordSettings.of(settings)),
    }
    if stage in makers:
        return makers[stage]()
    if stage in TAKEN:
        raise InputError(f"{ref} was imported, and has to be imported again: {Lineage(made).command(ref)}")
    if stage == "train_descriptor":
        raise InputError(f"The network '{key}' has to be trained again: {Lineage(made).command(ref)}")
    return None


def clear(step: Step, refs: Iterable[Ref]) -> None:
    """Take what is to be made again out of the copy; of partitions the clusters stay, to number those found after them.

    Parameters
    ----------
    step, refs
    """
    lineage = Lineage(step.old)
    for ref in refs:
        if lineage.stage(ref) == "communities":
            _earlier_labels(step, ref)
        elif step.new.has(*ref):
            step.new.remove(*ref)


def make_again(step: Step, ref: Ref, *, why: str, tell: Callable[[str], None]) -> dict[str, Any] | None:
    """Make a thing again in the copy of a corpus that changes.

    Parameters
    ----------
    step, ref
    why, tell : A line on it is told.

    Returns
    -------
    dict or None
        Its facts; None where it is made together with another, or is left away.
    """
    lineage = Lineage(step.old)
    try:
        made = remade(
            step.new,
            ref,
            stage=lineage.stage(ref),
            params=lineage.params(ref),
            inputs=lineage.inputs_of(ref),
            made=step.old,
            weights=step.weights,
            device=step.device,
            workers=step.workers,
            progress=step.progress,
        )
    except (InputError, MissingError, StaleError) as error:
        if ref.kind != "reports":
            raise
        tell(f"{ref} was left away: {error}")  # such as a report on a column that is gone
        return None
    if made is None:
        return None
    tell(f"{ref}: made again ({why})")
    return made.facts


def _earlier_labels(step: Step, ref: Ref) -> None:
    old = step.old.get(*ref)
    labels = np.full(len(step.new), -1, dtype=np.int32)
    stay = step.change.origin >= 0
    labels[stay] = old[step.change.origin[stay]]
    label = step.old.label(*ref)
    made_by = {"stage": "communities", "revision": -1, "params": label["made_by"]["params"]}
    facts = {key: value for key, value in label["facts"].items() if key == "decisions"}  # how clusters were split
    step.new.put(*ref, {"": labels}, made_by=made_by, inputs={}, facts=facts)
