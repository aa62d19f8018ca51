"""Every file and column that a command reads belongs in the label: where it changes, what was made is not up to date.

The list of them is read off the commands, so that a new one fails here until it has a test.
"""

import inspect
import re
from types import SimpleNamespace

import click
import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file, save_file

from artgraph import pipeline
from artgraph.cli import main
from artgraph.corpus import Corpus
from artgraph.descriptors.eye import BACKBONE, WEIGHTS
from artgraph.lineage import Lineage, Ref
from artgraph.stages.ingest import ingest
from artgraph.testing import toy_corpus, toy_pictures
from tests.descriptors.test_openclip import tiny

WRITTEN = {"out", "sheet", "storage"}
NO_LABEL = {("similar", "query"), ("similar", "weights"), ("harvest", "source")}  # answers, and a folder of pictures
NO_LABEL |= {("words", "weights")}  # only those that the works were described with are taken
THE_SAME = {  # calls these
    "run": "ingest, describe",
    "demo": "run",
    "costs": "on a sample, in a folder that is removed",
    "add": "ingest, describe, import_vectors",  # what it makes follows from works that are new: see test_growing
    "update": "ingest, describe, import_vectors",
    "remove": "what it is given is gone afterwards",
    "decide": "its rows stand in decisions.csv, whose hash is in the label of a partition: see test_deciding",
    "merge": "shards, in folders that are named by the hash of what they were made of: see test_shares",
    "replay": "all of them, in another folder",
}


def what_commands_read():
    found = set()
    for name in pipeline.__all__:
        if inspect.isfunction(function := getattr(pipeline, name)):
            for one in inspect.signature(function).parameters.values():
                found |= {(name, one.name)} if "Path" in str(one.annotation) else set()
    for name, command in main.commands.items():
        function = {"import": "import_vectors"}.get(name, name.replace("-", "_"))
        for one in command.params:
            marked = any(word in (getattr(one, "metavar", None) or "") for word in ("FILE", "COLUMN", "CORPUS"))
            if marked or (isinstance(one.type, click.Path) and one.name != "corpus"):
                found.add((function, one.name))
    return {(name, read) for name, read in found if read not in WRITTEN and name not in THE_SAME} - NO_LABEL


@pytest.fixture
def clustered(tmp_path):
    corpus = toy_corpus(tmp_path)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=3)
    pipeline.communities(corpus)
    return corpus


def vectors(folder, value):
    np.save(folder / "v.npy", np.arange(36, dtype=np.float32).reshape(12, 3) + value)
    return folder / "v.npy"


def weights(folder, value):
    state = load_file(WEIGHTS)
    name = next(name for name, tensor in state.items() if tensor.is_floating_point())
    state[name] = state[name] + value
    save_file(state, folder / "w.safetensors")
    return folder / "w.safetensors"


def with_column(corpus, name, value):
    table = corpus.paintings.assign(**{name: [value, *(["other", value] * 6)[:11]]})
    return Corpus.create(corpus.path, table, image_root=corpus.image_root)


def import_file(corpus, folder, value):
    return pipeline.import_vectors(corpus, vectors(folder, value)).fresh


def import_ids(corpus, folder, value):
    ids = list(corpus.paintings["id"])
    (folder / "ids.txt").write_text("\n".join(ids[value:] + ids[:value]))
    return pipeline.import_vectors(corpus, vectors(folder, 0), id_file=folder / "ids.txt").fresh


def describe_weights(corpus, folder, value):
    given = [f"{BACKBONE}={weights(folder, value)}"]
    return pipeline.describe(corpus, descriptors=(f"cnn:{BACKBONE}",), weights=given)[0].fresh


def tune_weights(corpus, folder, value):
    given = {"weights": [weights(folder, value)], "objective": "simclr", "steps": 1}
    return pipeline.train_descriptor(corpus, **given).fresh


def subject(corpus, folder, value):
    corpus = with_column(corpus, "motif", f"dog {value}")
    return pipeline.train_descriptor(corpus, subject="motif", objective="simclr", steps=1).fresh


def fixed(corpus, folder, value):
    return pipeline.communities(with_column(corpus, "place", f"Delft {value}"), fixed="place").fresh


