"""What the commands share: options whose defaults are those of the functions, and errors as messages."""

from __future__ import annotations

import errno
import functools
import inspect
import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

import click

from artgraph.errors import ArtgraphError
from artgraph.parameters import Choice, NumberOr, keys, named_weights, names
from artgraph.progress import MADE, Bars, say
from artgraph.settings import Settings, choices_of, flag_of

if TYPE_CHECKING:
    from artgraph.pipeline import Made

__all__ = [
    "SEED", "Bars", "Choice", "Command", "Group", "NumberOr", "as_json", "engine_options", "keep", "keys", "makes",
    "named_weights", "names", "network", "network_options", "option", "partition_option", "result", "say",
    "settings_options", "show", "show_facts", "show_json", "stage", "was_given", "with_corpus", "wrapped",
]  # fmt: skip

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
SEED = click.IntRange(0, 2**32 - 1)
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


class Command(click.Command):
    """A command whose expected failures are a message and exit status 1, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ArtgraphError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.errno in NO_SPACE:
                raise click.ClickException(f"{error.filename or 'The disk'}: {error.strerror}") from error
            raise


class Group(click.Group):
    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order of the work


def stage(name: str) -> Callable[..., Any]:
    """Return the stage function of this name; the stages are light to import."""
    from artgraph import pipeline

    return getattr(pipeline, name)


def option(of: str, name: str, *flags: str, **about: Any) -> Decorator:
    """Make a click option whose default is that of a stage's parameter.

    Parameters
    ----------
    of, name : The stage and its parameter.
    *flags : Default: the name, with dashes.
    **about : For ``click.option``.
    """
    default = inspect.signature(stage(of)).parameters[name].default
    if isinstance(default, tuple):
        default = ",".join(default)
    flags = flags or (f"--{name.replace('_', '-')}",)
    if about.get("callback") in (names, keys):  # --with a,b or --with a --with b
        about["multiple"], default = True, (default,) if default else None
    return click.option(*flags, name, default=default, show_default=default is not None, **about)


def settings_options(settings: type[Settings]) -> Decorator:
    """Add an option for every field of a settings class that has a help text; a former name is an error that says so.

    Parameters
    ----------
    settings : A subclass of ``artgraph.settings.Settings``.
    """
    hints = get_type_hints(settings)
    made = [_setting(one, hints[one.name]) for one in fields(settings) if one.metadata.get("help")]
    known = {one.name for one in fields(settings)}
    made += [_former(old, new) for old, new in settings.renamed.items() if old not in known]
    return lambda function: functools.reduce(lambda wrapped, add: add(wrapped), reversed(made), function)


def _setting(one: Field, hint: Any) -> Decorator:
    about, default = dict(one.metadata), one.default
    flag, given = flag_of(one), {"help": about["help"], "metavar": about["metavar"]}
    choices, kinds = choices_of(one, hint), {hint, *get_args(hint)}
    if hint is bool:
        if default:
            flag = f"{flag}/--no-{flag.removeprefix('--')}"
        return click.option(flag, one.name, default=default, is_flag=True, show_default=False, help=about["help"])
    if get_origin(hint) is tuple or any(get_origin(kind) is tuple for kind in kinds):
        given |= {"callback": keys if about["keys"] else names, "multiple": True}
        default = (",".join(default),) if default else None
    elif choices and float in kinds:
        given["type"] = NumberOr(choices, _bounds(about))
    elif choices:
        given["type"] = Choice(choices)
    elif one.name == "seed":
        given["type"] = SEED
    elif int in kinds or float in kinds:
        bounds, kind = _bounds(about), int if int in kinds else float
        ranges = {int: click.IntRange, float: click.FloatRange}
        given["type"] = kind if bounds["min"] is bounds["max"] is None else ranges[kind](**bounds)
    return click.option(flag, one.name, default=default, show_default=default is not None, **given)


def _bounds(about: dict[str, Any]) -> dict[str, Any]:
    least = about["least"] if about["least"] is not None else about["above"]
    return {"min": least, "max": about["most"], "min_open": about["above"] is not None}


def _former(old: str, new: str) -> Decorator:
    def refuse(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
        if value is not None:
            flags = (f"--{name.replace('_', '-')}" for name in (old, new))
            raise click.UsageError("{} is now called {}".format(*flags), context)

    return click.option(f"--{old.replace('_', '-')}", hidden=True, expose_value=False, callback=refuse)


as_json = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


def makes(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command (``function``) the option --json: what it shows, as JSON and nothing else on standard output."""

    @as_json
    @functools.wraps(function)
    def making(*given: Any, as_json: bool, **options: Any) -> Any:
        context = click.get_current_context()
        context.meta[MADE] = [] if as_json else None
        value = function(*given, **options)
        if as_json:
            show_json(context.meta[MADE])
        return value

    return making


