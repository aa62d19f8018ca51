import numpy as np
import pytest

from artgraph.graph import artist_links, linkable_artists


@pytest.mark.parametrize(
    "name",
    [
        None, "", "  ", "Unknown", "unknown artist", "Anonymous", "Anonyme", "Various", "Unbekannter Meister",
        "after Rembrandt", "Rembrandt (after)", "copy of Rembrandt", "follower of Rembrandt", "Rembrandt, follower of",
        "school of Rembrandt", "workshop of Rembrandt", "Workshop of Rembrandt van Rijn", "studio of Rubens",
        "circle of Giotto", "pupil of Rembrandt", "attributed to Rembrandt", "Rembrandt?", "manner of Goya",
        "Rubens; Jan Brueghel", "Rubens and Jan Brueghel", "Rubens | Brueghel", "Rubens & Brueghel",
    ],
)  # fmt: skip
def test_names_that_are_no_hand(name):
    assert linkable_artists([name]) == [None]


@pytest.mark.parametrize(
    "name", ["Rembrandt", "Utagawa Hiroshige", "Иван Айвазовский", "Anders Zorn", "Élisabeth Vigée Le Brun"]
)
def test_names_that_are_a_hand(name):
    assert linkable_artists([name, name.upper()]) == [" ".join(name.casefold().split())] * 2


def test_unknowns_never_become_a_clique():
    X = np.ones((50, 3), np.float32)
    assert artist_links(["Unknown"] * 50, X).nnz == 0
    assert artist_links([None] * 50, X).nnz == 0


def test_links_are_sparse_and_go_to_the_nearest_works_by_the_same_hand():
    X = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1], [1, 0]], np.float32)
    links = artist_links(["A", "A", "A", "A", "B"], X, links_per_painting=1).toarray()
    assert np.argwhere(np.triu(links)).tolist() == [[0, 1], [2, 3]]  # within the two manners, not across; B is alone
    assert links[0, 1] == pytest.approx(1 / np.hypot(1, 0.1))


def test_works_that_look_opposite_are_not_linked():
    assert artist_links(["A", "A"], np.array([[1.0, 0], [-1, 0]])).nnz == 0


def test_a_prolific_artist_gets_no_more_links_per_painting():
    X = np.random.default_rng(0).random((120, 5))
    links = artist_links(["A"] * 100 + ["B"] * 20, X, links_per_painting=3)
    assert links.nnz / 2 <= 3 * 120
