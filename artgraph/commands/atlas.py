"""artgraph atlas: the page to look at."""

from pathlib import Path
from typing import Any

import click

from artgraph.options import Bars, Command, makes, option, partition_option, show, stage, with_corpus

__all__ = ["atlas"]

# "auto", "medium", "small", "none": a test compares them with the stage's, which is not imported for --help
IMAGES = click.Choice(["auto", "medium", "small", "none"])


@click.command(cls=Command)
@with_corpus
@partition_option(
    "atlas", "The partition that is shown first; default: that of the page that is there, else that which leads."
)
@option(
    "atlas",
    "compare",
    multiple=True,
    metavar="PARTITION",
    help="Show this one beside it; can be repeated. Default: leiden and vgae-leiden, where they are.",
)
@option("atlas", "out", "--output", "-o", type=click.Path(path_type=Path), help="Default: atlas/ in the corpus.")
@option("atlas", "title", help="Title of the page; default: the name of the corpus's folder.")
@option(
    "atlas",
    "images",
    type=IMAGES,
    help="Pictures that the page takes along: up to 1,200 pixels (medium), thumbnails (small) or none; auto: medium "
    "where these come to no more than 100 MB.",
)
@click.option("--no-images", is_flag=True, help="The same as --images none.")
@makes
def atlas(corpus: Any, compare: tuple[str, ...], no_images: bool, **options: Any) -> None:
    """Write the page to look at; it opens by double-click.

    What it shows and is not there yet, such as the sentences on clusters and the worklist, is made first. The folder
    can be sent: zip it.

    \b
    Example:
      artgraph atlas mycorpus -o mypage --title "Paintings of the north wing"
      artgraph atlas mycorpus --partition vgae-leiden --images medium
    """
    if no_images:
        options["images"] = "none"
    bars = Bars("atlas")
    show(stage("atlas")(corpus, compare=compare or None, **options), bars)
