"""artgraph words: clusters named from a vocabulary."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import (
    Bars,
    Choice,
    Command,
    as_json,
    option,
    partition_option,
    say,
    settings_options,
    show_json,
    stage,
    with_corpus,
)
from artgraph.settings import WordSettings

__all__ = ["words"]


@click.command(cls=Command)
@with_corpus
@partition_option("words")
@option(
    "words",
    "vocabulary",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Your own terms: CSV with a column 'term' (and kind, prompt, aat), or a term a line; default: artgraph's 500.",
)
@option("words", "on", metavar="FEATURES", help="Made with openclip; default: the only ones.")
@option("words", "weights", multiple=True, metavar="FILE", help="Of openclip; default: where they were read before.")
@option("words", "device", type=Choice(["auto", "cpu", "cuda"]))
@settings_options(WordSettings)
@as_json
def words(corpus: Any, weights: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Name clusters by words that fit their works better than the others.

    Pictures and words are compared by CLIP: describe the works with openclip first, and install open_clip with
    pip install 'artgraph[words]'. A word is given where random phrases do not reach as much, else none.

    \b
    Example:
      artgraph describe mycorpus --with openclip --weights open_clip_model.safetensors
      artgraph words mycorpus
      artgraph words mycorpus --vocabulary terms.csv
    """
    bars = Bars("words")
    made = stage("words")(corpus, weights=weights or None, progress=bars, **options)
    bars.close()
    if as_json:
        show_json(made.facts)
        return
    for one in made.facts["clusters"]:
        said = "; ".join(
            f"{word['term']} ({word['difference']:+.3f}, {word['low']:.3f} to {word['high']:.3f}; random phrases up to "
            f"{word['chance']:.3f})"
            for word in one["words"]
        )
        say(f"cluster {one['cluster']}: {said or 'no word stands out'}")
    click.echo(f"\n{made.facts['summary']}; a difference is in cosine, with its interval over artists (95 %)")
    click.echo(f"table: {corpus.path / 'exports' / (made.facts['partition'] + '-words.csv')}")
