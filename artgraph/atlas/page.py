"""The text of the two files that differ from atlas to atlas: index.html and data.js."""

import html
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

__all__ = [
    "POLICY", "SCRIPTS", "SERVED_POLICY", "STYLES", "beside_script", "data_of", "data_script", "index_page", "is_ours",
    "part_script", "served_page",
]  # fmt: skip

# In the order in which they build on each other.
SCRIPTS = (
    "core.js", "parts.js", "paintings.js", "decisions.js", "added.js", "search.js", "words.js", "csv.js", "filters.js",
    "gallery.js", "bars.js", "camera.js", "tiles.js", "mosaic.js", "wall.js", "deciding.js", "select.js", "map.js",
    "timeline.js", "front.js", "cluster.js", "spans.js", "viewer.js", "painting.js", "artists.js", "flow.js",
    "compare.js", "worklist.js", "questions.js", "made.js", "live.js", "router.js",
)  # fmt: skip
STYLES = ("base.css", "gallery.css", "map.css", "pages.css", "views.css", "viewer.css", "decisions.css")

# Some browsers let 'self' match nothing in a page opened from disk; file: says the same for those, and a page on
# a web host can load nothing by it.
POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file: data:; "
    "base-uri 'none'; form-action 'none'"
)

# What a page of `artgraph serve` may do besides: talk to the server that it comes from.
SERVED_POLICY = "connect-src 'self'; "

_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_GENERATOR = '<meta name="generator" content="artgraph atlas">'


def data_script(data: dict) -> bytes:
    r"""Write ``data`` as a script (UTF-8): a page opened from disk may load scripts, but not fetch.

    ``<``, ``>``, ``&``, U+2028, U+2029 and lone surrogates stand as ``\uXXXX``: no text can end the script.
    """
    return f"window.artgraph = {{ data: {_json(data)} }};\n".encode()


def part_script(name: str, value: object) -> bytes:
    """Write the part ``name`` of a page, a ``value``, as a script like ``data_script``."""
    return f"artgraph.came({_json(name)}, {_json(value)});\n".encode()


def beside_script(name: str, value: object) -> bytes:
    """Write a ``value`` that the page has from the beginning, under ``name``, as a script that follows ``data.js``."""
    return f"window.artgraph.{name} = {_json(value)};\n".encode()


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def index_page(title: str, n: int, *, hosts: Sequence[str] = (), parts: Sequence[str] = ()) -> bytes:
    """Write the page itself: head, empty landmarks, and the scripts in order.

    Parameters
    ----------
    title : is escaped.
    n : number of paintings, for readers without JavaScript.
    hosts : whose pictures the page may show when a reader asks for them ("https://example.org").
    parts : scripts with more data.
    """
    title = "".join(c for c in title if c.isprintable())[:300]
    scripts = ("data.js", *parts, *(f"static/{name}" for name in SCRIPTS))
    head = [f'<link rel="stylesheet" href="static/{name}">' for name in STYLES]
    head += [f'<script src="{name}" defer></script>' for name in scripts]
    template = (files("artgraph.atlas") / "static" / "index.template.html").read_text(encoding="utf-8")
    policy = POLICY.replace("data:;", " ".join(["data:", *hosts]) + ";")
    values = {"title": html.escape(title), "policy": policy, "generator": _GENERATOR, "n": f"{n:,}"}
    return template.format(**values, head="\n".join(head)).encode()


def is_ours(page: bytes) -> bool:
    """Tell whether a page is an atlas that artgraph wrote."""
    return _GENERATOR.encode() in page


def served_page(page: bytes) -> bytes:
    """Return an atlas's ``page`` (index.html) as ``artgraph serve`` gives it: it may talk to its server, and knows."""
    allowed = page.replace(b"default-src 'none'; ", f"default-src 'none'; {SERVED_POLICY}".encode(), 1)
    return allowed.replace(_GENERATOR.encode(), _GENERATOR.encode() + b'\n<meta name="artgraph-serve">', 1)


def data_of(folder: Path) -> dict | None:
    """Return what ``data_script`` wrote into an atlas's ``folder``; None where there is no whole atlas of this form."""
    try:
        text = (folder / "data.js").read_text(encoding="utf-8")
        if not (folder / "index.html").is_file():
            return None
        return json.loads(text[text.index("data: ") + len("data: ") : text.rindex(" };")])
    except (OSError, ValueError):
        return None
