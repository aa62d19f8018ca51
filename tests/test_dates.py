import numpy as np
import pytest

from artgraph.dates import decades, parse_spans, parse_years


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1889", 1889), (1889, 1889), (1889.0, 1889), ("1889.0", 1889), (" (1889) ", 1889), ("1889 (?)", 1889),
        ("c. 1650", 1650), ("c.1650", 1650), ("ca. 1650", 1650), ("1650?", 1650), ("before 1650", 1650),
        ("1506-1507", 1506.5), ("1506–1507", 1506.5), ("1890-95", 1892.5), ("ca. 1480–90", 1485), ("1889/90", 1889.5),
        ("1650 or 1660", 1655), ("between 1650 and 1660", 1655), ("zwischen 1650 und 1660", 1655),
        ("1889-05-03", 1889), ("1906-07-15", 1906), ("03.05.1889", 1889), ("03-05-1889", 1889), ("May 3, 1889", 1889),
        ("1870s", 1875), ("the 1870s", 1875), ("1870er", 1875), ("1870-е гг.", 1875),
        ("19th century", 1850), ("late 19th century", 1887.5), ("early 20th c.", 1912.5), ("mid 17th century", 1650),
        ("first half of the 17th century", 1625), ("third quarter of the 18th century", 1762.5),
        ("16th-17th century", 1600), ("17. Jh.", 1650), ("Ende 19. Jahrhundert", 1887.5), ("XIXe siècle", 1850),
        ("XVII век", 1650), ("вторая половина XIX века", 1875),
        ("500 BC", -500), ("-500", -500), ("100-50 BC", -75), ("5th century BC", -450), ("c. 500 B.C.E.", -500),
    ],
)  # fmt: skip
def test_dates_as_catalogues_have_them(text, year):
    assert parse_years([text])[0] == year


@pytest.mark.parametrize("text", [None, np.nan, "", "unknown", "n.d.", "12", "No. 12345", "mixed", "s.d.", 10**9])
def test_no_year(text):
    assert np.isnan(parse_years([text])[0])


def test_shape():
    years = parse_years(["1889", None])
    assert years.shape == (2,)
    assert years.dtype == np.float64
    assert parse_years([]).shape == (0,)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("c. 1650", (1650, 1650)), (1889, (1889, 1889)), ("1889-05-03", (1889, 1889)), ("1890-95", (1890, 1895)),
        ("1870s", (1870, 1880)), ("17th century", (1600, 1700)), ("16th-17th century", (1500, 1700)),
        ("late 19th century", (1875, 1900)), ("mid 17th century", (1637.5, 1662.5)),
        ("second half of the 17th century", (1650, 1700)), ("third quarter of the 18th century", (1750, 1775)),
        ("500 BC", (-500, -500)), ("100-50 BC", (-100, -50)), ("5th century BC", (-500, -400)), ("-500", (-500, -500)),
        ("late 5th century BC", (-425, -400)),
    ],
)  # fmt: skip
def test_spans(text, span):
    assert parse_spans([text]).tolist() == [list(span)]


def test_spans_of_nothing():
    assert np.isnan(parse_spans(["unknown", None])).all()
    assert parse_spans([]).shape == (0, 2)


def test_decades():
    assert decades([1870, 1879.5, -500, -75, np.nan]) == ["1870s", "1870s", "500s BC", "70s BC", None]
