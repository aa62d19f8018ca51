import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artgraph.errors import InputError
from artgraph.graph import artist_links, attributions, linkable_artists


@pytest.mark.parametrize(
    "name",
    [
        None, np.nan, "", "  ", "Unknown", "unknown artist", "Artist unknown", "Anonymous", "Anonyme", "Various",
        "Unbekannter Meister", "Inconnu", "Anónimo", "ignoto", "Onbekend", "неизвестный художник", "Аноним", "n/a",
        "-", "after Rembrandt", "After Rembrandt van Rijn", "Rembrandt (after)", "copy of Rembrandt",
        "Rembrandt, copy after", "follower of Rembrandt", "Rembrandt, follower of", "Followers of Bosch",
        "school of Rembrandt",
        "Rembrandt (school of)", "Hudson River School",
        "Rembrandt and workshop",         "circle of Giotto", "pupil of Rembrandt", "attributed to Rembrandt",
        "Attributed to Rembrandt (1606-1669)",
        "Formerly attributed to Rembrandt", "Rembrandt, attr.", "Possibly Rembrandt", "Rembrandt?", "Rembrandt (?)",
        "manner of Goya", "Style of Goya", "imitator of Goya",
        "scuola di Giotto", "seguace di Giotto", "cerchia di Tiziano", "attribuito a Tiziano", "copia da Tiziano",
        "d'après Rubens", "d’après Rubens", "École de Fontainebleau", "suiveur de Watteau",
        "attribué à Watteau", "entourage de Watteau", "nach Dürer", "Umkreis Dürers",
        "Schule von Gent",
        "Cranach d. Ä. (Nachfolger)", "Dürer zugeschrieben", "Kopie nach Dürer",
        "seguidor de Goya", "atribuido a Goya", "navolger van Rembrandt", "naar Rembrandt", "kring van Rembrandt",
        "toegeschreven aan Rembrandt", "круг Тициана", "приписывается Тициану",
        "копия с Тициана", "последователь Босха", "Rubens; Jan Brueghel", "Rubens and Jan Brueghel",
        "Rubens | Brueghel",
        "Rubens & Brueghel", "Rubens / Brueghel", "Rubens und Brueghel", "Rubens et Brueghel", "Репин и Айвазовский",
        "Netherlandish Painter", "Italian (Florentine) Painter", "Venetian, 16th century", "Tuscan 15th Century",
    ],
)  # fmt: skip
def test_names_that_are_no_hand(name):
    assert linkable_artists([name]) == [None]


@pytest.mark.parametrize(
    ("written", "master"),
    [
        ("workshop of Rembrandt", "rembrandt"), ("Rembrandt, workshop of", "rembrandt"),
        ("Rembrandt (workshop)", "rembrandt"), ("REMBRANDT (1606-1669), studio", "rembrandt"),
        ("bottega di Verrocchio", "verrocchio"), ("Verrocchio, bottega", "verrocchio"),
        ("atelier de Rubens", "rubens"), ("Werkstatt Cranach", "cranach"), ("taller de Velázquez", "velázquez"),
        ("Мастерская Рембрандта", "рембрандта"), ("狩野永徳工房", "狩野永徳"),
    ],
)  # fmt: skip
def test_a_workshop_is_a_group_of_its_own(written, master):
    assert linkable_artists([written, master]) == [f"{master} (workshop)", master]
    assert linkable_artists([f"{master} (workshop)"]) == [f"{master} (workshop)"]  # keys are keys of themselves


@pytest.mark.parametrize(
    "name",
    ["Florentine workshop", "workshop", "Workshop of an unknown master", "Rubens and workshop", "workshop of Rubens ?",
     "attributed to the workshop of Rubens", "workshop of Rubens and Jan Brueghel",
     "follower of the workshop of Rubens"],
)  # fmt: skip
def test_workshops_that_are_no_group(name):
    assert linkable_artists([name, name]) == [None, None]


@pytest.mark.parametrize(
    "name",
    [
        "Rembrandt", "Utagawa Hiroshige", "Иван Айвазовский", "Anders Zorn", "Élisabeth Vigée Le Brun", "葛飾北斎",
        "Francisco de Goya y Lucientes", "Master of Frankfurt", "Leonardo da Vinci", "Schooler", "Hals, Frans",
        "Lucas Cranach d. Ä.", "Jean-Honoré Fragonard", "Andrea del Sarto", "Sandro", "Stylianos", "Nachtmann",
    ],
)  # fmt: skip
def test_names_that_are_a_hand(name):
    assert linkable_artists([name, name.upper()]) == [" ".join(name.casefold().split())] * 2


