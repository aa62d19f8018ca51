"""The house rules that a program can check."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import artgraph
from artgraph.cli import main

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "artgraph").rglob("*.py"))
MODULES = [
    module.name
    for module in pkgutil.walk_packages(artgraph.__path__, "artgraph.")
    if not any(part.startswith("_") for part in module.name.split("."))
]


def public(module):
    """The functions and classes that a module offers and that are its own."""
    found = importlib.import_module(module)
    for name in getattr(found, "__all__", ()):
        thing = getattr(found, name)
        if getattr(thing, "__module__", None) == module and (inspect.isfunction(thing) or inspect.isclass(thing)):
            yield name, thing


def functions():
    for module in MODULES:
        for name, thing in public(module):
            if inspect.isfunction(thing):
                yield pytest.param(thing, id=f"{module}.{name}")


def test_importing_artgraph_is_light():
    code = (
        "import sys, time; start = time.perf_counter(); import artgraph; import artgraph.cli; "
        "print(time.perf_counter() - start, [m for m in ('torch', 'faiss', 'igraph', 'sklearn') if m in sys.modules])"
    )
    seconds, loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split(" ", 1)
    assert loaded.strip() == "[]"
    assert float(seconds) < 5  # a sanity bound only: these machines are noisy


@pytest.mark.parametrize("module", MODULES)
def test_all_names_what_a_module_offers(module):
    """``__all__`` is sorted by ruff (RUF022); here: every name is there, and nothing public is left out."""
    found = importlib.import_module(module)
    own = {
        name
        for name, thing in vars(found).items()
        if not name.startswith("_")
        and getattr(thing, "__module__", None) == module
        and not isinstance(thing, click.Command)
    }
    listed = set(getattr(found, "__all__", ()))
    assert all(hasattr(found, name) for name in listed)
    assert own <= listed


def test_top_level_all():
    assert artgraph.__all__ == sorted(artgraph.__all__)
    for name in artgraph.__all__:
        assert getattr(artgraph, name) is not None
    with pytest.raises(AttributeError):
        artgraph.nothing  # noqa: B018


@pytest.mark.parametrize("function", list(functions()))
def test_at_most_three_positional_parameters(function):
    kinds = [p.kind for p in inspect.signature(function).parameters.values()]
    allowed = 4 if function.__name__ == "run" else 3
    assert (
        sum(kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD) for kind in kinds)
        <= allowed
    )


@pytest.mark.parametrize("function", list(functions()))
def test_public_functions_say_what_they_take_and_give(function):
    text = inspect.getdoc(function) or ""
    assert text.splitlines()[0].endswith((".", ":")), "one verb sentence"
    if len(inspect.signature(function).parameters) > 2:
        assert "Parameters" in text
    for name in inspect.signature(function).parameters:
        assert name.lstrip("*") in text, f"'{name}' is not in the docstring"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_modules_are_short_and_say_what_they_are(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 350
    assert ast.get_docstring(ast.parse(text))


LAYERS = ("corpus", "pipeline", "stages", "options", "commands", "cli")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_dependencies_point_downward(path):
    """Pure functions know neither the corpus nor the stages; the stages do not know the command line."""
    own = path.relative_to(ROOT / "artgraph").as_posix()
    if own.split("/")[0].removesuffix(".py") in (*LAYERS, "__init__", "__main__", "testing"):
        return
    tree = ast.parse(path.read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert not {f"artgraph.{layer}" for layer in LAYERS} & {".".join(name.split(".")[:2]) for name in imported}


def test_no_pickle_anywhere():
    for path in FILES:
        text = path.read_text("utf-8")
        assert not re.search(r"allow_pickle=True|weights_only=False|import pickle|strict=False\)", text), path


COMMANDS = sorted(main.commands)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_and_stands_in_the_readme(name):
    command = main.commands[name]
    assert f"artgraph {name}" in command.help
    assert "Example" in command.help
    assert f"artgraph {name}" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_default_of_the_command_line_is_the_default_of_the_function(name):
    from artgraph import pipeline

    function = {"import": "import_vectors"}.get(name, name.replace("-", "_"))
    parameters = inspect.signature(getattr(pipeline, function)).parameters
    for option in main.commands[name].params:
        if isinstance(option, click.Option) and option.name in parameters:
            default = parameters[option.name].default
            if default is inspect.Parameter.empty:
                assert option.required
                continue
            context = click.Context(main.commands[name])
            shown = option.get_default(context)
            if option.multiple and option.callback:  # names, one by one or with commas
                given = shown if isinstance(shown, tuple) else ()  # click has marks of its own for "none"
                assert option.callback(context, option, given) == (default or None), option.name
                continue
            given = (
                shown if isinstance(shown, (bool, int, float, str)) else None
            )  # click has marks of its own for "none"
            assert given == default, option.name


def test_examples_in_docstrings_are_right():
    import doctest

    import numpy as np
    import torch

    np.set_printoptions(legacy=False)
    tried = 0
    for module in MODULES:
        result = doctest.testmod(importlib.import_module(module), extraglobs={"np": np, "torch": torch}, verbose=False)
        assert result.failed == 0, module
        tried += result.attempted
    assert tried > 10
