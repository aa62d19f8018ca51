"""The stages as labels and commands know them: which command makes what, and in which revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from artgraph import settings as chosen
from artgraph.descriptors.registry import DESCRIPTORS, PACKAGED
from artgraph.descriptors.tuning.config import TuningConfig
from artgraph.vgae.config import Config

__all__ = ["FIRST", "REPORTS", "STAGES", "TAKEN", "Stage", "current_params", "stage_of", "words_of"]


@dataclass(frozen=True)
class Stage:
    """One stage, as far as labels and commands are concerned.

    Attributes
    ----------
    command : Of the command line.
    option : The option that takes the key of what is made.
    default : The key where the option is not given.
    settings : The class of its settings.
    revision : Counted up when the stage gives other results for the same inputs and settings.
    functions : Labels without a revision named the stage so; they count as revision 0.
    """

    command: str
    option: str
    default: str = ""
    settings: type[chosen.Settings] | None = None
    revision: int = 0
    functions: tuple[str, ...] = ()


def _named(package: str, names: str) -> tuple[str, ...]:
    return tuple(f"artgraph.{package}.{name}" for name in names.split())


METHODS = "leiden spectral kmeans agglomerative gaussian_mixture bayesian_gaussian_mixture hdbscan dec"
STAGES = {
    "describe": Stage("describe", "--with", "", chosen.DescriptorSettings, 1, _named("descriptors", "extract")),
    "describe_dates": Stage("describe", "--with"),
    "fuse_features": Stage("describe", "--fuse-name", "", chosen.FuseSettings, 1, _named("descriptors", "fuse")),
    "import_vectors": Stage("import", "--name", "imported", None, 0, _named("descriptors.imported", "read_vectors")),
    "import_graph": Stage("import", "--name", "imported", chosen.GraphSettings),
    "import_labels": Stage("import", "--name", "imported"),
    "import_layout": Stage("import", "--name", "imported"),
    "train_descriptor": Stage(
        "train-descriptor", "--name", "mine", TuningConfig, 3, _named("descriptors.tuning", "train_descriptor")
    ),
    "thumbnails": Stage("evaluate", "--partition", revision=1),
    "coordinates": Stage("add", ""),
    "build_graph": Stage("build-graph", "--name", "style", chosen.GraphSettings, 4, _named("graph", "knn")),
    "train_vgae": Stage("train-vgae", "--name", "vgae", Config, 3, _named("vgae", "train_vgae encode")),
    "communities": Stage("communities", "--name", "leiden", chosen.ClusterSettings, 1, _named("communities", METHODS)),
    "coarsen": Stage("communities", "--name", "", None, 0, _named("communities", "coarsen")),
    "layout": Stage("atlas", "--partition", "", chosen.LayoutSettings, 2, _named("layouts", "graph_layout")),
    "evaluate": Stage(
        "evaluate", "--partition", "leiden", chosen.EvaluateSettings, 3, _named("evaluation", "partition_scores")
    ),
    "interpret": Stage("interpret", "--partition", "leiden", chosen.InterpretSettings, 4, ("artgraph.interpret",)),
    "worklist": Stage("worklist", "--partition", "leiden", chosen.WorklistSettings, 4, _named("interpret", "affinity")),
    "ask": Stage("ask", "--partition", "leiden", chosen.AskSettings, 1, _named("interpret", "questions")),
    "encode_words": Stage("words", "", "words", chosen.WordSettings),
    "words": Stage("words", "--partition", "leiden", chosen.WordSettings),
    "influence": Stage(
        "influence", "--partition", "leiden", chosen.InfluenceSettings, 1, _named("interpret", "influence")
    ),
    "review": Stage("review", "--partition", "leiden", chosen.ReviewSettings),
}
# stages that take what was made elsewhere, and the option that names it in its file
TAKEN = {"import_vectors": "--field", "import_graph": "--graph", "import_labels": "--labels"}
TAKEN |= {"import_layout": "--layout"}
# the stage that makes a thing of a kind, where there is no label that says so
FIRST = {"features": "describe", "graphs": "build_graph", "partitions": "communities", "layouts": "layout"}
FIRST |= {"models": "train_vgae", "patches": "describe", "reports": "evaluate"}
REPORTS = {"-clusters": "interpret", "-worklist": "worklist", "-influence": "influence", "-questions": "ask"}
REPORTS |= {"-review": "review", "-words": "words"}


def stage_of(label: Mapping[str, Any]) -> str | None:
    """Return the stage that made the thing of a ``label`` (a key of ``STAGES``); None where it was none of ours."""
    made_by = label["made_by"]
    if "stage" in made_by:
        return made_by["stage"]
    return next((name for name, stage in STAGES.items() if made_by["function"] in stage.functions), None)


def current_params(stage: str | None, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a label (``params``) of a ``stage``, under today's names, defaults filled in."""
    settings = STAGES[stage].settings if stage in STAGES else None
    if settings is None or stage in ("describe", "fuse_features"):
        return dict(params)
    return settings().params() | {settings.renamed.get(name, name): value for name, value in params.items()}


def words_of(stage: str, key: str, params: Mapping[str, Any], *, graphs: Sequence[str]) -> tuple[str, list[str]]:
    """Return what the option of a stage's command is given for a thing, and the other options that make it again.

    Parameters
    ----------
    stage, key : Which made it, and its key.
    params, graphs : Its settings, and the graphs among its inputs.
    """
    if stage in TAKEN:
        return key, ["FILE", *([TAKEN[stage], params["field"]] if params.get("field") else [])]
    words = []
    if stage == "describe":
        key, words = _as_option(key, params)
    elif stage == "train_vgae":
        words = [word for graph in graphs if graph != "style" for word in ("--graph", graph)]
        words += ["--decisions"] if params.get("decisions") else []
    if stage == "fuse_features":
        words = ["--with", ",".join(params["on"]), "--fuse"]
    elif STAGES[stage].settings is not None:
        words += STAGES[stage].settings.words(params)
    if stage == "encode_words" and not params["own"]:
        words += ["--vocabulary", "FILE"]
    return key, words


def _as_option(key: str, params: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return what --with is given for features of a descriptor with these parameters, and the other options."""
    name, backbone = params.get("descriptor", ""), params.get("backbone")
    words = ["--layers", ",".join(map(str, params["layers"]))] if params.get("layers") else []
    words += ["--ignore-color"] if params.get("grey") else []
    words += ["--weights", "FILE"] if params.get("weights_sha256") and backbone not in PACKAGED else []
    if (short := key.removesuffix("-grey")) in DESCRIPTORS and backbone in PACKAGED:
        return short, words
    return (name if backbone is None else f"{name}:{backbone}"), words
