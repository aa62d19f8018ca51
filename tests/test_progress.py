"""Progress: something is said from the first second, and then every minute, whether or not anybody watches."""

import io
import re
import time

import click
import pytest
from click.testing import CliRunner

from artgraph.progress import Bars, Pace


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


def test_a_stage_of_known_length_says_how_far_it_is(log):
    bars = Bars(every=0.03, after=0.01, file=log)
    bars("describe", 0, 0)
    bars("describe", 1000, 4773)  # found ready
    bars("describe", 1200, 4773)
    said = waited(log, "1,200").splitlines()
    bars.close()
    assert said[-1] == "describe: 1,200 of 4,773"  # nothing is foretold from one step


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    now = [0.0]
    monkeypatch.setattr("artgraph.progress.time.monotonic", lambda: now[0])
    return now


def test_how_long_it_will_take_is_the_median_of_warm_steps_and_is_revised(clock):
    pace, said = Pace(), []
    for step, seconds in enumerate([285, 140, 13, 2, 2, 40, 2, 2]):  # the first is over before its length is known
        clock[0] += seconds
        pace.reach(step + 1)
        said.append(pace.seconds)
    assert said == [None, None, None, None, None, 2, 2, 2]  # a slow one, with a check in it, does not count
    for step in range(9, 200):
        clock[0] += 5
        pace.reach(step)
    assert pace.seconds == 5


def test_things_that_come_in_bursts_count_together(clock):
    pace = Pace()
    pace.reach(0)
    for burst in range(1, 7):
        clock[0] += 6.0
        for done in range(3 * burst - 2, 3 * burst + 1):
            pace.reach(done)
            clock[0] += 0.0
    assert pace.seconds == pytest.approx(2.0, rel=0.5)


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_training_is_foretold_on_a_terminal_and_in_a_file(clock, stream):
    file = stream()
    bars = Bars("train-vgae", after=0.005, every=0.005, file=file)
    for step in range(1, 9):
        clock[0] += 60.0 if step < 4 else 3.0
        bars("train-vgae", step, 28)
    said = waited(file, "8 of 28.*left|8/28.*left")
    bars.close()
    assert re.search(r"8( of |/)28.*about 60 s left", said)


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
