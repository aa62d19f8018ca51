"""Write an atlas from values by the names of their fields, and read it."""

import json
from dataclasses import fields

from artgraph.atlas import About, Clusters, Links, Paintings, write_atlas


def write(out, *, images=True, **given):
    """Sort the values into the parts of the page; each must be a field of one."""
    paintings, clusters, links, about = (
        kind(**{f.name: given.pop(f.name) for f in fields(kind) if f.name in given})
        for kind in (Paintings, Clusters, Links, About)
    )
    assert not given, given
    return write_atlas(out, paintings, clusters, links=links, about=about, images=images)


def read(out):
    """Return what the page in a folder is told."""
    text = (out / "data.js").read_text(encoding="utf-8")
    start, end = "window.artgraph = { data: ", " };\n"
    assert text.startswith(start)
    assert text.endswith(end)
    return json.loads(text[len(start) : -len(end)])


def open_filters(page):
    """Open the filters and wait for the fields, which are made when the browser reports the opening."""
    page.locator(".filters summary").click()
    page.locator(".filters .fields > *").first.wait_for()
