"""One table of every form that museums write dates in, with the first and the last year of each."""

import numpy as np
import pandas as pd
import pytest

from artgraph.catalogue import Catalogue
from artgraph.dates import decades, parse_spans, parse_years

SPANS = [
    ("1889", (1889, 1889)), (1889, (1889, 1889)), ("1889.0", (1889, 1889)), (" (1889) ", (1889, 1889)),
    ("1889 (?)", (1889, 1889)), ("c. 1650", (1650, 1650)), ("c.1650", (1650, 1650)), ("1650?", (1650, 1650)),
    ("before 1650", (1650, 1650)), ("1506-1507", (1506, 1507)), ("1506–1507", (1506, 1507)),
    ("1890-95", (1890, 1895)), ("ca. 1480–90", (1480, 1490)), ("1889/90", (1889, 1890)),
    ("1650 or 1660", (1650, 1660)), ("between 1650 and 1660", (1650, 1660)),
    ("zwischen 1650 und 1660", (1650, 1660)), ("1889-05-03", (1889, 1889)), ("1906-07-15", (1906, 1906)),
    ("03.05.1889", (1889, 1889)), ("03-05-1889", (1889, 1889)), ("May 3, 1889", (1889, 1889)),
    ("1889-05", (1889, 1889)), ("1889-05-01 00:00:00", (1889, 1889)), ("+1889-05-03T00:00:00Z", (1889, 1889)),
    ("18890503", (1889, 1889)), ("1889年5月3日", (1889, 1889)), ("1870s", (1870, 1879)),
    ("the 1870s", (1870, 1879)), ("1870er", (1870, 1879)), ("1870er Jahre", (1870, 1879)),
    ("1870-е гг.", (1870, 1879)), ("années 1870", (1870, 1879)), ("anni 1870", (1870, 1879)),
    ("década de 1870", (1870, 1879)), ("jaren 1870", (1870, 1879)), ("1870年代", (1870, 1879)),
    ("1870-talet", (1870, 1879)), ("1870s-80s", (1870, 1889)), ("1870s–1880s", (1870, 1889)),
    ("early 1870s", (1870, 1872)), ("late 1870s", (1877, 1879)), ("1900s", (1900, 1999)),
    ("early 1900s", (1900, 1924)), ("189-?", (1890, 1899)), ("[189-?]", (1890, 1899)), ("189-", (1890, 1899)),
    ("189?", (1890, 1899)), ("[189-]", (1890, 1899)), ("18--", (1800, 1899)), ("[18--]", (1800, 1899)),
    ("18--?", (1800, 1899)), ("18??", (1800, 1899)), ("18xx", (1800, 1899)), ("189x", (1890, 1899)),
    ("189X", (1890, 1899)), ("189u", (1890, 1899)), ("[18-?]", (1800, 1899)), ("ca. 189-", (1890, 1899)),
    ("[1889?]", (1889, 1889)), ("[1889 or 1890]", (1889, 1890)), ("[between 1890 and 1899?]", (1890, 1899)),
    ("1890-", (1890, 1890)), ("1890-?", (1890, 1890)), ("1984~", (1984, 1984)), ("1889/..", (1889, 1889)),
    ("19th century", (1800, 1899)), ("late 19th century", (1875, 1899)), ("early 20th c.", (1900, 1924)),
    ("mid 17th century", (1637, 1662)), ("mid-17th century", (1637, 1662)),
    ("first half of the 17th century", (1600, 1649)), ("third quarter of the 18th century", (1750, 1774)),
    ("16th-17th century", (1500, 1699)), ("16th or 17th century", (1500, 1699)),
    ("15th–16th centuries", (1400, 1599)), ("late 16th-early 17th century", (1575, 1624)),
    ("late 16th century to early 17th century", (1575, 1624)), ("17. Jh.", (1600, 1699)),
    ("Ende 19. Jahrhundert", (1875, 1899)), ("1. Hälfte 17. Jh.", (1600, 1649)), ("2. H. 17. Jh.", (1650, 1699)),
    ("Anfang des 16. Jahrhunderts", (1500, 1524)), ("2. Viertel 16. Jh.", (1525, 1549)),
    ("letztes Viertel 15. Jh.", (1475, 1499)), ("Mitte 17. Jh.", (1637, 1662)),
    ("siebzehntes Jahrhundert", (1600, 1699)), ("17./18. Jh.", (1600, 1799)), ("16.-17. Jh.", (1500, 1699)),
    ("XIXe siècle", (1800, 1899)), ("XVIIe s.", (1600, 1699)), ("fin du XVIIIe siècle", (1775, 1799)),
    ("1re moitié du XVIIe siècle", (1600, 1649)), ("deuxième moitié du XIXe siècle", (1850, 1899)),
    ("début XVIe siècle", (1500, 1524)), ("dix-septième siècle", (1600, 1699)), ("siglo XVII", (1600, 1699)),
    ("s. XVII", (1600, 1699)), ("siglos XVI-XVII", (1500, 1699)), ("siglos XV y XVI", (1400, 1599)),
    ("primera mitad del siglo XVII", (1600, 1649)), ("finales del siglo XVIII", (1775, 1799)),
    ("segundo cuarto del siglo XVII", (1625, 1649)), ("século XIX", (1800, 1899)),
    ("meados do século XIX", (1837, 1862)), ("segle XV", (1400, 1499)), ("sec. XVII", (1600, 1699)),
    ("secolo XVI", (1500, 1599)), ("XVI secolo", (1500, 1599)), ("prima metà del XVI secolo", (1500, 1549)),
    ("metà del XVI secolo", (1537, 1562)), ("fine XV secolo", (1475, 1499)), ("Settecento", (1700, 1799)),
    ("primo quarto del XVII secolo", (1600, 1624)), ("17e eeuw", (1600, 1699)), ("17de eeuw", (1600, 1699)),
    ("eind 17e eeuw", (1675, 1699)), ("eerste helft 17e eeuw", (1600, 1649)), ("XVII век", (1600, 1699)),
    ("XVII в.", (1600, 1699)), ("17 в.", (1600, 1699)), ("вторая половина XIX века", (1850, 1899)),
    ("конец XIX века", (1875, 1899)), ("нач. XX в.", (1900, 1924)), ("конец XIX - начало XX века", (1875, 1924)),
    ("XVI–XVII вв.", (1500, 1699)), ("1-я половина XVII века", (1600, 1649)), ("ХVII век", (1600, 1699)),
    ("до начала 1910-х", (1910, 1912)), ("начало 1910-х", (1910, 1912)), ("около 1890 г.", (1890, 1890)),
    ("1890-1895 гг.", (1890, 1895)), ("до 1910", (1910, 1910)), ("сер. XIX в.", (1837, 1862)),
    ("XVII ст.", (1600, 1699)), ("XVII століття", (1600, 1699)), ("XVII wiek", (1600, 1699)),
    ("XVII w.", (1600, 1699)), ("1. poł. XVII w.", (1600, 1649)), ("17. století", (1600, 1699)),
    ("17. stol.", (1600, 1699)), ("2. pol. 17. stol.", (1650, 1699)), ("17. század", (1600, 1699)),
    ("17. yüzyıl", (1600, 1699)), ("17ος αιώνας", (1600, 1699)), ("secolul al XVII-lea", (1600, 1699)),
    ("17世紀", (1600, 1699)), ("17世紀後半", (1650, 1699)), ("19世纪", (1800, 1899)), ("18세기", (1700, 1799)),
    ("19世紀末", (1875, 1899)), ("seventeenth century", (1600, 1699)),
    ("70er Jahre des 19. Jahrhunderts", (1870, 1879)), ("500 BC", (-500, -500)), ("-500", (-500, -500)),
    ("100-50 BC", (-100, -50)), ("5th century BC", (-500, -401)), ("c. 500 B.C.E.", (-500, -500)),
    ("late 5th century BC", (-425, -401)), ("17,000 BC", (-17000, -17000)), ("17.000 v. Chr.", (-17000, -17000)),
    ("17 000 av. J.-C.", (-17000, -17000)), ("15,000–13,000 BC", (-15000, -13000)), ("44 BC", (-44, -44)),
    ("505-495 BC", (-505, -495)), ("AD 79", (79, 79)), ("79 AD", (79, 79)), ("50 BC–AD 50", (-50, 50)),
    ("50 BC-50 AD", (-50, 50)), ("1st century BC–1st century AD", (-100, 99)), ("A.D. 100-200", (100, 200)),
    ("5. Jh. v. Chr.", (-500, -401)), ("V в. до н. э.", (-500, -401)), ("500 г. до н.э.", (-500, -500)),
    ("siglo V a.C.", (-500, -401)), ("500 a.C.", (-500, -500)), ("V secolo a.C.", (-500, -401)),
    ("Ve siècle av. J.-C.", (-500, -401)), ("300 p.n.e.", (-300, -300)), ("500 v.Chr.", (-500, -500)),
    ("紀元前500年", (-500, -500)), ("公元前5世纪", (-500, -401)), ("3rd millennium BC", (-3000, -2001)),
    ("-500/-400", (-500, -400)), ("20,000 BP", (-18050, -18050)), ("6th–5th century BC", (-600, -401)),
    ("2nd half of the 5th century BC", (-450, -401)), ("I в. н. э.", (0, 99)), ("2nd century", (100, 199)),
    ("AH 1012", (1603, 1604)), ("A.H. 1012/A.D. 1603–4", (1603, 1604)), ("Samvat 1944", (1887, 1887)),
    ("1889, printed 1970", (1889, 1889)), ("1889 (printed 1970)", (1889, 1889)),
    ("Edo period (1615–1868), 18th century", (1700, 1799)),
    ("Qing dynasty (1644–1911), Kangxi period (1662–1722)", (1662, 1722)),
    ("17th century (c. 1650)", (1650, 1650)), ("?c.1830-41", (1830, 1841)), ("1832/c.1840-5", (1832, 1845)),
    ("c.1797-8, reprinted 1820", (1797, 1798)), ("1906-8", (1906, 1908)), ("1999-00", (1999, 2000)),
    ("1888–9", (1888, 1889)), ("New Kingdom, Dynasty 18, ca. 1473–1458 B.C.", (-1473, -1458)),
    ("c.3000BC", (-3000, -3000)), ("1650-60s", (1650, 1669)), ("1920–30-е гг.", (1920, 1939)),
    ("начало 1900-х", (1900, 1902)), ("1900er Jahre", (1900, 1909)), ("1900-talet", (1900, 1999)),
    ("C17th", (1600, 1699)), ("17C", (1600, 1699)), ("late C19th", (1875, 1899)),
    ("17-е столетие", (1600, 1699)), ("s. XIX (2ª mitad)", (1850, 1899)),
    ("1ª metade do século XVIII", (1700, 1749)), ("17. Jahrh.", (1600, 1699)), ("50-40 BC", (-50, -40)),
    ("10 BC-AD 5", (-10, 5)), ("turn of the 20th century", (1890, 1909)),
    ("um die Wende 18./19. Jh.", (1790, 1809)), ("May 1889", (1889, 1889)), ("Summer 1889", (1889, 1889)),
    ("dated 1642", (1642, 1642)), ("signed and dated 1642", (1642, 1642)), ("after 1600", (1600, 1600)),
    ("um 1600", (1600, 1600)), ("vers 1600", (1600, 1600)), ("hacia 1600", (1600, 1600)),
    ("um 1600/10", (1600, 1610)), ("1600 bis um 1610", (1600, 1610)), ("c. 1600-c. 1610", (1600, 1610)),
    ("1600(?)-1610(?)", (1600, 1610)), ("1200-1900", (1200, 1900)), ("950", (950, 950)),
    ("c. 950-1000", (950, 1000)), ("1840s or 1850s", (1840, 1859)), ("mid-1870s", (1873, 1876)),
    ("late 1870s-early 1880s", (1877, 1882)), ("between 1870s and 1890s", (1870, 1899)),
]  # fmt: skip
NO_YEAR = [
    None, np.nan, "", "unknown", "n.d.", "12", "No. 12345", "mixed", "s.d.", 10**9, "o. J.", "acquired 1950", "s.f.",
    "345 x 200 mm", "No. 345", "Louis XIV", "fin de siècle", "4031", "б/д", "undated", "Inv. 1234", "12 c.", "12 works",
    "Edo period", "明治20年", "born 1850", "1889 x 1200 mm", "c. 17", "--", "?", "BC", "AD", "XVII", "'60s",
]  # fmt: skip


