"""The house rules that a program can check."""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import get_type_hints

import click
import pytest
from click.testing import CliRunner

import artgraph
from artgraph.cli import main
from artgraph.errors import InputError

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
        "import sys; import artgraph; import artgraph.cli; "
        "print([m for m in ('torch', 'faiss', 'igraph', 'sklearn') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


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


LAYERS = (  # from the ground up; what stands in one row may not import from the row's other packages, nor from above
    ("errors",),
    (
        "addresses",
        "checks",
        "atomic",
        "formats",
        "datewords",
        "dateforms",
        "dates",
        "qualifierwords",
        "qualifiers",
        "geometric",
        "notebook",
    ),
    ("soundness",),
    ("journal", "storage"),
    ("staging", "tablefiles", "decisions"),
    ("communities.methods",),
    ("settings",),
    ("colors", "decoding", "folders", "imagefiles", "images", "tiffs", "wholeness"),
    ("tabletext", "delimited", "rawtables", "sources", "arranging", "metadata"),
    ("joining", "objectviews", "ingest", "shards"),
    ("graph", "retrieval", "vocabulary"),
    ("learning",),
    ("engine",),
    ("descriptors", "vgae"),
    ("communities",),
    ("layouts",),
    ("evaluation", "interpret", "plots"),
    ("review",),
    ("export",),
    ("harvest",),
    ("atlas",),
    ("server",),
    ("corpus", "makers"),
    ("lineage", "catalogue"),
    ("stages",),
    ("pipeline",),
    ("estimator", "views", "widget"),
    ("parameters", "progress"),
    ("options",),
    ("commands",),
    ("cli",),
)


def layer_of(module):
    """The number of the layer of a module ('graph.knn'), and its name there."""
    for number, names in enumerate(LAYERS):
        for name in names:
            if module == name or (module.startswith(f"{name}.") and f"{module.split('.')[0]}" == name):
                return number, name
    return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_dependencies_point_downward(path):
    """Whoever imports what when the module is loaded; names for types do not count."""
    own = ".".join(path.relative_to(ROOT / "artgraph").with_suffix("").parts).removesuffix(".__init__")
    mine = layer_of(own)
    if own in ("__init__", "__main__", "testing") or mine is None:
        assert mine is not None or own in ("__init__", "__main__", "testing"), f"{own} is in no layer"
        return
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("artgraph."):
            continue
        other = layer_of(node.module.removeprefix("artgraph."))
        if other is None or other[1] == mine[1]:
            continue
        assert other[0] <= mine[0], f"{own} imports {node.module}, which stands above it"


def test_no_reference_is_read_and_no_maker_compared_outside_the_lineage():
    """'features/gram' is split, and who made a thing is asked, in ``artgraph.lineage`` alone."""
    for path in FILES:
        if path.name in ("lineage.py", "makers.py"):
            continue
        text = path.read_text("utf-8")
        assert not re.search(r"""made_by["']?\]?\[["'](function|stage)["']""", text), path
        if path.parent.name in ("stages", "commands") or path.name in ("corpus.py", "catalogue.py", "pipeline.py"):
            for line in text.splitlines():
                assert not re.search(r"""\b(ref|reference)\w*\.(r?partition|r?split)\(["']/["']""", line), (path, line)


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
    from artgraph.makers import STAGES

    function = {"import": "import_vectors"}.get(name, name.replace("-", "_"))
    defaults = {one.name: one.default for one in inspect.signature(getattr(pipeline, function)).parameters.values()}
    if function in STAGES and STAGES[function].settings and function != "describe":
        defaults |= {one.name: one.default for one in dataclasses.fields(STAGES[function].settings)}
    for option in main.commands[name].params:
        if isinstance(option, click.Option) and option.name in defaults:
            default = defaults[option.name]
            if default is inspect.Parameter.empty:
                assert option.required or (name, option.name) == ("run", "out")  # run --plan makes no corpus
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


@pytest.mark.parametrize("name", COMMANDS)
def test_a_former_name_of_an_option_is_an_error_that_says_the_new_one(name):
    from artgraph.makers import STAGES

    settings = getattr(STAGES.get({"import": "import_vectors"}.get(name, name.replace("-", "_"))), "settings", None)
    for old, new in getattr(settings, "renamed", {}).items():
        flags = [f"--{one.replace('_', '-')}" for one in (old, new)]
        result = CliRunner().invoke(main, [name, "corpus", flags[0], "1"])
        assert result.exit_code == 2
        assert "{} is now called {}".format(*flags) in result.output
        with pytest.raises(InputError, match=f"'{old}' is now called '{new}'"):
            settings.of({old: 1})


def test_every_setting_of_the_command_line_has_a_help_text_and_the_choices_of_the_science():
    from artgraph.graph.hubness import HUBNESS
    from artgraph.graph.knn import METRICS
    from artgraph.graph.weights import KERNELS, SYMMETRIES
    from artgraph.settings import GraphSettings, choices_of

    hints = get_type_hints(GraphSettings)
    found = {one.name: choices_of(one, hints[one.name]) for one in dataclasses.fields(GraphSettings)}
    known = {"metric": METRICS, "kernel": KERNELS, "symmetry": SYMMETRIES, "hubness": HUBNESS}
    for name, choices in known.items():
        assert set(found[name]) - {"none"} == set(choices) - {"none"}, name
    for command in main.commands.values():
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden and option.name not in ("device", "backbone"):
                assert option.help, (command.name, option.name)


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


def test_no_error_is_raised_bare_or_swallowed():
    """The base of all errors is raised by nobody, and caught by the command line alone."""
    for path in FILES:
        text = path.read_text("utf-8")
        assert "raise ArtgraphError(" not in text, path
        if path.name != "options.py":
            assert not re.search(r"(except|suppress)\W+ArtgraphError", text), path
