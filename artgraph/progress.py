"""How far the work is, on standard error: a bar for a person who watches, a line a minute where nobody does."""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections import deque
from typing import TextIO

import click

__all__ = ["MADE", "Bars", "Pace", "say", "span"]

MADE = "artgraph.made"  # under this a command that was given --json keeps what it made

TIME = "{desc}: {elapsed}"  # where the length is not known
BAR = "{desc}: {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}{postfix}]"
COLD, WARM, RECENT = 2, 3, 100  # laps that are left out, that a forecast needs, and that it is made from at most


class Bars:
    """Progress of the stages of a command, from its first second to its end.

    On a terminal each stage has a bar. Elsewhere, as in a file or the log of a queue, a stage that takes longer than
    ``after`` seconds says so, and then, every ``every`` seconds, how far it is and how long it will take. A stage whose
    length is not known is told with ``total`` 0. The command that is running closes it when it ends.

    Parameters
    ----------
    first : The stage that begins now.
    every, after : Seconds.
    file : Default: standard error.
    """

    def __init__(self, first: str = "", *, every: float = 60.0, after: float = 1.0, file: TextIO | None = None) -> None:
        self.every, self.after, self.file = every, after, file or sys.stderr
        self.watched = self.file.isatty()
        self._lock, self._closed, self._ticker = threading.RLock(), threading.Event(), None
        self._stage, self._ended, self._bar, self._done, self._total = "", "", None, 0, 0
        self._began = self._due = 0.0
        self._pace = Pace()
        if context := click.get_current_context(silent=True):
            context.call_on_close(self.close)
        if first:
            self(first, 0, 0)

    def __call__(self, stage: str, done: int, total: int) -> None:
        with self._lock:
            if total and done >= total and stage in (self._ended, ""):
                return
            if stage != self._stage:
                self._end()
                self._begin(stage, done)
            if total and not self._total:  # what is done by now was done by an earlier run, or at no cost
                self._pace = Pace()
            if total:
                self._pace.reach(done)
            known, self._done, self._total = self._total, done, total
            if self._bar is not None:
                self._bar.total, self._bar.bar_format = total or None, BAR if total else TIME
                self._bar.set_postfix_str(self._left(), refresh=False)
                self._bar.update(done - self._bar.n)
                if known != total:
                    self._bar.refresh()
            if total and done >= total:
                self._end()

    def say(self, text: str) -> None:
        """Print a line of ``text`` on standard output, see :func:`say`; a bar that is open ends before it."""
        with self._lock:
            self._end()
            say(text)

    def close(self) -> None:
        """End what is open."""
        self._closed.set()
        with self._lock:
            self._end()

    def _begin(self, stage: str, done: int) -> None:
        self._stage, self._total, self._began = stage, 0, time.monotonic()
        self._due = self._began + self.after
        if self.watched:
            from tqdm import tqdm

            about = {"total": None, "initial": done, "unit": "", "leave": False, "dynamic_ncols": True}
            self._bar = tqdm(desc=stage, file=self.file, bar_format=TIME, **about)
        if self._ticker is None:
            self._ticker = threading.Thread(target=self._tick, daemon=True)
            self._ticker.start()

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._stage, self._bar, self._ended = "", None, self._stage

    def _tick(self) -> None:
        while not self._closed.wait(min(1.0, self.after, self.every)):
            with self._lock:
                if not self._stage or self._closed.is_set():
                    continue
                if self._bar is not None:
                    self._bar.refresh()
                elif time.monotonic() >= self._due:
                    first, self._due = self._due == self._began + self.after, self._due + self.every
                    try:
                        click.echo(self._line(first), file=self.file)
                    except (OSError, ValueError):  # whoever read it has gone; the work goes on
                        return

    def _line(self, first: bool) -> str:
        seconds = time.monotonic() - self._began
        if not self._total:
            return f"{self._stage}: at work" + ("" if first else f" for {span(seconds)}")
        return ", ".join(filter(None, [f"{self._stage}: {self._done:,} of {self._total:,}", self._left()]))

    def _left(self) -> str:
        seconds = self._pace.seconds
        return "" if seconds is None else f"about {span(seconds * (self._total - self._done))} left"


def say(text: str) -> None:
    """Print ``text``, which may quote the catalogue: no control characters; nothing where --json was given."""
    context = click.get_current_context(silent=True)
    if context is None or context.meta.get(MADE) is None:
        click.echo("".join(c if c.isprintable() or c == "\n" else " " for c in text))


class Pace:
    """Seconds for each thing done, the median of recent laps, revised with every lap.

    A lap takes a second or more, so that things that come in bursts count as one. The first two are left out: a
    network's first steps take many times as long as later ones. Nothing is said before three more.
    """

    def __init__(self) -> None:
        self._laps: deque[float] = deque(maxlen=RECENT)
        self._cold, self._since, self._from = COLD, None, 0

    def reach(self, done: int) -> None:
        """Note that ``done`` things are done now."""
        now = time.monotonic()
        if self._since is None:
            self._since, self._from = now, done
        elif done > self._from and now - self._since >= 1.0:
            if self._cold:
                self._cold -= 1
            else:
                self._laps.append((now - self._since) / (done - self._from))
            self._since, self._from = now, done

    @property
    def seconds(self) -> float | None:
        """Median of the recent laps; None before there are three."""
        return statistics.median(self._laps) if len(self._laps) >= WARM else None


def span(seconds: float) -> str:
    """Return a number of ``seconds`` in a fitting unit, such as "12 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