@pytest.mark.parametrize(
    "name",
    [
        "Rembrandt (1606–1669)", "Rembrandt (1606-1669)", "Rembrandt, 1606-1669", "Rembrandt (b. 1606)",
        "Rembrandt [1606]",
        "Rembrandt (Dutch, Leiden 1606–1669 Amsterdam)", "  REMBRANDT ", "Ｒembrandt", "Rembrandt, born 1606",
    ],
)  # fmt: skip
def test_dates_are_no_part_of_a_name(name):
    assert linkable_artists([name]) == ["rembrandt"]


# Unknown in some forty languages; not certain; several.
@pytest.mark.parametrize(
    "name",
    [
        "unbekannt", "onbekend", "inconnu", "desconocido", "desconegut", "desconhecido", "sconosciuto", "okänd",
        "ukjent", "ukendt", "Tuntematon", "неизвестен", "невідомий", "nieznany", "neznámý", "ismeretlen", "nepoznat",
        "necunoscut", "bilinmeyen", "Άγνωστος", "אמן לא ידוע", "مجهول", "佚名", "作者不詳", "작자 미상", "不明",
        "anhysbys", "tidak diketahui", "अज्ञात", "ไม่ทราบ", "ignotus", "nežinomas", "nezināms", "tundmatu",
        "N.N.", "N. N.", "NN", "AA.VV.", "AA. VV.", "VV.AA.", "A.A.V.V.", "k. A.", "???", "[unknown]", "(unknown)", "—",
        "Unknown (Italian)", "Unknown artist (500125081)", "Anonymous (Q4233718)",
        "mogelijk Rembrandt", "Rembrandt (mogelijk)", "vermoedelijk Rembrandt", "vermutlich Rembrandt",
        "wohl Rembrandt", "forse Tiziano", "peut-être Watteau", "возможно Репин", "tillskriven Rembrandt",
        "przypisywany Matejko", "quizá Goya", "talvez Goya", "伝狩野永徳", "狩野派", "Q5582?",
        "Rubens\nBrueghel", "Rubens\r\nJan Brueghel", "Rubens<br>Brueghel", "Rubens\n\nBrueghel (1568-1625)",
        "Rubens et al.", "Rubens u. a.", "Rubens + Brueghel", "Rubens en Brueghel", "Rubens og Brueghel",
        "Q5582;Q5593", "Q5582|Q5593", "Q5582, Q5593", "Q5582\nQ5593", "(6210), (8470)", "6210, 8470",
    ],
)  # fmt: skip
def test_nobody_not_certain_or_several_in_many_languages(name):
    assert linkable_artists([name, name]) == [None, None]


IDENTIFIERS = [
    "Q5582", "Q5593", "Q5580", "Q5598", "q5582", "500115493", "500115494", "12345", "12346", "1234", "1235", "0012",
    "12", "(6210)", "(2206)", "(2207)", "ulan:500115493", "viaf/1234", "viaf/1235", "gnd:4079163-4", "gnd:4079163-5",
    "http://www.wikidata.org/entity/Q5582", "http://www.wikidata.org/entity/Q5593", "https://a.org/?id=5",
    "https://a.org/?id=6", "GND 118650130", "GND 118650131", "GND 1186 5013", "GND 1186 5014", "ULAN 5000", "ULAN 5001",
    "P-0001", "P-0002", "person_1850", "person_1851", "aB3", "Ab3", "①1", "11", "A1606", "A1607", "x-1850-1900",
    "x-1850-1901", "1606-1669", "1606-1670", "Artist 1850", "Artist 1851", "Smith (12)", "Smith (2206)",
    "Master of 1499", "Master of 1518", "Meister von 1445", "Jan Brueghel (I)", "Jan Brueghel (II)",
    "Cranach (the Elder, 1472-1553)", "Cranach (the Younger, 1515-1586)", "Cranach",
    "Smith, John, 1850-1900", "Smith, John, 1606-1669", "Smith, John",
]  # fmt: skip


