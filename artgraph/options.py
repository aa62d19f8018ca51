"""What the commands share: options whose defaults are those of the functions, errors as messages, progress bars."""

import errno
import functools
import inspect
import sys
from pathlib import Path

import click

from artgraph.errors import ArtgraphError

__all__ = [
    "Bars",
    "Command",
    "Group",
    "keys",
    "named_weights",
    "names",
    "network",
    "network_options",
    "option",
    "stage",
    "with_corpus",
]

NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


class Command(click.Command):
    """A command whose expected failures are a message and exit status 1, never a traceback."""

    def invoke(self, ctx):
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

    def list_commands(self, ctx):
        return list(self.commands)  # in the order of the work


def stage(name):
    """Return the stage function of this name; the stages are light to import."""
    from artgraph import pipeline

    return getattr(pipeline, name)


def option(of, name, *flags, **settings):
    """Make a click option whose default is that of the stage's parameter.

    Parameters
    ----------
    of, name : str
        The stage and its parameter.
    *flags : str
        Default: the name, with dashes.
    **settings
        For ``click.option``.
    """
    default = inspect.signature(stage(of)).parameters[name].default
    if isinstance(default, tuple):
        default = ",".join(default)
    flags = flags or (f"--{name.replace('_', '-')}",)
    if settings.get("callback") in (names, keys):  # --with a,b or --with a --with b
        settings["multiple"], default = True, (default,) if default else None
    return click.option(*flags, name, default=default, show_default=default is not None, **settings)


def names(context, parameter, value):
    """Split 'a,b,c', given once or several times; a callback of click.

    Parameters
    ----------
    context, parameter
        Click's; not used.
    value : str, tuple of str, or None

    Returns
    -------
    tuple of str, or None

    Examples
    --------
    >>> names(None, None, ("color, texture", "gram"))
    ('color', 'texture', 'gram')
    """
    text = value or "" if isinstance(value, str | None) else ",".join(value)
    return tuple(part.strip() for part in text.split(",") if part.strip()) or None


def keys(context, parameter, value):
    """Split 'a,b,c' into keys of features, which may be written as descriptors; a callback of click.

    Parameters
    ----------
    context, parameter
        Click's; not used.
    value : str, tuple of str, or None

    Returns
    -------
    tuple of str, or None

    Examples
    --------
    >>> keys(None, None, "gram:resnet18,color")
    ('gram-resnet18', 'color')
    """
    found = names(context, parameter, value)
    return found and tuple(name.replace(":", "-") for name in found)


def named_weights(context, parameter, value):
    """Split 'a=2,b=1'; a callback of click.

    Parameters
    ----------
    context, parameter
        Click's; not used.
    value : str or None

    Returns
    -------
    dict of str to float, or None
    """
    if not value:
        return None
    try:
        return {name: float(weight) for name, weight in (part.rsplit("=", 1) for part in names(None, None, value))}
    except ValueError:
        raise click.BadParameter("write it as NAME=NUMBER,NAME=NUMBER, such as gram=2,color=1") from None


corpus_argument = click.argument("corpus", type=click.Path(path_type=Path))


def with_corpus(function):
    """Open the corpus for a command; the decorated function gets it as its first argument."""

    @functools.wraps(function)
    def opened(corpus, **options):
        from artgraph.corpus import Corpus

        return function(Corpus(corpus), **options)

    return corpus_argument(opened)


def network_options(of):
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
        option(of, "device", type=click.Choice(["auto", "cpu", "cuda"])),
    ]
    return lambda function: functools.reduce(lambda wrapped, add: add(wrapped), reversed(options), function)


def network(options):
    """Take the network options out of a command's options; those not given are left out."""
    known = ("backbone", "layers", "weights", "size", "tiles", "window_cm", "ignore_color")
    given = {key: options.pop(key) for key in known}
    return {key: value for key, value in given.items() if value}


class Bars:
    """A progress bar for each stage, on standard error, and only for a person who is watching."""

    def __init__(self):
        self.bar, self.stage = None, None

    def __call__(self, stage, done, total):
        if not sys.stderr.isatty():
            return
        from tqdm import tqdm

        if stage != self.stage:
            self.bar, self.stage = tqdm(total=total, desc=stage, unit="", file=sys.stderr, initial=done), stage
        self.bar.update(done - self.bar.n)
        if done >= total:
            self.bar.close()
            self.stage = None
