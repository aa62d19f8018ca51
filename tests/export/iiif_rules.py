"""What the Presentation API 3.0 says of collections and manifests, as far as artgraph writes them."""

import re

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
ADDRESS = re.compile(r"https?://[^\s#]+$")
ALLOWED = {
    "Collection": {"@context", "id", "type", "label", "summary", "items"},
    "Manifest": {"@context", "id", "type", "label", "summary", "items"},
    "Canvas": {
        *("id", "type", "label", "width", "height", "metadata", "rights", "requiredStatement", "homepage"),
        *("partOf", "items"),
    },
    "AnnotationPage": {"id", "type", "items"},
    "Annotation": {"id", "type", "motivation", "body", "target"},
    "Image": {"id", "type", "format", "width", "height", "service"},
}


def check(thing, kind, *, top=True):
    """Assert that a resource is what it says it is."""
    assert thing["type"] == kind
    assert ADDRESS.match(thing["id"]), thing["id"]
    assert set(thing) <= ALLOWED[kind], set(thing) - ALLOWED[kind]
    if top:
        assert next(iter(thing)) == "@context"
        assert thing["@context"] == CONTEXT
    for name in {"label", "summary"} & set(thing):
        language_map(thing[name])
    if kind == "Collection":
        for one in thing["items"]:
            assert set(one) == {"id", "type", "label"}
            assert one["type"] == "Manifest"
            language_map(one["label"])
    elif kind == "Manifest":
        assert thing["items"]
        for one in thing["items"]:
            check(one, "Canvas", top=False)
        ids = [one["id"] for one in thing["items"]]
        assert len(set(ids)) == len(ids)
    elif kind == "Canvas":
        assert all(isinstance(thing[side], int) and thing[side] > 0 for side in ("width", "height"))
        for pair in [*thing.get("metadata", ()), *filter(None, [thing.get("requiredStatement")])]:
            language_map(pair["label"])
            language_map(pair["value"])
        for one in thing.get("partOf", ()):
            assert ADDRESS.match(one["id"])
            assert one["type"] == "Manifest"
        for one in thing.get("homepage", ()):
            assert {"id", "type", "label"} <= set(one)
        if "rights" in thing:
            assert re.match(r"http://(creativecommons\.org|rightsstatements\.org)/", thing["rights"])
        (page,) = thing["items"]
        check(page, "AnnotationPage", top=False)
        (note,) = page["items"]
        check(note, "Annotation", top=False)
        assert note["motivation"] == "painting"
        assert note["target"] == thing["id"]
        check(note["body"], "Image", top=False)
        for service in note["body"].get("service", ()):
            version = str(service.get("type") or service.get("@type"))[-1]
            assert set(service) == ({"id", "type"} if version == "3" else {"@id", "@type"}) | {"profile"}
            assert "level" in service["profile"]


def language_map(value):
    assert value
    for language, texts in value.items():
        assert re.fullmatch(r"none|[a-zA-Z]+(-[a-zA-Z0-9]+)*", language)
        assert texts
        assert all(isinstance(text, str) and text for text in texts)