def test_what_tells_artists_apart_is_never_dropped():
    keys = linkable_artists(IDENTIFIERS * 2)
    assert None not in keys
    assert len(set(keys)) == len(IDENTIFIERS)
    assert keys[: len(IDENTIFIERS)] == keys[len(IDENTIFIERS) :]
    assert linkable_artists(keys) == keys  # keys are keys of themselves
    assert linkable_artists([" Q5582 ", "Q5582"]) == ["Q5582", "Q5582"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.from_regex(r"[A-Za-z:/._-]{0,6}[0-9]{1,9}[A-Za-z0-9:._-]{0,4}", fullmatch=True), unique=True))
def test_no_two_identifiers_are_one_artist(identifiers):
    keys = [key for key in linkable_artists(identifiers) if key is not None]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        (["葛飾北斎（1760－1849）", "葛飾北斎", "葛飾北斎 (1760-1849)"], "葛飾北斎"),
        (["Rembrandt\n(1606-1669)", "Rembrandt 1606-1669", "Rembrandt (b. 1606)", "REMBRANDT"], "rembrandt"),
        (["N. N. Ge", "n. n.  ge"], "n. n. ge"),
    ],
)
def test_spellings_of_one_artist_meet(spellings, key):
    assert linkable_artists(spellings) == [key] * len(spellings)


@pytest.mark.parametrize("name", ["Wohl, Peter", "Diversi, Marco", "Attila Lukacs", "Kopisch, August", "En Shih"])
def test_names_that_look_like_such_words(name):
    assert linkable_artists([name]) == [name.casefold()]


@pytest.mark.parametrize(
    ("written", "artist", "qualifier", "name"),
    [
        ("Rembrandt (1606-1669)", "rembrandt", None, "Rembrandt (1606-1669)"),
        ("Workshop of Rembrandt", "rembrandt (workshop)", "workshop of", "Rembrandt (workshop)"),
        ("Rembrandt, workshop of", "rembrandt (workshop)", "workshop of", "Rembrandt (workshop)"),
        ("Rembrandt (workshop)", "rembrandt (workshop)", "workshop", "Rembrandt (workshop)"),
        ("Formerly attributed to Rembrandt", None, "formerly attributed to", "Rembrandt"),
        ("Rembrandt, attr.", None, "attr.", "Rembrandt"),
        ("Rembrandt (?)", None, "?", "Rembrandt"),
        ("d’après Rubens", None, "d'après", "Rubens"),
        ("Rubens and Jan Brueghel", None, None, "Rubens and Jan Brueghel"),
        ("Netherlandish Painter", None, None, "Netherlandish Painter"),
        ("Unknown", None, None, None),
        (None, None, None, None),
        (" ", None, None, None),
    ],
)
def test_a_qualifier_is_told_from_the_name(written, artist, qualifier, name):
    assert attributions([written]) == [(artist, qualifier, name)]


def test_an_artist_is_shown_as_first_written():
    found = attributions([" Hals ", "HALS", "Hals"], qualifiers=[None, "", "Circle of"])
    assert found == [("hals", None, "Hals"), ("hals", None, "Hals"), (None, "circle of", "Hals")]


def test_two_orders_of_a_name_are_not_joined_by_guess():
    assert linkable_artists(["Hals, Frans", "Frans Hals"]) == ["hals, frans", "frans hals"]


def test_a_column_of_qualifiers_counts():
    assert linkable_artists(["Goya", "Goya", "Goya"], qualifiers=["Follower of", None, ""]) == [None, "goya", "goya"]
    assert linkable_artists(["Goya", "Goya"], qualifiers=["Workshop of", "Unknown"]) == ["goya (workshop)", None]


def test_unknowns_never_become_a_clique():
    X = np.ones((50, 3), np.float32)
    assert artist_links(["Unknown"] * 50, X).nnz == 0
    assert artist_links([None] * 50, X).nnz == 0


def manners(n=40, d=16, seed=0):
    """Rows in two manners, as far apart as can be without being opposite."""
    rng = np.random.default_rng(seed)
    which = np.arange(n) % 2
    X = np.eye(2, d)[which] + 0.1 * rng.standard_normal((n, d))
    return X.astype(np.float32), which


def test_links_are_sparse_and_go_to_the_nearest_works_by_the_same_hand():
    X = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1], [1, 0]], np.float32)
    links = artist_links(["A", "A", "A", "A", "B"], X, links_per_painting=1).toarray()
    assert np.argwhere(np.triu(links)).tolist() == [[0, 1], [2, 3]]  # within the two manners, not across; B is alone
    assert links[0, 1] == pytest.approx(1)  # as near as neighbours are


