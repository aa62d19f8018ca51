"""The README says nothing that is not so."""

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from artgraph.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
FIGURES = re.findall(r"<!-- ([\w-]+):([^>]+?) -->\s*\+?(-?[\d.]+)", README)
COMMANDS = sorted(set(re.findall(r"(?:\.venv/bin/)?(artgraph [a-z-]+[^\n`&|]*)", README)))


def test_there_are_figures_and_commands():
    assert len(FIGURES) >= 5
    assert len(COMMANDS) >= 11


@pytest.mark.parametrize(("experiment", "path", "shown"), FIGURES, ids=lambda value: str(value))
def test_every_figure_is_one_that_an_experiment_printed(experiment, path, shown):
    value = json.loads((ROOT / "experiments" / "results" / f"{experiment}.json").read_text("utf-8"))["figures"]
    while path:
        keys = range(len(value)) if isinstance(value, list) else value
        key = max((key for key in keys if f"{path}.".startswith(f"{key}.")), key=lambda key: len(str(key)))
        value, path = value[key], path[len(str(key)) + 1 :]
    decimals = len(shown.partition(".")[2])
    assert f"{round(value, decimals) + 0.0:.{decimals}f}" == shown


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_one_that_the_program_understands(command):
    words = shlex.split(command)[1:]
    if words[0] not in main.commands:
        pytest.skip("a sentence about artgraph")
    with main.make_context("artgraph", list(words), resilient_parsing=True) as context:
        name, found, rest = main.resolve_command(context, list(words))
        if rest:
            found.make_context(name, rest, parent=context)
    assert CliRunner().invoke(main, [words[0], "--help"]).exit_code == 0


def test_files_that_it_links_to_are_there():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).is_file(), target


def test_the_order_of_the_sections():
    sections = re.findall(r"^## (.+)$", README, flags=re.MULTILINE)
    assert sections == [
        "See what it does",
        "Run the tests",
        "On your own pictures",
        "The stages",
        "The corpus",
        "How to read the code",
        "Limits",
        "Develop",
        "Changelog",
        "Cite",
    ]
