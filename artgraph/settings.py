"""What can be chosen in each stage: the one source of options, defaults, help, labels and commands.

A stage takes the fields of its class by name (``pipeline.build_graph(corpus, n_neighbors=10)``), the command line has
an option for each, and the label of what was made records all of them. Where work runs (threads, device) is no
setting: it does not change the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Literal, Self, get_args, get_origin, get_type_hints

from artgraph.checks import check_choice, check_seed
from artgraph.communities.methods import METHODS, QUALITIES, check_settings
from artgraph.errors import InputError

__all__ = [
    "FEATURES", "AskSettings", "ClusterSettings", "DescriptorSettings", "EvaluateSettings", "FuseSettings",
    "GraphSettings", "InfluenceSettings", "InterpretSettings", "LayoutSettings", "ReviewSettings", "Settings",
    "WordSettings", "WorklistSettings", "choices_of", "flag_of", "setting",
]  # fmt: skip

FEATURES = ("eye", "lite")  # where none are named: what needs no file of weights (``experiments/teach_the_eye.py``)
KINDS = ("attribution", "date", "school", "anonymous", "alone")  # of works on a worklist


def setting(
    default: Any,
    help: str | None = None,
    *,
    flag: str | None = None,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    metavar: str | None = None,
    keys: bool = False,
    choices: Iterable[str] = (),
) -> Any:
    """Declare a field of a settings class.

    Parameters
    ----------
    default
    help : Of the option; without it the command line has no such option.
    flag : The option; default: the name with dashes.
    least, most, above : The range of a number; ``above`` is not in it.
    metavar : What the help shows in place of the value.
    keys : The names are keys of features, which may be written as descriptors ('gram:resnet18').
    choices : The names that are allowed, where the type does not list them.
    """
    about = {"help": help, "flag": flag, "least": least, "most": most, "above": above, "metavar": metavar}
    return field(default=default, metadata=about | {"keys": keys, "choices": tuple(choices)})


@dataclass(frozen=True)
class Settings:
    """Base of all settings: names and ranges are checked, lists become tuples.

    Raises
    ------
    InputError
        An unknown name, or a number out of its range.
    """

    renamed: ClassVar[Mapping[str, str]] = {}  # what an earlier version called a field

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Make settings of keyword arguments; an unknown or a former name is an InputError that says what is meant."""
        known = [one.name for one in fields(cls)]
        for name in values:
            if name in cls.renamed and name not in known:
                raise InputError(f"'{name}' is now called '{cls.renamed[name]}'")
            check_choice("setting", name, known)
        return cls(**values)

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for one in fields(self):
            value, about = getattr(self, one.name), one.metadata
            if isinstance(value, list):
                object.__setattr__(self, one.name, tuple(value))
            if value is None and one.default is None:
                continue
            if isinstance(one.default, tuple) and value is None:
                object.__setattr__(self, one.name, one.default)
                continue
            if one.name == "seed":
                check_seed(value)
            if twice := _twice(value):
                raise InputError(f"{one.name} names '{twice}' twice; name it once")
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            choices = choices_of(one, hints[one.name])
            if choices and not (number and float in get_args(hints[one.name])):
                check_choice(one.name, value, choices)
            if number:
                _check_range(one.name, value, about)

    def params(self) -> dict[str, Any]:
        """Return all settings as JSON values, for a label."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @classmethod
    def words(cls, params: Mapping[str, Any]) -> list[str]:
        """Return the options that give these parameters of a label, as words of a command; defaults are left out."""
        found = []
        for one in fields(cls):
            value = params.get(one.name, one.default)
            value = tuple(value) if isinstance(value, list) else value
            if one.metadata.get("help") is None or value == one.default or value is None:
                continue
            flag = flag_of(one)
            if isinstance(value, bool):
                found.append(flag if value else f"--no-{flag.removeprefix('--')}")
            else:
                found += [flag, ",".join(map(str, value)) if isinstance(value, tuple) else str(value)]
        return found


def _twice(value: Any) -> str | None:
    """Return a name that a list of names holds more than once."""
    names = [text for text in value if isinstance(text, str)] if isinstance(value, (list, tuple)) else []
    return next((name for name in names if names.count(name) > 1), None)


def _check_range(name: str, value: float, about: Mapping[str, Any]) -> None:
    least, most, above = (about.get(bound) for bound in ("least", "most", "above"))
    fits = (least is None or value >= least) and (most is None or value <= most) and (above is None or value > above)
    if not fits:
        bounds = [f"at least {least}"] if least is not None else []
        bounds += [f"above {above}"] if above is not None else []
        bounds += [f"at most {most}"] if most is not None else []
        raise InputError(f"{name} is {value}; expected {' and '.join(bounds)}")


def flag_of(one: Any) -> str:
    """Return the option of a field (``one``), with its dashes."""
    return one.metadata.get("flag") or f"--{one.name.replace('_', '-')}"


def choices_of(one: Any, hint: Any) -> tuple[str, ...]:
    """Return the names that a field (``one``) allows: its choices, or the ``Literal`` in its type ``hint``."""
    if one.metadata.get("choices") or get_origin(hint) is Literal:
        return one.metadata.get("choices") or get_args(hint)
    return next((get_args(part) for part in get_args(hint) if get_origin(part) is Literal), ())


@dataclass(frozen=True)
class FuseSettings(Settings):
    """How several features become one."""

    on: tuple[str, ...] = setting((), "Features, separated by commas.", keys=True)
    weights: tuple[float, ...] | None = setting(None)  # one for each, 0 or more; None: 1 for each
    components: int = setting(128, least=1)  # kept of each, at most
    whitening: float = setting(0.5, least=0, most=1)  # 0: as they are; 1: all components have the same spread


@dataclass(frozen=True)
class GraphSettings(Settings):
    """How paintings are linked."""

    renamed: ClassVar[Mapping[str, str]] = {"weights": "kernel", "artist_strength": "artist_edge_weight"}

    on: tuple[str, ...] = setting(FEATURES, "Features, separated by commas.", keys=True)
    n_neighbors: int = setting(15, "Neighbours of each painting.", least=1)
    metric: Literal["cosine", "euclidean"] = setting("cosine", "Distance between features.")
    kernel: Literal["jaccard", "fuzzy", "gauss", "cosine"] = setting("jaccard", "Weight of an edge.")
    symmetry: Literal["union", "mutual"] = setting("union", "Edges where either is a neighbour of the other, or both.")
    hubness: Literal["none", "csls", "mutual-proximity"] = setting("none", "Correction for hubs.")
    merge: Literal["features", "weights", "snf", "layers"] = setting(
        "features",
        "Several features: joined before the search (features), mean of their graphs (weights), similarity network "
        "fusion (snf), or the mean with each graph kept as a layer (layers).",
    )
    regress_out: tuple[str, ...] = setting(
        (), "Remove the linear effect of these from the features: greyscale, margin, a column ..."
    )
    cross_artist: bool = setting(False, "Search neighbours among works by other artists.")
    artist_edges: bool = setting(False, "Also link works by the same artist, in a layer of their own.")
    artist_edge_weight: float = setting(0.5, "Weight of that layer beside the similarity edges.", least=0)
    max_years: float | None = setting(None, "No artist edge between works dated further apart, in years.", least=0)
    seed: int = setting(0, "Of approximate searches.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.on) == 1:
            object.__setattr__(self, "merge", "features")
        if not self.artist_edges:  # then these say nothing, and a label does not depend on them
            object.__setattr__(self, "artist_edge_weight", 0.5)
            object.__setattr__(self, "max_years", None)


@dataclass(frozen=True)
class ClusterSettings(Settings):
    """How a partition is found."""

    renamed: ClassVar[Mapping[str, str]] = {"layers": "graphs"}

    graph: str = setting("style", "The graph to cluster; for a method on features, the one that they are shown in.")
    on: tuple[str, ...] | None = setting(
        None, "Features, for a method that clusters features; default: those under the graph.", keys=True
    )
    method: str = setting("leiden", "leiden and spectral cluster a graph, the others features.", choices=METHODS)
    resolution: float | Literal["auto"] = setting(
        1.0, "Leiden: higher gives more clusters; auto: where clusters are stable and chance gives none.", above=0
    )
    n_clusters: int | None = setting(None, "How many clusters; default: as the method finds.", least=1)
    quality: str = setting("modularity", "What Leiden maximises.", choices=QUALITIES)
    consensus: int | None = setting(
        None,
        "Leiden: first weight every link by the share of so many runs, such as 16, that keep its ends together.",
        least=2,
        metavar="RUNS",
    )
    graphs: tuple[str, ...] | None = setting(
        None, "Leiden on several graphs with weights; 'artists' is the layer of artist edges.", metavar="A=1,B=0.5"
    )
    fixed: str | None = setting(
        None, "Leiden: works with the same value in this column stay together.", metavar="COLUMN"
    )
    max_size: int | None = setting(None, "Leiden: works in a cluster, at most.", least=1)
    pieces: int = setting(
        1, "Leiden: cut a graph that does not fit into memory into so many pieces, and join what is found.", least=1
    )
    decisions: bool = setting(True, "Obey what people decided, where they did: see artgraph decide.")
    levels: int = setting(1, "Above 1: also clusters of clusters, as partitions NAME-2, NAME-3 ...", least=1)
    membership: bool = setting(True, "Confidence, second cluster and role of every work.")
    keep_names_of: str | None = setting(
        None,
        "Number clusters as in this partition, or as in the partition of the same name in another corpus; default: as "
        "in the one that is replaced; none: by size.",
        metavar="PARTITION|CORPUS|none",
    )
    seed: int = setting(0, "Of the method.")

    def __post_init__(self) -> None:
        super().__post_init__()
        beyond = [name for name in ("graphs", "fixed", "max_size") if getattr(self, name) not in (None, ())]
        beyond += ["quality"] if self.quality != "modularity" else []
        beyond += ["pieces"] if self.pieces > 1 else []
        given = {"resolution": self.resolution, "n_clusters": self.n_clusters, "consensus": self.consensus}
        check_settings(self.method, **given, beyond=beyond)
        if self.on and METHODS[self.method].takes == "graph":
            raise InputError(
                f"'{self.method}' clusters a graph. Make one of these features: artgraph build-graph --on {self.on[0]}"
            )

    @property
    def search(self) -> dict[str, Any]:
        """What ``artgraph.communities.cluster`` is told of the method."""
        names = ("resolution", "n_clusters", "quality", "consensus", "max_size", "pieces", "seed")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class LayoutSettings(Settings):
    """How paintings are placed on the map."""

    seed: int = setting(0)


@dataclass(frozen=True)
class EvaluateSettings(Settings):
    """What a partition is compared with."""

    against: str = setting("style", "The column to compare with.")
    confounds: tuple[str, ...] = setting((), "Columns that clusters should not follow.", flag="--confound")
    n_neighbors: int = setting(15, "k of precision at k.", least=1)
    seed: int = setting(0, "Of permutations and bootstrap.")


@dataclass(frozen=True)
class InterpretSettings(Settings):
    """What is said of a cluster."""

    columns: tuple[str, ...] = setting(
        (), "Columns to test besides artist and date; default: all whose values recur.", flag="--column"
    )
    n_exemplars: int = setting(12, "Exemplars of each cluster.", flag="--exemplars", least=1)
    seed: int = setting(0, "Of the palettes.")


@dataclass(frozen=True)
class WordSettings(Settings):
    """What words are compared with."""

    phrases: int = setting(20, "Random phrases for each term; 20 keep false names at 5 %.", least=20)
    n_bootstrap: int = setting(200, least=1)
    seed: int = setting(0, "Of the random phrases and of the intervals.")


@dataclass(frozen=True)
class WorklistSettings(Settings):
    """Which works are listed."""

    kinds: tuple[str, ...] = setting(KINDS, "attribution, date, school, anonymous, alone, separated by commas.")
    school: str | None = setting(
        None, "The column of schools; default: school, culture or nationality, if there is one.", metavar="COLUMN"
    )
    n_neighbors: int = setting(8, "Works shown as evidence, for each descriptor.", least=1)
    max_fdr: float = setting(
        0.1, "Expected share of works listed by chance, of each kind; a higher one lists more.", least=0, most=1
    )
    seed: int = setting(0, "Of approximate searches.")

    def __post_init__(self) -> None:
        super().__post_init__()
        for kind in self.kinds:
            check_choice("kind", kind, KINDS)


@dataclass(frozen=True)
class AskSettings(Settings):
    """How many questions are asked."""

    budget: int = setting(50, "Questions, at most.", least=1)
    seed: int = setting(0, "Of the runs whose disagreement says what is uncertain.")


@dataclass(frozen=True)
class InfluenceSettings(Settings):
    """How links are compared with time."""

    seed: int = setting(0, "Of the shuffles.")


@dataclass(frozen=True)
class ReviewSettings(Settings):
    """How often clusters are sought again."""

    runs: int = setting(20, "Subsamples of four fifths of the works in which clusters are sought again.", least=2)
    seed: int = setting(0, "Of the subsamples.")


@dataclass(frozen=True)
class DescriptorSettings(Settings):
    """What features of a descriptor depend on besides the descriptor itself."""

    seed: int = setting(0, "Of the sample that reductions are learned on.")