def result(value: Any) -> None:
    """Let --json print this ``value`` of a command that ``makes`` something."""
    context = click.get_current_context()
    if context.meta.get(MADE) is not None:
        context.meta[MADE] = value


def show(made: Made, bars: Bars | None = None) -> None:
    """Print one line on what a stage ``made``, or keep it for --json; ``bars`` that are open end before it."""
    from artgraph.pipeline import line

    keep(made)
    (say if bars is None else bars.say)(line(made))


def keep(made: Made) -> None:
    """Keep what a stage ``made`` for --json, where that was given."""
    kept = click.get_current_context().meta.get(MADE)
    if kept is not None:
        kept.append(made._asdict())


def wrapped(text: str, indent: str = "") -> None:
    """Print a ``text`` in lines of the terminal's width, all but the first with ``indent``; a file gets one line."""
    if not sys.stdout.isatty():
        say(text)
        return
    width = max(40, shutil.get_terminal_size((100, 24)).columns)
    for part in textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False):
        say(part)


def was_given(name: str) -> bool:
    """Return whether the option with this parameter ``name`` stands on the command line."""
    return click.get_current_context().get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def show_facts(facts: Mapping[str, Any], *hidden: str) -> None:
    """Print the measures in the ``facts`` of a label, one a line, without those ``hidden``."""
    for fact, value in facts.items():
        if fact not in hidden:
            say(f"  {fact.replace('_', ' ')}: {value}")


def show_json(value: Any) -> None:
    """Print a value as JSON, on standard output and nothing else."""
    click.echo(json.dumps(value, indent=1, ensure_ascii=False, default=str))


def partition_option(of: str, text: str = "The partition.") -> Decorator:
    """Return the option --partition of a stage (``of``), with a help ``text``."""
    return option(of, "partition", help=text)


corpus_argument = click.argument("corpus", type=click.Path(path_type=Path))


def with_corpus(function: Callable[..., Any]) -> Callable[..., Any]:
    """Open the corpus for a command; the decorated function gets it as its first argument."""

    @functools.wraps(function)
    def opened(corpus: Path, **options: Any) -> Any:
        from artgraph.corpus import Corpus

        return function(Corpus(corpus), **options)

    return corpus_argument(opened)


def network_options(of: str) -> Decorator:
    """Add the options of descriptors that use a network."""
    options = [
        click.option("--backbone", help="A timm network, for those of gram, cnn and clip that name none."),
        click.option(
            "--layers", callback=names, multiple=True, help="Its layers, by name, index or count (conv10), with commas."
        ),
        click.option(
            "--weights",
            multiple=True,
            metavar="FILE|BACKBONE=FILE|FOLDER",
            help="Weights of networks; default: the hub.",
        ),
        click.option(
            "--size", type=click.IntRange(32), help="Side in pixels of what a network sees; default: its own."
        ),
        click.option("--tiles", is_flag=True, default=None, help="csd: look at all of a panorama or scroll, in tiles."),
        click.option(
            "--window-cm",
            type=click.FloatRange(0, min_open=True),
            help="patches: true scale, windows of this side; needs the columns height_cm and width_cm.",
        ),
        click.option(
            "--ignore-color", is_flag=True, default=None, help="Show every picture in grey; keys then end in -grey."
        ),
        click.option(
            "--runtime",
            type=Choice(["torch", "onnxruntime"]),
            help="Who runs networks (not openclip's); onnxruntime is quicker on a CPU.",
        ),
        option(of, "device", type=Choice(["auto", "cpu", "cuda"])),
    ]
    return lambda function: functools.reduce(lambda wrapped, add: add(wrapped), reversed(options), function)


def engine_options(of: str, *, help: str = "Where pictures are looked at: here, or by Ray.") -> Decorator:
    """Add the options on where a stage (``of``) runs; ``help`` is that of --engine."""
    options = [
        option(of, "engine", type=Choice(["process", "ray"]), help=help),
        option(of, "ray_address", metavar="ADDRESS", help="A Ray cluster; default: one on this machine."),
        option(
            of,
            "storage",
            metavar="FOLDER|s3://...",
            help="Where shards lie until they are joined; default: the corpus.",
        ),
    ]
    return lambda function: functools.reduce(lambda wrapped, add: add(wrapped), reversed(options), function)


def network(options: dict[str, Any]) -> dict[str, Any]:
    """Take the network options out of a command's options; those not given are left out."""
    known = ("backbone", "layers", "weights", "size", "tiles", "window_cm", "ignore_color", "runtime")
    given = {key: options.pop(key) for key in known}
    return {key: value for key, value in given.items() if value}
