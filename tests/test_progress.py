"""Progress: something is said from the first second, and then every minute, whether or not anybody watches."""

import io
import re
import time

import click
import pytest
from click.testing import CliRunner

from artgraph.progress import Bars


class Terminal(io.StringIO):
    def isatty(self):
        return True


def waited(file, pattern, seconds=5.0):
    """Return what stands in a file once a pattern does, or after so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not re.search(pattern, file.getvalue()):
        time.sleep(0.005)
    return file.getvalue()


@pytest.fixture
def log():
    return io.StringIO()


def test_a_stage_of_unknown_length_says_that_it_is_at_work_and_goes_on_saying_it(log):
    bars = Bars("build-graph", every=0.03, after=0.01, file=log)
    said = waited(log, r"(at work.*\n.*){3}").splitlines()
    bars.close()
    assert said[0] == "build-graph: at work"
    assert re.fullmatch(r"build-graph: at work for \d+ s", said[2])


def test_a_stage_of_known_length_says_how_far_it_is_and_how_long_it_will_take(log):
    bars = Bars(every=0.03, after=0.01, file=log)
    bars("describe", 0, 0)
    bars("describe", 1000, 4773)  # found ready
    bars("describe", 1200, 4773)
    said = waited(log, "1,200").splitlines()
    bars.close()
    assert re.fullmatch(r"describe: 1,200 of 4,773, about [\d.]+ (s|min|h) left", said[-1])


def test_short_stages_and_ended_ones_say_nothing(log):
    bars = Bars(every=0.02, after=0.2, file=log)
    for stage in ("ingest", "describe"):
        bars(stage, 0, 2)
        bars(stage, 2, 2)
        bars(stage, 2, 2)
    time.sleep(0.5)
    bars.close()
    assert log.getvalue() == ""


def test_lines_come_a_minute_apart(log, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("artgraph.progress.time.monotonic", lambda: now[0])
    bars = Bars("atlas", after=0.005, file=log)  # looks every 5 ms, by a clock that the test moves
    seen = []
    for now[0] in (0.0, 1.0, 30.0, 59.0, 60.5, 119.0, 121.0):
        time.sleep(0.05)
        seen.append(len(log.getvalue().splitlines()))
    bars.close()
    assert seen == [0, 1, 1, 1, 2, 2, 3]


def test_on_a_terminal_every_stage_has_a_bar_and_lines_stand_by_themselves(capsys):
    file = Terminal()
    bars = Bars("checks", file=file)
    bars("ingest", 0, 0)
    bars("ingest", 3, 8)
    bars.say("3 pictures")
    bars("ingest", 8, 8)
    bars.close()
    shown = file.getvalue()
    assert "checks" in shown
    assert re.search(r"ingest: +38%", shown)
    assert "3/8" in shown
    assert capsys.readouterr().out == "3 pictures\n"


def test_the_end_of_the_command_ends_it_also_where_it_fails():
    made = []

    @click.command()
    def command():
        made.append(Bars("describe", every=0.01, after=0.01))
        raise click.ClickException("no")

    assert CliRunner().invoke(command).exit_code == 1
    made[0]._ticker.join(2)
    assert not made[0]._ticker.is_alive()


def test_a_reader_that_has_gone_does_not_stop_the_work(log):
    bars = Bars("describe", every=0.01, after=0.01, file=log)
    log.close()
    bars._ticker.join(2)
    assert not bars._ticker.is_alive()
    bars("describe", 3, 4)
    bars.close()
