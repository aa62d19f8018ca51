"""What is read in manifests and tables, without any server: the many shapes that the two versions allow."""

import copy
import random
import time
from email.utils import formatdate

import pytest

from artgraph.harvest import Service, allowed, kind_of, members_of, picture_addresses, rights_code, service_of, works_of
from artgraph.harvest.client import retry_after
from artgraph.harvest.manifests import CANVASES
from artgraph.harvest.services import needs_info, with_info
from artgraph.harvest.tables import address_column
from artgraph.harvest.texts import pair_columns, text_of

V2 = {
    "@context": "http://iiif.io/api/presentation/2/context.json",
    "@id": "https://museum.org/iiif/42/manifest",
    "@type": "sc:Manifest",
    "label": [{"@value": "Der Sturm", "@language": "de"}, {"@value": "The Gale", "@language": "en"}],
    "metadata": [
        {
            "label": [{"@value": "Künstler", "@language": "de"}, {"@value": "Artist", "@language": "en"}],
            "value": "Vos",
        },
        {"label": "Date:", "value": ["1650", "or later"]},
        {"label": "Dimensions", "value": "50 &times; 60&nbsp;cm &amp; frame"},
    ],
    "license": ["https://creativecommons.org/publicdomain/mark/1.0/"],
    "attribution": {"@value": "<i>Museum</i>", "@language": "en"},
    "related": {"@id": "https://museum.org/works/42", "format": "text/html"},
    "sequences": [
        {
            "@type": "sc:Sequence",
            "canvases": [
                {
                    "@id": "https://museum.org/iiif/42/canvas/1",
                    "@type": "sc:Canvas",
                    "label": "recto",
                    "width": 3000,
                    "height": 2000,
                    "images": [
                        {
                            "@type": "oa:Annotation",
                            "motivation": "sc:painting",
                            "on": "https://museum.org/iiif/42/canvas/1",
                            "resource": {
                                "@type": "oa:Choice",
                                "default": {
                                    "@id": "https://museum.org/iiif/42-vis/full/full/0/default.jpg",
                                    "@type": "dctypes:Image",
                                    "width": 3000,
                                    "height": 2000,
                                    "service": {
                                        "@context": "http://iiif.io/api/image/2/context.json",
                                        "@id": "https://museum.org/iiif/42-vis/",
                                        "profile": ["http://iiif.io/api/image/2/level1.json", {"maxWidth": 800}],
                                    },
                                },
                                "item": [{"@id": "https://museum.org/uv.jpg", "@type": "dctypes:Image"}],
                            },
                        }
                    ],
                }
            ],
        },
        {"@type": "sc:Sequence", "canvases": []},
    ],
}


def body(**more):
    return {"id": "https://museum.org/1.jpg", "type": "Image", "width": 40, "height": 30} | more


def v3(*notes, **more):
    page = [{"type": "AnnotationPage", "items": [{"type": "Annotation", "motivation": "painting", **n} for n in notes]}]
    canvas = {"id": "https://museum.org/c", "type": "Canvas", "width": 40, "height": 30, "items": page}
    return {"id": "https://museum.org/m", "type": "Manifest", "label": {"en": ["A"]}, "items": [canvas]} | more


def test_version_2_with_languages_choice_and_limits():
    (item,), lost = works_of(V2, language="de")
    assert lost == []
    assert dict(item.row) == {
        "title": "Der Sturm",
        "artist": "Vos",
        "date": "1650; or later",
        "Dimensions": "50 × 60 cm & frame",
        "rights": "https://creativecommons.org/publicdomain/mark/1.0/",
        "attribution": "Museum",
        "object_url": "https://museum.org/works/42",
        "manifest": "https://museum.org/iiif/42/manifest",
        "canvas": "https://museum.org/iiif/42/canvas/1",
        "iiif_image": "https://museum.org/iiif/42-vis",
        "iiif_profile": "ImageService2 level1",
    }
    assert item.id.startswith("42-")
    assert picture_addresses(item.service, 1200) == ["https://museum.org/iiif/42-vis/full/800,/0/default.jpg"]
    assert works_of(V2)[0][0].row["title"] == "The Gale"


FIRST = body(id="https://museum.org/a.jpg")


