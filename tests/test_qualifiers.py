"""What museums write beside a name, in nine languages, and what it means."""

import csv
from pathlib import Path

import pytest

from artgraph.graph import attributions, linkable_artists
from artgraph.qualifiers import kind_of, kinds_in, qualified, without_qualifiers
from artgraph.qualifierwords import KINDS

with open(Path(__file__).parent / "data" / "attributions.csv", encoding="utf-8") as file:
    PHRASES = [tuple(row.values()) for row in csv.DictReader(file)]


def test_there_are_enough_phrases_in_nine_languages():
    assert len({phrase for _, phrase, *_ in PHRASES}) >= 150
    assert {language for language, *_ in PHRASES} == {"en", "fr", "de", "it", "es", "nl", "ru", "zh", "ja"}
    assert {kind for _, _, kind, *_ in PHRASES} - {""} == {kind.name for kind in KINDS}


@pytest.mark.parametrize(("language", "phrase", "kind", "place", "name"), PHRASES, ids=lambda text: text)
def test_every_phrase_has_its_place(language, phrase, kind, place, name):
    one, master = attributions([phrase, name])
    assert one.artist == {"nobody": None, "group": f"{name.casefold()} (workshop)", "master": name.casefold()}[place]
    if kind:
        assert kind in kinds_in(phrase)
        assert without_qualifiers(phrase) == name
        assert bool(one.qualifier)
    if kind and "and" not in phrase:
        assert kind_of(phrase) == (kind, place)
    if place != "master":
        assert one.artist != master.artist


HISTORY = [  # as the National Gallery of Art writes what a work was called before
    "Follower of Cimabue", "School of Giotto", "Workshop of Fra Angelico", "Attributed to Masaccio", "Probably Roman",
    "Attributed to Francesco Righetti after Giovanni Bologna", "Florentine 15th Century", "Style of Donatello",
    "After Giovanni Bologna", "Cimabue, Follower of", "Giotto, School of", "Atelier of Andrea della Robbia",
    "Master of the Fabriano Altarpiece and Allegretto Nuzi", "Studio of Thomas Gainsborough",
    "Bologna, Giovanni, After",
]  # fmt: skip


def test_no_follower_school_or_copy_links_to_the_master():
    masters = ["Cimabue", "Giotto", "Fra Angelico", "Masaccio", "Giovanni Bologna", "Donatello", "Bologna, Giovanni"]
    own = set(linkable_artists(masters))
    for text, key in zip(HISTORY, linkable_artists(HISTORY), strict=True):
        assert key not in own
        assert key is None or key.endswith(" (workshop)"), text


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        ("Rembrandt", "Follower of", None, "Follower of Rembrandt"),
        ("Rembrandt", "", "(?)", "Rembrandt (?)"),
        ("Rembrandt", None, "workshop of", "Rembrandt, workshop of"),
        ("Rembrandt", "Attributed to", "and Workshop", "Attributed to Rembrandt and Workshop"),
        ("Rembrandt", "?", None, "Rembrandt (?)"),
        ("Rembrandt", "Designed by", "the Elder", "Rembrandt"),
        ("Follower of Rembrandt", "Follower of", None, "Follower of Rembrandt"),
        ("Watteau", "d’après", None, "d'après Watteau"),
        ("Рембрандт", "круг", None, "Рембрандт (круг)"),
        ("狩野永徳", "伝", None, "伝狩野永徳"),
        (None, "Follower of", None, None),
        ("", "Follower of", None, ""),
    ],
)
def test_name_and_words_are_put_together(name, before, after, said):
    assert qualified(name, before, after) == said


@pytest.mark.parametrize(
    "name",
    ["Parmigianino", "Art Spiegelman", "Byam Shaw", "Trent Parke", "小野道風",
     "Wilhelm Kreis", "André Stil", "Rajan Modi",
     "Doornik, Jan", "Master of the Legend of Saint Lucy", "文徵明",
     "東洲斎写楽",
     "Niklas Manuel Deutsch", "Francesco di Giorgio Martini", "Palma il Giovane", "Krzysztof Modzelewski"],
)  # fmt: skip
def test_names_that_only_look_like_it(name):
    assert kind_of(name) is None
    assert linkable_artists([name]) == [name.casefold()]