def test_the_gate_by_hand():
    # One hand made 0 and 1; unit rows, and one neighbour counts. Cosine distances: d(0, 1) = 0.2, d(0, 2) = 0.4,
    # d(1, 2) = 1 - 0.96 = 0.04; to 3, opposite to 0: 2, 1.8, 1.6.
    X = np.array([[1, 0], [0.8, 0.6], [0.6, 0.8], [-1, 0]])
    links = artist_links(["A", "A", "B", "C"], X, n_neighbors=1)
    near = (0.2 + 0.04) / 2
    away = ((0 + 0.2 + 0.4 + 2) / 4 + (0.2 + 0 + 0.04 + 1.8) / 4) / 2
    assert links[0, 1] == pytest.approx((away - 0.2) / (away - near), rel=1e-5)
    assert links.nnz == 2


def test_a_link_between_works_that_no_descriptor_finds_near_is_weak():
    X, which = manners()
    artists = np.where(np.isin(np.arange(40), [0, 1, 2]), "A", None)  # 0 and 2 in one manner, 1 in the other
    assert which[:3].tolist() == [0, 1, 0]
    links = artist_links(artists, X).toarray()
    assert links[0, 2] > 0.5
    assert links[0, 1] < 0.05 > links[1, 2]
    # A second descriptor that finds all of them near opens the gate.
    agreed = artist_links(artists, [X, X[np.arange(40) // 4 * 4]]).toarray()
    assert agreed[0, 1] > 0.9


def test_works_that_look_opposite_are_not_linked():
    assert artist_links(["A", "A"], np.array([[1.0, 0], [-1, 0]])).nnz == 0


def test_a_prolific_artist_gets_no_more_links_per_painting_and_weaker_ones():
    X = np.random.default_rng(0).random((140, 5))
    artists = ["A"] * 100 + ["B"] * 20 + ["C"] * 20
    free = artist_links(artists, X, balance=0)
    assert free.nnz / 2 <= 3 * 140
    half, whole = artist_links(artists, X, balance=0.5), artist_links(artists, X, balance=1)
    ratio = np.median([100] * 100 + [20] * 40) / 100
    assert ratio == 1  # most paintings are by A, so nothing is damped
    artists = ["A"] * 60 + [f"B{i // 20}" for i in range(80)]
    free, half, whole = (artist_links(artists, X, balance=balance) for balance in (0, 0.5, 1))
    assert half[:60].sum() == pytest.approx(free[:60].sum() * (20 / 60) ** 0.5, rel=1e-5)
    assert whole[:60].sum() == pytest.approx(free[:60].sum() * 20 / 60, rel=1e-5)
    assert whole[60:].sum() == pytest.approx(free[60:].sum())


def test_works_too_many_years_apart_are_not_linked():
    X = np.array([[1, 0], [1, 0.01], [1, 0.02], [0, 1], [0, 1.0], [0.1, 1]])
    years = [1900, 1950, np.nan, 1900, 1900, 1900]
    artists = ["A", "A", "A", "B", "C", "D"]
    links = artist_links(artists, X, years=years, max_years=20).toarray()
    assert links[0, 1] == 0 < links[0, 2]  # the year of 2 is not known
    assert artist_links(artists, X).toarray()[0, 1] > 0
    with pytest.raises(InputError, match="year of every painting"):
        artist_links(artists, X, max_years=20)


def test_edges_of_the_domain():
    assert artist_links([], np.zeros((0, 3))).shape == (0, 0)
    assert artist_links(["A"], np.ones((1, 3))).nnz == 0
    X = np.array([[1.0, 0], [0, 0], [1, 0.1], [0, 1]])
    assert artist_links(["A", "A", "B", "B"], X)[1].nnz == 0  # a row of zeros is near nothing
    with pytest.raises(InputError, match="2 artists"):
        artist_links(["A", "A"], np.ones((3, 2)))


def test_symmetric_and_permuting_the_rows_permutes_the_links():
    X, _ = manners(60)
    artists = np.array([f"artist {i % 7}" for i in range(60)])
    links = artist_links(artists, X)
    assert (links != links.T).nnz == 0
    assert links.diagonal().sum() == 0
    order = np.random.default_rng(1).permutation(60)
    np.testing.assert_allclose(
        artist_links(artists[order], X[order]).toarray(), links.toarray()[np.ix_(order, order)], atol=1e-5
    )