def school(corpus, folder, value):
    return pipeline.worklist(with_column(corpus, "origin", f"Siena {value}"), school="origin").fresh


def names_of_a_corpus(corpus, folder, value):
    if not (folder / "earlier").exists():
        earlier = toy_corpus(folder / "earlier")
    earlier = Corpus(folder / "earlier" / "corpus")
    labels = {"": np.roll(np.repeat(np.arange(3, dtype=np.int32), 4), value)}
    earlier.put("partitions", "named", labels, made_by={"stage": "communities", "params": {}}, inputs={})
    return pipeline.communities(corpus, name="named", keep_names_of=str(earlier.path)).fresh


def vocabulary(corpus, folder, value):
    if not corpus.has("features", "openclip"):
        tiny(folder / "clip")
        pipeline.describe(corpus, descriptors=("openclip",), weights=folder / "clip" / "m.safetensors")
    (folder / "terms.csv").write_text(f"term\nnight {value}\n")
    return pipeline.words(corpus, vocabulary=folder / "terms.csv").fresh


def images(corpus, folder, value):
    toy_pictures(folder / "others", n=12, seed=value)
    before = (corpus.path / "paintings.parquet").read_bytes()
    ingest(folder / "others", corpus.path, metadata=folder / "pictures" / "metadata.csv")
    return (corpus.path / "paintings.parquet").read_bytes() != before


def metadata(corpus, folder, value):
    sheet = folder / "pictures" / "metadata.csv"
    sheet.write_text(re.sub(r"(Stripes|Zebra \d) 1,", f"Zebra {value} 1,", sheet.read_text()))
    before = (corpus.path / "paintings.parquet").read_bytes()
    ingest(folder / "pictures", corpus.path, metadata=sheet)
    return (corpus.path / "paintings.parquet").read_bytes() != before


READ = {
    ("import_vectors", "file"): import_file,
    ("import_vectors", "id_file"): import_ids,
    ("describe", "weights"): describe_weights,
    ("train_descriptor", "weights"): tune_weights,
    ("train_descriptor", "subject"): subject,
    ("communities", "fixed"): fixed,
    ("communities", "keep_names_of"): names_of_a_corpus,
    ("worklist", "school"): school,
    ("words", "vocabulary"): vocabulary,
    ("ingest", "images"): images,
    ("ingest", "metadata"): metadata,
}


def test_every_file_and_column_that_a_command_reads_has_a_test():
    assert what_commands_read() == set(READ)


@pytest.mark.parametrize("read", READ, ids=" ".join)
def test_what_was_made_from_another_file_is_not_up_to_date(clustered, tmp_path, read, monkeypatch):
    tuned = SimpleNamespace(state={"w": torch.ones(1)}, facts={}, history=[])
    monkeypatch.setattr("artgraph.descriptors.tuning.train.train_descriptor", lambda *given, **options: tuned)
    assert READ[read](clustered, tmp_path, 1)
    assert not READ[read](clustered, tmp_path, 1)
    assert READ[read](clustered, tmp_path, 2)


@pytest.mark.parametrize(
    ("stage", "settings", "column"),
    [
        ("evaluate", {"against": "kind"}, "kind"),
        ("evaluate", {"confounds": ("lender",)}, "lender"),
        ("evaluate", {}, "split"),
        ("evaluate", {}, "artist"),
        ("interpret", {"columns": ("kind",)}, "kind"),
        ("worklist", {}, "school"),
        ("build_graph", {"on": ("color",), "regress_out": ("lender",)}, "lender"),
    ],
)
def test_what_was_made_from_another_column_is_not_up_to_date(clustered, stage, settings, column):
    make = getattr(pipeline, stage)
    assert make(with_column(clustered, column, "a"), **settings).fresh
    assert not make(Corpus(clustered.path), **settings).fresh
    changed = with_column(clustered, column, "b")
    kind = {"build_graph": ("graphs", "style"), "evaluate": ("reports", "leiden")}
    kind |= {"interpret": ("reports", "leiden-clusters"), "worklist": ("reports", "leiden-worklist")}
    assert f"paintings/{column} has changed" in Lineage(changed).stale(Ref(*kind[stage]))
    pd.testing.assert_series_equal(changed.paintings[column], Corpus(clustered.path).paintings[column])