@pytest.mark.parametrize(
    ("note", "picture", "trouble"),
    [
        ({"body": body()}, "https://museum.org/1.jpg", None),
        ({"body": [body()]}, "https://museum.org/1.jpg", None),
        ({"body": "https://museum.org/2"}, "https://museum.org/2", None),
        ({"body": {"type": "Choice", "items": [FIRST, body()]}}, "https://museum.org/a.jpg", None),
        ({"body": {"type": "SpecificResource", "source": body()}}, "https://museum.org/1.jpg", None),
        ({"body": {"id": "../1.png", "type": "Image"}}, "https://museum.org/1.png", None),
        ({"body": body(type="Video")}, None, "Video, no picture"),
        ({"body": body(id="file:///etc/passwd")}, None, "an address that is none on the web"),
        ({"body": None}, None, "no picture painted on it"),
        ({"body": body(), "motivation": "commenting"}, None, "no picture painted on it"),
    ],
)
def test_what_is_painted_on_a_canvas(note, picture, trouble):
    items, lost = works_of(v3(note), base="https://museum.org/x/m")
    assert [item.picture for item in items] == ([picture] if picture else [])
    assert [one.reason for one in lost] == (["no picture named"] if trouble else [])
    assert not trouble or trouble in lost[0].detail


def test_of_several_pictures_that_which_fills_the_canvas():
    part = {"body": body(id="https://museum.org/part.jpg"), "target": "https://museum.org/c#xywh=0,0,9,9"}
    (item,), _ = works_of(v3(part, {"body": body(), "target": "https://museum.org/c"}))
    assert item.picture == "https://museum.org/1.jpg"


def test_rights_of_a_canvas_come_first_and_a_pair_last():
    manifest = v3({"body": body()}, rights="http://creativecommons.org/licenses/by/4.0/")
    assert works_of(manifest)[0][0].row["rights"].endswith("/by/4.0/")
    manifest["items"][0]["rights"] = "http://rightsstatements.org/vocab/InC/1.0/"
    assert works_of(manifest)[0][0].row["rights"].endswith("/InC/1.0/")
    pair = {"label": {"fr": ["Droits"]}, "value": {"fr": ["Domaine public"]}}
    row = works_of(v3({"body": body()}, metadata=[pair]))[0][0].row
    assert (row["rights"], rights_code(row["rights"])) == ("Domaine public", "pdm")


def test_ids_do_not_change_and_differ():
    items = [works_of(v3({"body": body(id=f"https://museum.org/{n}.jpg")}))[0][0].id for n in range(50)]
    assert len(set(items)) == 50
    assert works_of(v3({"body": body()}))[0][0].id == works_of(v3({"body": body()}), language="fr")[0][0].id


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        ({"none": ["A"]}, "en", "A"),
        ({"de": ["A"], "en-GB": ["B", "C"]}, "en", "B; C"),
        ({"de": ["A"], "none": ["B"]}, "en", "B"),
        ({"zh": ["夜"], "ja": ["夜明け"]}, "ja", "夜明け"),
        ({"de-AT": ["A"], "fr": ["B"]}, "de-CH", "A"),
        ([{"@value": "A", "@language": "de"}, "B"], "nl", "B"),
        ("<p>one<br/>two</p> <script>", "en", "one two"),
        ("3 < 4 & 5 > 2", "en", "3 < 4 & 5 > 2"),
        (["A", "A", ""], "en", "A"),
        ({"en": "A"}, "en", "A"),
        (1650, "en", "1650"),
        (None, "en", ""),
        ({}, "en", ""),
    ],
)
def test_texts(value, language, expected):
    assert text_of(value, language) == expected


def test_labels_of_pairs():
    pairs = [
        ("Maker (painter)", "A"),
        ("Artist", "B"),
        ("作者", "C"),
        ("Titel / Title", "D"),
        ("Style", "E"),
        ("Path", "F"),
    ]
    pairs += [("Medium", "oil"), ("Medium", "canvas"), ("image size", "G"), ("", "H"), ("Empty", "")]
    assert pair_columns([{"label": label, "value": value} for label, value in pairs], "en") == {
        "artist": "A", "manifest_Artist": "B", "manifest_作者": "C", "manifest_Titel / Title": "D", "Style": "E",
        "manifest_Path": "F", "Medium": "oil; canvas", "manifest_image size": "G", "metadata": "H",
    }  # fmt: skip


PLACE, IMAGE = "https://a.org/i", "http://iiif.io/api/image/2"
OLD = "http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level2"
SIGN_IN = {"@id": "https://a.org/auth", "profile": "http://iiif.io/api/auth/1/login"}