@pytest.mark.parametrize(("text", "span"), SPANS)
def test_spans(text, span):
    assert parse_spans([text]).tolist() == [list(span)]


@pytest.mark.parametrize("text", NO_YEAR)
def test_no_year_is_better_than_a_wrong_one(text):
    assert np.isnan(parse_spans([text])).all()
    assert np.isnan(parse_years([text])).all()


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1889", 1889), ("1506–1507", 1506.5), ("1890-95", 1892.5), ("1889/90", 1889.5), ("1870s", 1875),
        ("189-?", 1895), ("19th century", 1850), ("late 19th century", 1887.5), ("early 20th c.", 1912.5),
        ("mid 17th century", 1650), ("first half of the 17th century", 1625), ("16th-17th century", 1600),
        ("third quarter of the 18th century", 1762.5), ("5th century BC", -450), ("100-50 BC", -75),
        ("late 16th-early 17th century", 1600), ("50 BC–AD 50", 0),
    ],
)  # fmt: skip
def test_the_year_is_the_middle(text, year):
    assert parse_years([text])[0] == year


def test_the_page_and_the_graph_read_the_same():
    """Both ask the catalogue; its years lie within its spans."""
    catalogue = Catalogue(pd.DataFrame({"date": [str(text) for text, _ in SPANS]}))
    np.testing.assert_array_equal(catalogue.years, parse_years(catalogue.table["date"]))
    np.testing.assert_array_equal(catalogue.spans, [span for _, span in SPANS])
    assert (catalogue.spans[:, 0] <= catalogue.years).all()
    assert (catalogue.years <= catalogue.spans[:, 1] + 1).all()


def test_shape():
    years = parse_years(["1889", None])
    assert years.shape == (2,)
    assert years.dtype == np.float64
    assert parse_years([]).shape == (0,)
    assert parse_spans([]).shape == (0, 2)


def test_long_texts_take_no_long_time():
    assert np.isnan(parse_years(["- " * 5_000, "1" * 10_000, "c. " * 5_000])).all()


def test_decades():
    assert decades([1870, 1879.5, -500, -75, np.nan]) == ["1870s", "1870s", "500s BC", "70s BC", None]
