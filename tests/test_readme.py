"""README.md and experiments/RESULTS.md say nothing that is not so."""

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from artgraph import __version__
from artgraph.cli import main
from experiments.common import RESULTS
from experiments.table import BY_HAND, render, write_table

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "experiments" / "RESULTS.md"]
README, MEASURED = (page.read_text("utf-8") for page in PAGES)
MARKED = r"<!-- ([\w-]+):([^>]+?) -->\s*\+?(-?\d+(?:\.\d+)?)"
FIGURES = sorted({figure for text in (README, MEASURED) for figure in re.findall(MARKED, text)})
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
SHELL = "\n".join(text for language, text in BLOCKS if language in ("bash", "bat", "console"))
INLINE = "\n".join(
    re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", README + MEASURED, flags=re.MULTILINE | re.DOTALL))
)
COMMANDS = sorted(set(re.findall(r"^(?:\$ )?(artgraph [a-z][^\n&]*)", f"{SHELL}\n{INLINE}", flags=re.MULTILINE)))


def sections(text):
    return re.findall(r"^## (.+)$", text, flags=re.MULTILINE)


def section(name):
    return README.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def test_there_are_figures_and_commands():
    assert len(FIGURES) >= 150
    assert len(COMMANDS) >= 20


def test_every_marker_stands_before_a_figure():
    for text in (README, MEASURED):
        assert len(re.findall(r"<!-- [\w-]+:", text)) == len(re.findall(MARKED, text))


@pytest.mark.parametrize(("experiment", "path", "shown"), FIGURES, ids=lambda value: str(value))
def test_every_figure_is_one_that_an_experiment_printed(experiment, path, shown):
    value = json.loads((RESULTS / f"{experiment}.json").read_text("utf-8"))["figures"]
    while path:
        keys = range(len(value)) if isinstance(value, list) else value
        key = max((key for key in keys if f"{path}.".startswith(f"{key}.")), key=lambda key: len(str(key)))
        value, path = value[key], path[len(str(key)) + 1 :]
    decimals = len(shown.partition(".")[2])
    assert f"{round(value, decimals) + 0.0:.{decimals}f}" == shown


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_one_that_the_program_understands(command):
    words = shlex.split(command, comments=True)[1:]
    assert words[0] in main.commands
    with main.make_context("artgraph", list(words), resilient_parsing=True) as context:
        name, found, rest = main.resolve_command(context, list(words))
        if rest:
            found.make_context(name, rest, parent=context)
    assert CliRunner().invoke(main, [words[0], "--help"]).exit_code == 0


def test_files_that_they_link_to_are_there():
    for page, text in zip(PAGES, (README, MEASURED), strict=True):
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert (page.parent / target).is_file(), target


def test_places_that_they_link_to_are_there():
    for text in (README, MEASURED):
        there = {title.lower().replace(" ", "-") for title in sections(text)}
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= there


def test_modules_that_it_names_are_there():
    *_, tree = re.findall(r"(?:^ {4}.+\n)+", section("How to read the code"), flags=re.MULTILINE)
    inside = {0: ROOT}
    for line in tree.splitlines():
        names, depth = line.strip().partition("  ")[0].split(), (len(line) - len(line.lstrip())) // 2 - 2
        for name in re.findall(r"\S+(?:/|\.py)", " ".join(names)):
            path = inside[depth] / name
            assert path.is_dir() if name.endswith("/") else path.is_file(), path
            inside[depth + 1] = path
    for name in re.findall(r"`(\w+/\w+\.py)`", section("How to read the code")):
        assert (ROOT / name).is_file() or (ROOT / "artgraph" / name).is_file(), name


def test_the_order_of_the_sections():
    assert sections(README) == [
        "See what it does",
        "Run the tests",
        "On your own pictures",
        "When the collection grows",
        "Say what you know",
        "The stages",
        "How well does it work",
        "The corpus",
        "How to read the code",
        "Limits",
        "Develop",
        "Cite",
    ]


def test_it_is_short():
    assert len(README.split()) <= 2000


def test_one_line_runs_the_tests():
    assert len(re.findall(r"^\$ (.*-m pytest)$", README, flags=re.MULTILINE)) == 1


def test_the_version_to_cite_is_the_version():
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


def test_the_tables_are_those_of_the_results():
    written, line, _ = MEASURED.partition(f"\n{BY_HAND}")
    assert line
    systems = re.findall(r"`python -m experiments (\w+)`, \d+ paintings", written)
    assert written == render({name: json.loads((RESULTS / f"{name}.json").read_text("utf-8")) for name in systems})


def test_what_is_written_by_hand_is_kept(tmp_path):
    page, results = tmp_path / "RESULTS.md", tmp_path / "results"
    write_table(results)
    assert page.read_text("utf-8") == render({})
    by_hand = f"{BY_HAND}\n\n## What else was measured\n\nMuch.\n"
    page.write_text(f"# An older table\n\n{by_hand}", "utf-8")
    for _ in range(2):
        write_table(results)
        assert page.read_text("utf-8") == f"{render({})}\n{by_hand}"
