"""One truth about artists and years, wherever it is asked."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from artgraph import pipeline
from artgraph.catalogue import CONFOUNDS, Catalogue
from artgraph.corpus import Corpus
from artgraph.dates import parse_years
from artgraph.errors import InputError
from artgraph.graph import linkable_artists
from artgraph.lineage import Lineage, Ref
from artgraph.stages.base import catalogue_of

SAID = [  # artist, date as catalogues write them; the artist that works are linked under, the year
    ("Unbekannt", "500 BC", None, -500.0),
    ("Workshop of Rembrandt", "17th century", "rembrandt (workshop)", 1650.0),
    ("Rembrandt (1606-1669)", "1650", "rembrandt", 1650.0),
    ("REMBRANDT", "c. 1650-1652", "rembrandt", 1651.0),
    ("Anonymous", "1870s", None, 1875.0),
    ("Follower of Rembrandt", "n.d.", None, np.nan),
    ("неизвестный художник", "до 1910", None, 1910.0),
    (None, None, None, np.nan),
]


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """A corpus whose table says what is in SAID, with everything made that shows artists and years."""
    from artgraph.testing import toy_corpus

    toy = toy_corpus(tmp_path_factory.mktemp("said"), n=60)
    table = toy.paintings.copy()
    for row, (artist, date, _, _) in enumerate(SAID):
        table.loc[row, "artist"], table.loc[row, "date"] = artist, date
    corpus = Corpus.create(toy.path, table, image_root=toy.image_root)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), artist_edges=True)
    pipeline.communities(corpus)
    pipeline.interpret(corpus)
    pipeline.atlas(corpus)
    return corpus


def test_the_catalogue_says_what_the_parsers_say(said):
    catalogue = catalogue_of(said)
    assert catalogue.artists == linkable_artists(said.paintings["artist"])
    np.testing.assert_equal(catalogue.years, parse_years(said.paintings["date"]))
    for row, (_, _, artist, year) in enumerate(SAID):
        assert catalogue.artists[row] == artist
        np.testing.assert_equal(catalogue.years[row], year)
        assert (catalogue.decades[row] is None) == np.isnan(year)
    assert catalogue.artist_names[3] == catalogue.artist_names[2] == "Rembrandt (1606-1669)"  # as first written
    assert catalogue.works_by_artist["rembrandt"] == 2


def test_the_exports_have_the_years_of_the_catalogue(said):
    file = pipeline.export(said, to="csv").key
    table = pd.read_csv(file, encoding="utf-8-sig")
    years = np.floor(catalogue_of(said).years)
    np.testing.assert_array_equal(table["year"].to_numpy(float), years)


def test_the_graph_links_the_artists_of_the_catalogue(said):
    links = said.get("graphs", "style", "artists").tocoo()
    artists = catalogue_of(said).artists
    assert links.nnz > 0
    assert all(artists[i] is not None and artists[i] == artists[j] for i, j in zip(links.row, links.col, strict=True))


def test_the_confounds_are_columns_or_measured(corpus):
    measured = catalogue_of(corpus, measured=True)
    found = measured.confounds()
    assert list(found) == list(CONFOUNDS)
    assert all(len(values) == len(corpus) for values in found.values())
    assert list(measured.confounds(["greyscale"], also=["artist"])) == ["greyscale", "artist"]
    with pytest.raises(InputError, match=r"no column 'subjekt'.*measured of every picture: greyscale"):
        measured.confounds(["subjekt"])
    with pytest.raises(InputError, match="measured on thumbnails"):
        Catalogue(corpus.paintings).confounds(["margin"])


def test_a_catalogue_knows_whether_names_can_teach():
    names = [f"Artist {k}" for k in range(30)]
    assert Catalogue(pd.DataFrame({"artist": names * 2})).has_many_artists
    assert not Catalogue(pd.DataFrame({"artist": names[:29] * 2})).has_many_artists


def test_the_spellings_that_were_joined_are_shown():
    names = ["Hals", "Hals (1582-1666)", "HALS", "Hals", "Unknown", "Circle of Hals", "Q5582", "Q5593", None, " "]
    catalogue = Catalogue(pd.DataFrame({"artist": names}))
    assert catalogue.joined_spellings == {"Hals": ["Hals", "HALS", "Hals (1582-1666)"]}
    assert catalogue.spellings == [
        ("Hals", "Hals", 2),
        ("HALS", "Hals", 1),
        ("Hals (1582-1666)", "Hals", 1),
        ("Q5582", "Q5582", 1),
        ("Q5593", "Q5593", 1),
        ("Circle of Hals", None, 1),
        ("Unknown", None, 1),
    ]


def test_what_was_read_is_in_the_lineage(said):
    assert Lineage(said).columns_used(Ref("partitions", "leiden")) == ["artist"]
    methods = json.loads((said.path / "reports" / "leiden-clusters.json").read_text("utf-8"))["facts"]["methods"]
    assert re.search("artist", methods)
