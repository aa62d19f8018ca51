"""Requests, one at a time: never faster than asked, as late as the server says, whole files or none."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urljoin, urlsplit

from artgraph import __version__
from artgraph.addresses import is_address
from artgraph.errors import FetchError, ImageError

__all__ = ["Client", "picture_ending", "retry_after"]

LONGEST_WAIT = 900.0  # seconds that a server may ask for; where it asks for more, the rest waits for the next run
MOST_BYTES = 2**32
MOST_TEXT = 2**26  # of a manifest
REDIRECTS = 5
JSON = "application/ld+json, application/json;q=0.9, */*;q=0.1"
PICTURE = "image/jpeg, image/*;q=0.9, */*;q=0.1"
IN_A_ROW = 10  # addresses at which a server cannot be reached or has no time, one after another: it is left alone
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_WAIT = (429, 503)
_AWAY = ("no connection", "no answer", "429", "503")
_ENDINGS = {"JPEG": ".jpg", "MPO": ".jpg", "TIFF": ".tif", "JPEG2000": ".jp2"}


class Client:
    """Asks for manifests and pictures.

    Parameters
    ----------
    delay : Seconds between the beginnings of two requests to one server, at least.
    retries : How often a request is repeated that fails in a way that may pass: 429, 500, 502, 503, 504, a connection
        that ends too early, an empty answer. Before the k-th repetition it waits ``delay`` times 2 to the power of k
        seconds, or as long as the server's Retry-After says.
    timeout : Seconds without a byte.
    tell : Is given a sentence when a server asks to wait for more than 10 seconds.

    Attributes
    ----------
    asked : Number of requests.
    moved : Counter of (host, other host): redirects of pictures.
    """

    def __init__(
        self,
        *,
        delay: float = 1.0,
        retries: int = 4,
        timeout: float = 60.0,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        import httpx2

        self.delay, self.retries, self.tell = delay, retries, tell
        self.asked, self.moved = 0, Counter()
        self._last: dict[str, float] = {}
        self._closed: dict[str, str] = {}
        self._failed: Counter[str] = Counter()
        headers = {"User-Agent": f"artgraph/{__version__} (artgraph harvest)"}
        self._http = httpx2.Client(headers=headers, timeout=httpx2.Timeout(timeout, connect=20), follow_redirects=False)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def text(self, address: str) -> bytes:
        """Return what stands at an ``address``, such as a manifest; redirects to other hosts are not followed.

        Raises FetchError.
        """

        def read(answer: Any) -> bytes:
            content = bytearray()
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > MOST_TEXT:
                    raise FetchError("too large", f"It has more than {MOST_TEXT // 2**20} megabytes.")
            if not content.strip():
                raise FetchError("empty answer", "The server says that all is well, and sends nothing.", again=True)
            return bytes(content)

        return self._repeated(address, read, accept=JSON, elsewhere=False)

    def picture(self, address: str, file: Path) -> str:
        """Write the picture that stands at an ``address`` to a ``file``, and return the ending that fits its format.

        All of it is decoded. Redirects to other hosts are followed, and counted in ``moved``. Raises FetchError; then
        what is in the file is not to be used.
        """

        def save(answer: Any) -> str:
            size = 0
            with file.open("wb") as out:
                for piece in answer.iter_bytes():
                    size += out.write(piece)
                    if size > MOST_BYTES:
                        raise FetchError("too large", f"It has more than {MOST_BYTES // 2**30} gigabytes.")
            return picture_ending(file)

        return self._repeated(address, save, accept=PICTURE, elsewhere=True)

    def _repeated(self, address: str, take: Callable[[Any], Any], **how: Any) -> Any:
        host = urlsplit(address).netloc
        for attempt in range(self.retries + 1):
            try:
                taken = self._followed(address, take, **how)
                self._failed[host] = 0
                return taken
            except FetchError as error:
                if not error.again or attempt == self.retries:
                    self._count(host, error.reason)
                    raise
            time.sleep(0 if self._waits(address) else self.delay * 2 ** (attempt + 1))
        raise AssertionError("unreachable")

    def _count(self, host: str, reason: str) -> None:
        """Close a server that cannot be reached, or has no time, for many addresses in a row."""
        self._failed[host] = self._failed[host] + 1 if reason in _AWAY else 0
        if self._failed[host] == IN_A_ROW:
            self._closed[host] = f"{host} failed {IN_A_ROW} times in a row. Run this again later."

    def _followed(self, address: str, take: Callable[[Any], Any], *, accept: str, elsewhere: bool) -> Any:
        import httpx2

        place = address
        for _ in range(REDIRECTS + 1):
            host = urlsplit(place).netloc
            self._pause(host)
            try:
                with self._http.stream("GET", place, headers={"Accept": accept}) as answer:
                    if not answer.has_redirect_location:
                        self._check(answer, host)
                        taken = take(answer)
                        if host != urlsplit(address).netloc:
                            self.moved[urlsplit(address).netloc, host] += 1
                        return taken
                    place = urljoin(place, answer.headers["location"])
            except httpx2.TimeoutException as error:
                raise FetchError("no answer", "The server did not answer in time.", again=True) from error
            except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError, httpx2.DecodingError) as error:
                raise FetchError(
                    "broken off", f"The connection ended before the file did: {_said(error)}.", again=True
                ) from error
            except httpx2.ConnectError as error:
                raise FetchError("no connection", f"{host} cannot be reached: {_said(error)}.", again=True) from error
            except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
                raise FetchError("no answer", f"{_said(error)}.") from error
            if not is_address(place):
                raise FetchError("redirect", f"It leads to '{place[:200]}', which is no address on the web.")
            if not elsewhere and urlsplit(place).hostname != urlsplit(address).hostname:
                raise FetchError(
                    "redirect", f"It leads to another server, {urlsplit(place).netloc}, that nobody named."
                )
        raise FetchError("redirect", f"It leads on and on, more than {REDIRECTS} times.")

    def _check(self, answer: Any, host: str) -> None:
        """Raise FetchError for an answer that is none; note how long the server asks to wait."""
        code = answer.status_code
        if code in _WAIT and (seconds := retry_after(answer.headers.get("retry-after"))):
            if seconds > LONGEST_WAIT:
                self._closed[host] = f"{host} asks to wait for {seconds / 60:.0f} minutes. Run this again after that."
                raise FetchError("server left alone", self._closed[host])
            if seconds > 10:
                self.tell(f"{host} asks to wait for {seconds:.0f} seconds.")
            self._last[host] = time.monotonic() + seconds - self.delay
        if code != 200:
            phrase = answer.reason_phrase or "no reason given"
            raise FetchError(str(code), f"The server says: {phrase}.", again=code in _AGAIN)

    def _waits(self, address: str) -> bool:
        """Return whether the next request to this server waits anyway, by its Retry-After."""
        return self._last.get(urlsplit(address).netloc, 0.0) > time.monotonic()

    def _pause(self, host: str) -> None:
        if host in self._closed:
            raise FetchError("server left alone", self._closed[host])
        if host in self._last:
            time.sleep(max(0.0, self._last[host] + self.delay - time.monotonic()))
        self._last[host] = time.monotonic()
        self.asked += 1


def picture_ending(file: Path) -> str:
    """Return the ending for the format of a picture (``file``), decoding all of it; raise FetchError if it is none."""
    from artgraph.images import inspect_image

    if not file.stat().st_size:
        raise FetchError("empty answer", "The server says that all is well, and sends nothing.", again=True)
    try:
        format = inspect_image(file, thumbnail=16).format
    except ImageError as error:
        reason = "no picture" if error.reason == "not an image" else error.reason
        detail = error.detail.split(". ")[0].rstrip(".") + "."
        raise FetchError(reason, detail, again=reason in ("truncated", "damaged")) from error
    return _ENDINGS.get(format, f".{format.lower()}")


def retry_after(value: str | None) -> float | None:
    """Return the seconds that a header Retry-After (``value``) asks to wait, from now; None where it says nothing.

    Examples
    --------
    >>> retry_after("120"), retry_after("soon"), retry_after("Wed, 21 Oct 2015 07:28:00 GMT")
    (120.0, None, 0.0)
    """
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _said(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
