"""A corpus in a notebook: labels, graph, what is there and how it was made."""

import base64
import io
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from artgraph import Corpus, pipeline
from artgraph.errors import MissingError, StaleError
from artgraph.views import exemplar_rows


@pytest.fixture
def copy(described, tmp_path):
    """The described corpus, to be changed."""
    shutil.copytree(described.path.parent, tmp_path / "copy")
    return Corpus(tmp_path / "copy" / "corpus")


def test_labels_are_a_series_by_id(described):
    found = described.labels()
    assert isinstance(found, pd.Series)
    assert found.name == "leiden"
    assert found.index.tolist() == described.paintings["id"].tolist()
    assert (found.to_numpy() == described.get("partitions", "leiden")).all()
    with pytest.raises(MissingError, match="artgraph communities"):
        described.labels("spectral")


def test_the_graph_is_the_one_that_clusters_are_found_in(copy):
    assert (copy.graph() != copy.get("graphs", "style")).nnz == 0
    pipeline.build_graph(copy, on=("color",), name="by-hand", artist_edges=True)
    merged, alone = copy.graph("by-hand"), copy.get("graphs", "by-hand")
    assert merged.sum() > alone.sum()
    assert merged.shape == (60, 60)
    with pytest.raises(MissingError):
        copy.graph("nothing")


def test_defaults_are_what_the_page_shows_first(copy):
    pipeline.build_graph(copy, on=("color",), name="hue")
    pipeline.communities(copy, graph="hue", n_clusters=2)
    assert copy.labels().name == "leiden"
    pipeline.atlas(copy, partition="hue-leiden")
    assert copy.labels().name == "hue-leiden"
    assert (copy.graph() != copy.get("graphs", "hue")).nnz == 0


def test_what_is_stale_is_refused(copy):
    pipeline.build_graph(copy, on=("color",))
    with pytest.raises(StaleError, match="artgraph communities"):
        copy.labels()
    assert "is stale" in copy._repr_html_()


def test_a_line_says_what_is_there(described):
    assert repr(described) == (
        f"Corpus({str(described.path)!r}, n=60; features: color, texture; graphs: style; partitions: leiden)"
    )


def test_the_page_of_a_corpus_shows_exemplars_and_commands(described):
    page = described._repr_html_()
    uris = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)
    assert len(uris) == sum(map(len, exemplar_rows(described, "leiden").values()))
    assert max(Image.open(io.BytesIO(base64.b64decode(uri))).size[0] for uri in uris) <= 72
    assert len(page) < 300_000
    assert "artgraph build-graph" in page
    assert "60 works" in page
    assert f"{len(set(described.labels()))} clusters" in page


def test_titles_cannot_break_the_page(copy):
    table = copy.paintings.copy()
    table["title"] = '"><script>alert(1)</script>'
    changed = Corpus.create(copy.path, table, image_root=copy.image_root)
    page = changed._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_exemplars_are_those_that_interpret_chose(copy):
    sure = exemplar_rows(copy, "leiden", n_works=3)
    confidence, labels = copy.get("partitions", "leiden", "membership")["confidence"], copy.get("partitions", "leiden")
    for label, rows in sure.items():
        assert confidence[rows].min() >= np.sort(confidence[labels == label])[-3]
    pipeline.interpret(copy)
    told = copy.label("reports", "leiden-clusters")["facts"]["clusters"]
    row = {key: at for at, key in enumerate(copy.paintings["id"])}
    assert exemplar_rows(copy, "leiden") == {one["cluster"]: [row[key] for key in one["exemplars"][:6]] for one in told}


def test_a_corpus_without_anything_or_without_pictures_is_shown(corpus, tmp_path):
    assert "12 works" in corpus._repr_html_()
    pd.DataFrame({"id": ["a", "b"], "title": ["A", "B"]}).to_csv(tmp_path / "t.csv", index=False)
    bare = pipeline.ingest(None, tmp_path / "bare", metadata=tmp_path / "t.csv")
    assert "no pictures" in bare._repr_html_()