@pytest.mark.parametrize(
    ("given", "version", "level"),
    [
        ({"id": PLACE, "type": "ImageService3", "profile": "level2"}, 3, 2),
        ({"@id": PLACE, "@type": "ImageService2", "profile": "level1"}, 2, 1),
        ({"@id": PLACE, "profile": f"{IMAGE}/level0.json"}, 2, 0),
        ({"@id": PLACE, "@context": f"{IMAGE}/context.json"}, 2, None),
        ({"@id": PLACE, "profile": OLD}, 1, 2),
        ({"@id": PLACE, "profile": [f"{IMAGE}/level0.json", {"supports": ["sizeByW"]}]}, 2, 1),
        ([SIGN_IN, {"id": PLACE, "type": "ImageService3"}], 3, None),
    ],
)
def test_services(given, version, level):
    service = service_of(given)
    assert (service.address, service.version, service.level) == ("https://a.org/i", version, level)


def test_which_pictures_are_asked_for():
    large = {"width": 4000, "height": 1000}
    a = "https://a.org/i"
    assert picture_addresses(Service(a, 1, 2, **large), 1200) == [f"{a}/full/1200,/0/native.jpg"]
    assert picture_addresses(Service(a, 3, 2, **large, most=500), 1200) == [f"{a}/full/500,/0/default.jpg"]
    assert picture_addresses(Service(a, 3, 1, 300, 200), 1200) == [f"{a}/full/max/0/default.jpg"]
    assert picture_addresses(Service(a, 2, 1, 300, 200), 1200) == [f"{a}/full/full/0/default.jpg"]
    assert picture_addresses(Service(a, 3, 2), 1200) == [f"{a}/full/!1200,1200/0/default.jpg"]
    assert picture_addresses(Service(a, 3, 0, **large), 1200) == []
    assert [needs_info(Service(a, *known), 1200) for known in ((3, 2), (2, 2), (3, 1), (3, 0), (3, 0, 90, 80))] == [
        False, True, True, True, False
    ]  # fmt: skip
    area = with_info(Service(a, 3, 2), {"width": 4000, "height": 1000, "maxArea": 10_000})
    assert area.most == 200


def test_rights():
    codes = {
        "https://creativecommons.org/publicdomain/zero/1.0/deed.de": "cc0",
        "CC BY-NC-SA 4.0": "cc-by-nc-sa",
        "CC0 1.0 Universal": "cc0",
        "http://rightsstatements.org/page/NoC-US/1.0/?language=en": "noc-us",
        "https://www.europeana.eu/rights/rr-f/": "",
        "": "",
    }
    assert {text: rights_code(text) for text in codes} == codes
    assert not allowed("http://creativecommons.org/licenses/by-nc/4.0/", ["cc-by"])
    assert allowed("Free to use", ["free*"])
    assert allowed("", [])


def test_retry_after_as_a_date():
    assert 58 < retry_after(formatdate(time.time() + 60, usegmt=True)) <= 61


def test_the_column_with_addresses():
    page, picture = ["https://a.org/1"] * 3, ["https://a.org/1.jpg", "", "https://a.org/3.JPG?w=9"]
    assert address_column({"id": ["1"] * 3, "page": page, "x": picture}) == "x"
    assert address_column({"page": page, "photo": page}) == "photo"
    assert address_column({"large": picture, "thumbnail": picture}) == "thumbnail"
    assert address_column({"a image": picture, "picture_url": picture}) == "picture_url"


def test_nothing_in_a_manifest_ends_in_a_traceback():
    """Random places of manifests hold what does not belong there."""
    junk = [None, [], {}, "", "x", 0, -1, 3.5, True, [None], [[]], [{}], {"a": None}, "http://[", 10**30, float("nan")]
    pick = random.Random(0)
    collection = {"type": "Collection", "items": [{"id": "https://a.org", "type": "Manifest", "label": {"en": ["A"]}}]}
    documents = [V2, v3({"body": body(service=[{"id": "https://a.org/i", "type": "ImageService3"}])}), collection]
    for _ in range(3000):
        document = copy.deepcopy(pick.choice(documents))
        for _ in range(pick.randint(1, 3)):
            place = document
            while True:
                keys = list(place) if isinstance(place, dict) else range(len(place))
                key = pick.choice(keys) if keys else None
                if key is None:
                    break
                if not isinstance(place[key], (dict, list)) or pick.random() < 0.2:
                    place[key] = copy.deepcopy(pick.choice(junk))
                    break
                place = place[key]
        if kind_of(document) == "Collection":
            members_of(document, base="https://a.org/x")
        else:
            items, _ = works_of(document, base="https://a.org/m", canvases=pick.choice(CANVASES))
            for item in items:
                assert all(isinstance(text, str) for text in item.row.values())
                if item.service:
                    picture_addresses(with_info(item.service, document), 1200)
