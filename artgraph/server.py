"""The server of ``artgraph serve``: gives the atlas to browsers on this machine, and takes decisions from them.

It listens on the loopback interface alone. Every address begins with a random token, so that no other page and no other
user of the machine can guess one; there is no cookie. A Host header other than this machine's (DNS rebinding), an
Origin header of another page, and a path out of the folder of the atlas are refused.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from artgraph.atlas.page import served_page

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["Book", "Job", "Served", "make_app"]

# of the files of an atlas; another is not given
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".webp": "image/webp",
}
MAX_BODY = 2**20  # bytes: 200 decisions, the most that the page sends at once, with reasons of 2,000 letters
MAX_DECISIONS = 1000  # in one request
FRAMES = "; frame-ancestors 'none'"
NOTHING = "default-src 'none'" + FRAMES


class Book(Protocol):
    """Where decisions are written."""

    def read(self) -> list[dict[str, str]]:
        """Return all that are taken, in the order in which they came; each of the columns of decisions.csv is text."""

    def append(self, decisions: Sequence[Mapping[str, str]]) -> tuple[list[str], list[tuple[str, str]]]:
        """Write ``decisions`` to the disk; return the keys of those that stand there, and (key, reason) of others."""


class Job(Protocol):
    """What "apply" does, one at a time."""

    def state(self) -> dict[str, Any]:
        """Return ``state`` ("idle", "running", "done" or "failed") and ``text``."""

    def start(self) -> None:
        """Begin, unless it is running."""

    def stop(self) -> None:
        """End it; what it was writing is whole or not there."""


@dataclass(frozen=True)
class Served:
    """What is served.

    Attributes
    ----------
    folder : Of the atlas.
    book, job
    port
    token : In every address; by default 128 random bits.
    """

    folder: Path
    book: Book
    job: Job
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the atlas."""
        return f"http://127.0.0.1:{self.port}/{self.token}/"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a Host header may say."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"


def make_app(served: Served) -> web.Application:
    """Return the application (aiohttp) that serves an atlas.

    Below the token: the files of the atlas; ``GET decisions?since=N``, all but the first N; ``POST decisions``
    (JSON ``{"decisions": [{key, when, ...}]}``), answered when they are on the disk; ``POST apply``.

    Parameters
    ----------
    served
    """
    from aiohttp import web

    writing = asyncio.Lock()

    def guard(request: web.Request) -> str:
        origin = request.headers.get("Origin")
        if request.host not in served.hosts or origin not in (None, *(f"http://{host}" for host in served.hosts)):
            raise web.HTTPForbidden(text="This server answers to this machine alone.\n")
        token, _, rest = request.path.removeprefix("/").partition("/")
        if not hmac.compare_digest(token.encode(), served.token.encode()):
            raise web.HTTPForbidden(text="Open the address that artgraph serve printed.\n")
        return rest

    async def answer(request: web.Request) -> web.StreamResponse:
        rest = guard(request)
        route = routes.get((request.method, rest))
        if route:
            return await route(request)
        if request.method not in ("GET", "HEAD"):
            raise web.HTTPMethodNotAllowed(request.method, ("GET", "HEAD"))
        return _page(served.folder) if rest in ("", "index.html") else _file(served.folder, rest)

    async def listed(request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        if not re.fullmatch(r"\d{1,9}", since):
            raise web.HTTPBadRequest(text="since is a number of decisions.\n")
        known = await asyncio.to_thread(served.book.read)
        first = int(since) if int(since) <= len(known) else 0  # the file is another one: all of it
        about = {"page": _written(served.folder), "apply": served.job.state()}
        return web.json_response({"decisions": known[first:], "next": len(known), **about})

    async def taken(request: web.Request) -> web.Response:
        decisions = _decisions(await _json(request))
        async with writing:
            keys, refused = await asyncio.to_thread(served.book.append, decisions)
        return web.json_response({"taken": keys, "refused": refused})

    async def applied(request: web.Request) -> web.Response:
        await _json(request)
        served.job.start()
        return web.json_response(served.job.state(), status=202)

    async def harden(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.setdefault("Content-Security-Policy", NOTHING)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"  # the page is written again under the same address

    async def ended(app: web.Application) -> None:
        served.job.stop()

    routes: dict[tuple[str, str], Callable] = {
        ("GET", "decisions"): listed,
        ("POST", "decisions"): taken,
        ("POST", "apply"): applied,
    }
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_route("*", "/{path:.*}", answer)
    app.on_response_prepare.append(harden)
    app.on_cleanup.append(ended)
    return app


def _page(folder: Path) -> web.Response:
    from aiohttp import web

    try:
        page = served_page((folder / "index.html").read_bytes())
    except FileNotFoundError:
        text = "The page is being written. Load it again in a moment.\n"
        raise web.HTTPServiceUnavailable(text=text, headers={"Retry-After": "2"}) from None
    policy = re.search(rb'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    headers = {"Content-Security-Policy": (policy[1].decode() if policy else "default-src 'none'") + FRAMES}
    return web.Response(body=page, content_type="text/html", charset="utf-8", headers=headers)


def _file(folder: Path, rest: str) -> web.FileResponse:
    from aiohttp import web

    root = folder.resolve()
    try:
        path = (root / rest).resolve()
        given = path.is_relative_to(root) and path.suffix in TYPES and path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        given = False
    if not given:
        raise web.HTTPNotFound(text="There is no such file in this atlas.\n")
    return web.FileResponse(path, headers={"Content-Type": TYPES[path.suffix]})


def _written(folder: Path) -> str | None:
    """Return which page stands there; None while one is being written."""
    try:
        return str((folder / "index.html").stat().st_mtime_ns)
    except FileNotFoundError:
        return None


async def _json(request: web.Request) -> Any:
    from aiohttp import web

    if request.content_type != "application/json":  # a form of another page can send no JSON
        raise web.HTTPUnsupportedMediaType(text="Send JSON.\n")
    try:
        return json.loads(await request.read())
    except ValueError:
        raise web.HTTPBadRequest(text="That is no JSON.\n") from None


def _decisions(value: Any) -> list[dict[str, str]]:
    from aiohttp import web

    decisions = value.get("decisions") if isinstance(value, dict) else None
    sound = isinstance(decisions, list) and len(decisions) <= MAX_DECISIONS
    if not sound or not all(
        isinstance(one, dict) and isinstance(one.get("key"), str) and all(isinstance(v, str) for v in one.values())
        for one in decisions
    ):
        text = f'Expected {{"decisions": [...]}}, at most {MAX_DECISIONS}, each an object of texts with a key.\n'
        raise web.HTTPBadRequest(text=text)
    return decisions
