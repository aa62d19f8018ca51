"""Kinds of parameters of the command line: one of some words, a number or a word, lists with commas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click

from artgraph.checks import did_you_mean

__all__ = ["Choice", "NumberOr", "keys", "named_weights", "names"]


class Choice(click.Choice):
    """One of some words, in capitals or not; a near one is suggested for any other."""

    def __init__(self, choices: Iterable[str]) -> None:
        super().__init__(list(choices), case_sensitive=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word; anything else is a usage error."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            self.fail(f"{error.message.rstrip('.')}.{did_you_mean(value, self.choices)}", param, ctx)


class NumberOr(click.ParamType):
    """A number, or one of some words."""

    def __init__(self, words: Sequence[str], bounds: dict[str, Any]) -> None:
        self.words, self.name = tuple(words), f"NUMBER|{'|'.join(words)}"
        self.number = click.FloatRange(**bounds)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | str:
        """Return the number, or the word; anything else is a usage error."""
        if str(value).casefold() in self.words:
            return str(value).casefold()
        try:
            return self.number.convert(value, param, ctx)
        except click.BadParameter as error:
            said = error.message.rstrip(".")
            self.fail(f"{said}, nor {' or '.join(self.words)}.{did_you_mean(value, self.words)}", param, ctx)


def names(context: Any, parameter: Any, value: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """Split 'a,b,c', given once or several times; a callback of click.

    Parameters
    ----------
    context, parameter : Click's; not used.
    value

    Examples
    --------
    >>> names(None, None, ("color, texture", "gram"))
    ('color', 'texture', 'gram')
    """
    text = value or "" if isinstance(value, str | None) else ",".join(value)
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if value and not found:
        raise click.BadParameter("name one, or several with commas between them")
    return found or None


def keys(context: Any, parameter: Any, value: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """Split 'a,b,c' into keys of features, which may be written as descriptors; a callback of click.

    Parameters
    ----------
    context, parameter : Click's; not used.
    value

    Examples
    --------
    >>> keys(None, None, "gram:resnet18.tv_in1k,Color")
    ('gram-resnet18-tv_in1k', 'color')
    """
    found = names(context, parameter, value)
    return found and tuple(name.replace(":", "-").replace(".", "-").lower() for name in found)


def named_weights(context: Any, parameter: Any, value: str | Sequence[str] | None) -> dict[str, float] | None:
    """Split 'a=2,b=1'; a callback of click.

    Parameters
    ----------
    context, parameter : Click's; not used.
    value
    """
    if not value:
        return None
    try:
        return {name: float(weight) for name, weight in (part.rsplit("=", 1) for part in names(None, None, value))}
    except ValueError:
        raise click.BadParameter("write it as NAME=NUMBER,NAME=NUMBER, such as gram=2,color=1") from None
