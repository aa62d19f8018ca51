"""What a thing in a corpus was made from, by which stage, with which settings, and whether it still follows from them.

The only module that reads references (``"features/gram"``) and that knows which stage made what: everybody else asks
here. A thing is stale where an input has changed or is gone, or where its stage has since been changed so that it gives
other results: a label records the revision of the stage, and one older than in ``makers`` no longer counts.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from artgraph.communities.methods import METHODS
from artgraph.corpus import Corpus
from artgraph.errors import MissingError, StaleError
from artgraph.formats import plain
from artgraph.journal import remembered
from artgraph.makers import FIRST, REPORTS, STAGES, TAKEN, current_params, stage_of, words_of

__all__ = ["Basis", "Lineage", "Ref"]


class Ref(NamedTuple):
    """The name of a thing in a corpus, written 'features/gram'; a column of the table is 'paintings/artist'."""

    kind: str
    key: str

    @classmethod
    def of(cls, text: str) -> Ref:
        """Read a reference as labels write it."""
        return cls(*text.split("/", 1))

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


def _words_for(ref: Ref) -> list[str]:
    """Return the options for which ``communities`` gives a partition its name, such as 'vgae-leiden'; else none."""
    graph, _, method = ref.key.rpartition("-")
    if ref.kind != "partitions" or not graph or method not in METHODS:
        return []
    return ["--graph", graph, *(["--method", method] if method != "leiden" else [])]


TRAINING = ("train_descriptor", "train_vgae")
NO_LABELS = ("id", "date", "height_cm", "width_cm")  # columns that join, order or measure, and name no class


class Basis(NamedTuple):
    """What a partition was found in.

    Attributes
    ----------
    graph : Key of the (first) graph; for a partition of features the graph that it is measured in, if one is named.
    features : Keys of the features that the graph, or the partition itself, was made from.
    regress_out : What had been removed from them.
    """

    graph: str | None
    features: tuple[str, ...]
    regress_out: tuple[str, ...] = ()


class Lineage:
    """The history of everything in a corpus.

    Parameters
    ----------
    corpus
    """

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._columns: dict[str, str] = {}

    # ---- labels

    def label(self, ref: Ref) -> dict[str, Any]:
        """Return the label of a thing; a MissingError says which command makes it."""
        try:
            return self.corpus.label(*ref)
        except MissingError as error:
            said, guessed, _ = str(error).partition(" Did you mean")
            named = _words_for(ref)
            if guessed and not named:
                raise
            command = shlex.join(["artgraph", "communities", str(self.corpus.path), *named])
            raise MissingError(f"{said} Make it with: {command if named else self.command(ref)}") from None

    def known(self, ref: Ref) -> dict[str, Any]:
        """Return what is known of a thing, also where its label is damaged or gone: from the journal, or by its kind.

        ``made_by``, ``inputs`` and ``facts`` are those of a label; hashes and facts are missing where that is lost.
        """
        guess = {"made_by": {"stage": self._first(ref), "params": {}}, "inputs": {}}
        return {"facts": {}, **(self._remembered(ref) or guess)}

    def _remembered(self, ref: Ref) -> dict[str, Any] | None:
        """Return the label of a thing, or what the journal, or else a model made together with it, says of it."""
        kinds = ("models", "features") if ref.kind in ("models", "features", "patches") else ()
        labels = (self.corpus.sound_label(kind, ref.key) for kind in kinds)
        return self.corpus.sound_label(*ref) or self._journal.get(str(ref)) or next(filter(None, labels), None)

    @cached_property
    def _journal(self) -> dict[str, dict[str, Any]]:
        """What the journal says of each thing, the last time that it was made."""
        return remembered(self.corpus.path / "journal.jsonl")

    def stage(self, ref: Ref) -> str | None:
        """Return the stage that made a thing (a key of ``STAGES``); None where it was none of ours."""
        return stage_of(self._there(ref))

    def _there(self, ref: Ref) -> dict[str, Any]:
        return self.known(ref) if self.corpus.has(*ref) else self.label(ref)

    def params(self, ref: Ref) -> dict[str, Any]:
        """Return the settings that a thing was made with, under today's names, defaults filled in."""
        return self._params_of(self._there(ref))

    def _params_of(self, label: Mapping[str, Any]) -> dict[str, Any]:
        params, stage = dict(label["made_by"]["params"]), stage_of(label)
        if "function" in label["made_by"] and stage == "communities":  # the version before named no graph
            graphs = [one.key for one in map(Ref.of, label["inputs"]) if one.kind == "graphs"]
            params = {"graph": graphs[0], **params} if graphs else params
            params.pop("keep_names_of", None)  # a hash, then
        return current_params(stage, params)

    def inputs_of(self, ref: Ref, kind: str | None = None) -> list[Ref]:
        """Return what a thing was made from, all of it or that of one kind."""
        found = [Ref.of(text) for text in self._there(ref)["inputs"]]
        return [one for one in found if kind in (None, one.kind)]

    def ancestors(self, ref: Ref, *, measured: bool = True) -> list[Ref]:
        """Return everything under a thing, and the thing last, each after what it was made from; no columns.

        Without ``measured``, the graph that a partition of features is only measured in is left out.
        """
        found: dict[Ref, None] = {}

        def visit(one: Ref) -> None:
            if one in found or one.kind == "paintings" or not self.corpus.has(*one):
                return
            features = one.kind == "partitions" and bool(self.inputs_of(one, "features"))
            for source in self.inputs_of(one):
                if source != one and (measured or not features or source.kind != "graphs"):
                    visit(source)
            found[one] = None

        visit(ref)
        return list(found)

    # ---- what is up to date

    def _revision(self, ref: Ref) -> tuple[int, int]:
        stage = self.stage(ref)
        now = STAGES[stage].revision if stage in STAGES else 0
        return self.known(ref)["made_by"].get("revision", 0), now

    def stale(self, ref: Ref) -> list[str]:
        """Return why a thing must be made again (list of str); empty when it is up to date.

        It is damaged, as far as lengths of files tell, or it no longer follows from its inputs.
        """
        if not self.corpus.has(*ref):
            self.label(ref)
        damage = self.corpus.damage(*ref)
        return damage + (self._outdated(ref, {}) if self.corpus.sound_label(*ref) else [])

    def _outdated(self, ref: Ref, known: dict[Ref, list[str]]) -> list[str]:
        """Return why a thing no longer follows from its inputs; ``known`` are answers given already."""
        if ref in known:
            return known[ref]
        reasons = known[ref] = []
        made, now = self._revision(ref)
        if made < now:
            reasons.append("it was made by an earlier version of artgraph, which gave other results")
        for text, recorded in self.label(ref)["inputs"].items():
            source, there = Ref.of(text), None
            if source.kind == "paintings":
                there = self._column(source.key)
            elif self.corpus.has(*source):
                if (label := self.corpus.sound_label(*source)) is None:
                    reasons.append(f"the label of {source} is damaged")
                    continue
                there = label["sha256"]
                reasons += [f"{source}: {reason}" for reason in self._outdated(source, known)]
            if there is None:
                reasons.append(f"{source} is no longer there")
            elif there != recorded:
                reasons.append(f"{source} has changed")
        return reasons

    def _column(self, name: str) -> str | None:
        """Return the hash of a column, None where there is none; the table of an open corpus does not change."""
        if name not in self._columns and name in self.corpus.paintings.columns:
            self._columns[name] = self.corpus.column_sha256(name)
        return self._columns.get(name)

    def inputs(self, refs: Iterable[Ref]) -> dict[str, str]:
        """Return {reference: hash} of what a stage is about to read.

        Raises
        ------
        MissingError, StaleError
            One of them is not there, or does not follow from its own inputs any more; with the command to run.
        """
        hashes = {}
        for ref in refs:
            if ref.kind == "paintings":
                hashes[str(ref)] = self._column(ref.key) or self.corpus.column_sha256(ref.key)
                continue
            label = self.label(ref)
            if reasons := self.stale(ref):
                raise StaleError(
                    f"{ref.kind} '{ref.key}' in {self.corpus.path} is stale: {reasons[0]}. "
                    f"Make it again: {self.remedy(ref)}"
                )
            hashes[str(ref)] = label["sha256"]
        return hashes

    def up_to_date(self, ref: Ref, stage: str, params: Mapping[str, Any], inputs: Mapping[str, str]) -> bool:
        """Return whether a thing is there, made by this stage, in its present revision, with these settings and inputs.

        A model that was made together with the thing, and has its name, is not compared: its inputs are the same.
        """
        if not self._whole(ref) or self.stage(ref) != stage:
            return False
        made, now = self._revision(ref)
        recorded, given, companion = dict(self.label(ref)["inputs"]), dict(inputs), Ref("models", ref.key)
        for beside in (companion, Ref("patches", ref.key)) if ref.kind == "features" else ():
            if self.corpus.has(*beside) and self.stage(beside) == stage == "describe" and not self._whole(beside):
                return False
        if ref.kind != "models" and self.corpus.has(*companion) and self.stage(companion) == stage:
            recorded.pop(str(companion), None)
            given.pop(str(companion), None)
        same = self.params(ref) == current_params(stage, plain(params))
        return made == now and same and recorded == given

    def _whole(self, ref: Ref) -> bool:
        return self.corpus.has(*ref) and not self.corpus.damage(*ref, whole=True)

    def remedy(self, ref: Ref) -> str:
        """Return the commands, joined by '&&', that bring a stale thing up to date: what it rests on first."""
        commands = [self.command(one) for one in self.ancestors(ref) if one != ref and self.stale(one)]
        return " && ".join(dict.fromkeys([*commands, self.command(ref)]))

    def command(self, ref: Ref) -> str:
        """Return the command that makes a thing, or makes it again with the settings it has."""
        label = self._remembered(ref)
        name = (label and stage_of(label)) or self._first(ref)
        name = name if name in STAGES else self._first(ref)
        if name == "describe" and not self.corpus.has_pictures:
            name = "import_vectors"
        if name == "coarsen":
            return self.command(Ref(ref.kind, ref.key.rsplit("-", 1)[0]))
        stage, key, words = STAGES[name], ref.key, ["FILE"] if name in TAKEN else []
        if ref.kind == "reports":
            key = key.removesuffix(next((end for end, by in REPORTS.items() if by == name), ""))
        if label:
            graphs = [one.key for one in map(Ref.of, label["inputs"]) if one.kind == "graphs"]
            key, words = words_of(name, key, self._params_of(label), graphs=graphs)
        if name == "layout":  # an atlas, or any other view, of a partition that is shown on that graph, makes its map
            key = next((one for one in self._partitions() if self._shown_on(one, ref.key)), "leiden")
        elif name == "thumbnails":  # measured whichever partition is evaluated
            key = next(iter(self._partitions()), "leiden")
        named = [] if key == stage.default else [stage.option, key]
        return shlex.join(["artgraph", stage.command, str(self.corpus.home), *named, *words])

    def _partitions(self) -> list[str]:
        return sorted(self.corpus.keys("partitions"), key=lambda key: key != "leiden")

    def _shown_on(self, partition: str, graph: str) -> bool:
        return self.corpus.sound_label("partitions", partition) is not None and self.basis(partition).graph == graph

    @staticmethod
    def _first(ref: Ref) -> str:
        if ref.kind == "reports":
            return next((name for end, name in REPORTS.items() if ref.key.endswith(end)), "evaluate")
        return FIRST[ref.kind]

    # ---- what is under a partition

    def basis(self, partition: str) -> Basis:
        """Return the graph and features (Basis) that a partition was found in."""
        ref = Ref("partitions", partition)
        graphs = [one.key for one in self.inputs_of(ref, "graphs")]
        features = tuple(one.key for one in self.inputs_of(ref, "features"))
        params = self.label(ref)["made_by"]["params"]
        graph = params.get("graph") or next(iter(graphs), None)
        if graph is None or not self.corpus.has("graphs", graph):
            return Basis(graph, features)
        built = self.params(Ref("graphs", graph))
        on = tuple(built["on"])
        same = not features or features == on
        return Basis(graph, features or on, tuple(built["regress_out"]) if same else ())

    def shown_graph(self, partition: str) -> str:
        """Return the key of the graph that a partition is shown on: its own, else 'style', else the first there is."""
        graph, features, _ = self.basis(partition)
        there = self.corpus.keys("graphs")
        graph = graph or next(iter(sorted(there, key=lambda key: key != "style")), None)
        if graph is None:
            raise MissingError(
                f"'{partition}' is shown with the links of a graph, and {self.corpus.path} has none. "
                f"Make one with: artgraph build-graph {self.corpus.path} --on {','.join(features)}"
            )
        return graph

    def descriptors(self, features: Sequence[str]) -> tuple[str, ...]:
        """Return the features that others rest on: those behind a fusion or a VGAE, none of them learned on a graph."""
        found: list[str] = []
        for key in features:
            ref = Ref("features", key)
            stage = self.stage(ref)
            if stage == "fuse_features":
                found += self.descriptors(self.params(ref)["on"])
            elif graphs := self.inputs_of(ref, "graphs"):
                found += [one for graph in graphs for one in self.descriptors(self.params(graph)["on"])]
            else:
                found.append(key)
        return tuple(dict.fromkeys(found))

    def columns_used(self, ref: Ref) -> list[str]:
        """Return the columns whose values made links, taught a model, or fixed works, under a thing (sorted).

        Not among them: what only joined or measured, dates that only prevented links, what was regressed out.
        """
        found = set()
        for one in self.ancestors(ref, measured=False):
            removed = self.label(one)["made_by"]["params"].get("regress_out") or ()
            columns = {source.key for source in self.inputs_of(one, "paintings")}
            found |= {key for key in columns - {*removed, *NO_LABELS} if not key.startswith("image")}
            found |= {"date"} if self.stage(one) == "describe_dates" else set()
        return sorted(found)

    def taught_by_names(self, ref: Ref) -> list[Ref]:
        """Return the features and models under a thing that artists' names taught."""
        found = []
        for one in self.ancestors(ref, measured=False):
            if self.stage(one) in TRAINING and Ref("paintings", "artist") in self.inputs_of(one):
                params = self.params(one)
                learns = params.get("model") not in ("none", "smooth") and params.get("artist_weight", 1) != 0
                found += [one] if learns else []
        return found


Corpus.remedy = staticmethod(lambda corpus, kind, key: Lineage(corpus).remedy(Ref(kind, key)))
