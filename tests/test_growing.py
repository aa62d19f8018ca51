"""A corpus after its first day: what is added, taken away, replaced or corrected, and what stays as it was."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from artgraph import pipeline
from artgraph.corpus import Corpus
from artgraph.errors import IngestError, InputError, LockedError
from artgraph.lineage import Lineage, Ref
from artgraph.stages.change import ordered
from artgraph.testing import toy_pictures

DESCRIPTORS = ("color", "texture")
N, NEW = 60, 6


def made(folder, *, names=True, n=N):
    """Make a corpus with everything in it: two features, graph, latents, partitions, map, reports."""
    corpus = pipeline.ingest(folder, folder.parent / "corpus", metadata=folder / "metadata.csv")
    pipeline.describe(corpus, descriptors=DESCRIPTORS)
    pipeline.build_graph(corpus, on=DESCRIPTORS, artist_edges=names, n_neighbors=5)
    pipeline.communities(corpus, levels=2)
    pipeline.train_vgae(corpus, epochs=1, latent_dim=8)
    pipeline.build_graph(corpus, on=("vgae",), name="vgae", n_neighbors=5)
    pipeline.communities(corpus, graph="vgae", membership=False)
    pipeline.communities(corpus, method="kmeans", n_clusters=3)
    pipeline.evaluate(corpus)
    pipeline.worklist(corpus)
    pipeline.interpret(corpus)
    pipeline.layout(corpus)
    return corpus


@pytest.fixture(scope="module")
def first_day(tmp_path_factory):
    """A folder with ``pictures`` (60), ``new`` (6 more), and ``corpus``; not to be changed."""
    home = tmp_path_factory.mktemp("growing")
    toy_pictures(home / "all", n=N + NEW)
    table = pd.read_csv(home / "all" / "metadata.csv")
    for name, rows in (("pictures", table.iloc[:N]), ("new", table.iloc[N:])):
        (home / name / "images").mkdir(parents=True)
        for path in rows["path"]:
            shutil.copy2(home / "all" / path, home / name / path)
        rows.to_csv(home / name / "metadata.csv", index=False)
    made(home / "pictures")
    return home


@pytest.fixture
def home(first_day, tmp_path):
    """A copy of it that may be changed."""
    shutil.copytree(first_day, tmp_path / "home")
    corpus = tmp_path / "home" / "corpus"
    head = json.loads((corpus / "corpus.json").read_text())
    head["image_root"] = (tmp_path / "home" / "pictures").as_posix()
    head["made_by"]["params"]["metadata"] = (tmp_path / "home" / "pictures" / "metadata.csv").as_posix()
    (corpus / "corpus.json").write_text(json.dumps(head))
    return tmp_path / "home"


def sound(corpus):
    """Assert that every label is of these works and follows from what is there."""
    lineage = Lineage(corpus)
    for ref in ordered(corpus):
        assert lineage.stale(ref) == [], ref
        assert corpus.label(*ref)["ids_sha256"] == corpus.ids_sha256
    for kind in ("features", "partitions", "layouts"):
        for key in corpus.keys(kind):
            assert len(corpus.get(kind, key)) == len(corpus), (kind, key)


def test_add_keeps_what_was_there(home):
    before = Corpus(home / "corpus")
    old = {
        (kind, key): before.get(kind, key)
        for kind in ("features", "partitions", "layouts")
        for key in before.keys(kind)
    }
    growth = pipeline.add(before, home / "new", metadata=home / "new" / "metadata.csv")
    corpus = Corpus(home / "corpus")
    assert len(growth.found.added) == NEW and corpus.batches == [N, NEW]
    assert list(corpus.paintings["id"][:N]) == list(before.paintings["id"])
    assert corpus.paintings["artist"].notna().all() and corpus.paintings["image_sha256"].notna().all()
    sound(corpus)
    for (kind, key), array in old.items():
        assert corpus.get(kind, key)[:N].tobytes() == array.tobytes(), (kind, key)
    labels = corpus.get("partitions", "leiden")
    assert set(labels[N:].tolist()) <= set(labels[:N].tolist()) | {-1}
    assert not list((home / "corpus").glob(".next*")) and not (home / "corpus" / ".commit").exists()
