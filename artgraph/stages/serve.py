"""The atlas in a browser on this machine, with decisions written as they are made."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from artgraph.errors import InputError
from artgraph.lineage import Lineage, Ref
from artgraph.stages.applying import Applying
from artgraph.stages.atlas import atlas
from artgraph.stages.decided import Decided, questions_of
from artgraph.stages.lead import shown_first

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["PORT", "serve"]

# One and the same each time: a browser keeps decisions that were not taken under host and port. Above the ports that
# services have and below those that systems give to connections; no meaning beyond that.
PORT = 8791


def serve(
    corpus: Corpus, *, partition: str | None = None, port: int = PORT, tell: Callable[[str], None] = lambda text: None
) -> None:
    """Serve the atlas of a corpus to browsers on this machine until it is interrupted (Ctrl-C).

    Decisions that are made in the page are written to ``decisions.csv`` of the corpus as they are made; "apply" finds
    the clusters again. The page is written first where it is not there, or shows other clusters than the corpus has.

    Parameters
    ----------
    corpus
    partition : Whose clusters are shown, and found again by "apply"; by default those that the page shows first.
    port : On 127.0.0.1; 0 takes any that is free.
    tell : callable(str); is given the address, which has a new token each time, when the server answers.

    Raises
    ------
    InputError
        The port is taken.
    MissingError, StaleError
        There is no such partition, or it is stale.
    """
    from aiohttp import web

    from artgraph.server import Served, make_app

    partition = shown_first(corpus) if partition is None else partition
    Lineage(corpus).inputs([Ref("partitions", partition)])
    shown = _shown(corpus, partition)
    with _listening(port) as listening:
        if not shown["current"]:
            tell("Writing the page ...")
            atlas(corpus, partition=partition, **shown["as"])
        job = Applying(corpus.path, partition=partition, **shown["as"])
        served = Served(corpus.path / "atlas", Decided(corpus), job, listening.getsockname()[1])
        tell(f"Open {served.address} in a browser on this machine; end with Ctrl-C.")
        web.run_app(make_app(served), sock=listening, print=None, access_log=None, shutdown_timeout=2)


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise InputError(
            f"Port {port} cannot be used ({error.strerror}): another artgraph serve may be running. "
            f"Name another: --port {port + 1 if port else PORT}"
        ) from None
    return listening


def _shown(corpus: Corpus, partition: str) -> dict[str, Any]:
    """Return whether the page in the corpus shows the partition as it is, and as what it is written again."""
    from artgraph.atlas.pack import ids_stamp, unpacked
    from artgraph.atlas.page import data_of

    data = data_of(corpus.path / "atlas")
    if data is None or "decisions" not in data:  # there is none, or one that an earlier artgraph wrote
        return {"current": False, "as": {}}
    labels = unpacked(data["labels"]).tolist()
    same = data["name"] == partition and labels == corpus.get("partitions", partition).tolist()
    asked = [tuple(one) for one in data["questions"]] == questions_of(corpus, partition)
    images = "medium" if data["larger"] else "small" if data["images"] else "none"
    return {
        "current": same and asked and data["stamp"] == ids_stamp(corpus.paintings["id"].tolist()),
        "as": {"title": data["title"], "images": images},
    }
