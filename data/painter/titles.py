"""Names that the works were given: painters, movements and titles, all of them invented."""

__all__ = ["MOVEMENTS", "TITLES", "TURNCOATS"]

# manner: first and last year of the movement, its painters
MOVEMENTS = {
    "pointillist": (1884, 1916, ("Élise Vautrin-Morel", "Joost van Wieringa", "Marta Kowalczyńska", "Henri Daubrac")),
    "engraving": (1558, 1692, ("Caspar Lindenroth", "Jacobus ter Weide", "Agnes Halloway", "Piero Santacroce da Lodi")),
    "woodblock": (1778, 1871, ("宇田川 春翠", "Kitamori Hōsai", "Ogawa Tsukimaro", "Nishio Kanrin")),
    "cubist": (1907, 1931, ("Ramón Ibarrola", "Ľudmila Hronská", "Adrien Castelnou", "Зинаида Полтавская")),
    "impasto": (1880, 1922, ("Willem Osterhuis", "Fionnuala Breen", "Tadeusz Wolnicki", "Ågot Lindkvern")),
    "watercolour": (1788, 1893, ("Thomas Ellerwick", "Margaret Ashcombe-Vane", "Isak Törnroth", "Lucía Peñalarga")),
    "tenebrist": (
        1601,
        1694,
        ("Giovan Battista Morandelli", "Diego de Valdecañas", "Hendrick Roosenburgh", "Artemia Lanzoni"),
    ),
    "neoplastic": (1915, 1948, ("Cornelis Huyzer", "Lotte Brandeisz", "Władysława Strzępek", "Bálint Keményfi")),
    "mosaic": (1868, 1934, ("Σταμάτιος Ψηφιδάς", "Galla Vitalini", "Ioan Mărculești", "Nino Tsereli-Vashadze")),
    "ink wash": (1644, 1902, ("沈遠秋", "Heo Myeong-gyu", "Ishiguro Sekkei", "Bùi Thanh Hạc")),
}

# two painters who changed their manner: name, the year of the change, the earlier and the later manner
TURNCOATS = (
    ("Noor Achterbergh", 1916, "pointillist", "neoplastic"),
    ("Émile Garrigou-Lasalle", 1911, "impasto", "cubist"),
)

TITLES = {
    "harbour": (
        "The Harbour at {place}",
        "Boats at {place}",
        "Sails before the Quay",
        "Low Tide, {place}",
        "The Fishing Fleet",
    ),
    "mountains": (
        "The Lake below {place}",
        "Snow on the Peaks",
        "Mountain Lake",
        "The Hut at {place}",
        "High Valley, {when}",
    ),
    "orchard": ("The Orchard at {place}", "Fruit Picking", "Orchard, {when}", "The Ladder", "Two Baskets"),
    "portrait": ("Portrait of {person}", "{person}", "Head of {person}", "A Sitter", "Portrait, {when}"),
    "still life": (
        "Still Life with Fruit",
        "The White Cloth",
        "Fruit, Jug and Bottle",
        "A Bowl of Fruit",
        "Still Life, {when}",
    ),
    "night street": ("Lamps in {place}", "Street by Night", "The Walk Home", "Lamplight", "{place} after Dark"),
    "bridge": (
        "The Bridge at {place}",
        "The Old Bridge",
        "River, {when}",
        "Under the Arches",
        "The Ferryman at {place}",
    ),
    "wheat field": (
        "Wheat near {place}",
        "The Path through the Wheat",
        "Sheaves",
        "Harvest, {when}",
        "Crows over the Field",
    ),
    "interior": (
        "The Window",
        "Room with Flowers",
        "The Table by the Window",
        "Interior, {when}",
        "The Room in {place}",
    ),
    "cathedral": (
        "The Cathedral of {place}",
        "West Front",
        "The Rose Window",
        "Cathedral Square, {when}",
        "Two Towers",
    ),
    "seated figure": ("{person} Reading", "The Letter", "The Armchair", "{person} by the Window", "Seated Figure"),
    "sea storm": ("Storm off {place}", "The Gale", "Ship in Distress", "Heavy Sea, {when}", "The Wave"),
}

PLACES = (
    "Vellemar",
    "Ostrava Bay",
    "Saint-Orle",
    "Kirrin",
    "Montebruno",
    "Hoshizaki",
    "Lunde",
    "Aldermere",
    "Quintanar",
    "Brezno",
)
PEOPLE = (
    "Ana",
    "the Miller's Daughter",
    "a Captain",
    "Mrs Okafor",
    "the Painter's Sister",
    "Dr Levin",
    "Yusuf",
    "Ines",
    "a Pilgrim",
    "Aunt Maren",
)
WHENS = ("Morning", "Evening", "October", "Early Spring", "after Rain", "Midsummer")
