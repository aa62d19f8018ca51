"""artgraph worklist: works to look at again."""

from typing import Any

import click

from artgraph.options import (
    Bars,
    Command,
    as_json,
    option,
    partition_option,
    settings_options,
    show_json,
    stage,
    with_corpus,
    wrapped,
)
from artgraph.settings import WorklistSettings

__all__ = ["worklist"]


@click.command(cls=Command)
@with_corpus
@partition_option("worklist")
@option("worklist", "added_since", metavar="DAY|BATCH", help="Only works added since, such as 2026-11-29, or 1.")
@settings_options(WorklistSettings)
@click.option("--top", type=click.IntRange(1), default=20, help="How many to print; the files hold all.")
@as_json
def worklist(corpus: Any, top: int, as_json: bool, **options: Any) -> None:
    """List the works to look at again, each with its evidence.

    Works whose neighbours do not go with their artist, date or school; works without an artist that are near to one;
    and works that nothing here is like. As many are listed as chance does not explain, perhaps none. It claims no
    attribution: a work may be listed for its subject.

    \b
    Example:
      artgraph worklist mycorpus --kinds attribution,date
      artgraph worklist mycorpus --added-since 2026-11-29
    """
    from artgraph.stages.summary import work_names

    bars = Bars("worklist")
    made = stage("worklist")(corpus, **options)
    bars.close()
    if as_json:
        show_json(made.facts)
        return
    works = made.facts["works"]
    names = work_names(corpus, [one["id"] for one in works[:top]])
    for one, work in zip(works[:top], names, strict=True):
        chance = "< 0.001" if one["p"] < 0.001 else f"{one['p']:.3f}"
        wrapped(f"{one['kind']:11}  {work}  (p {chance})", " " * 15)
        wrapped(f"{'':11}  {one['sentence']}", " " * 15)
        for found in one["evidence"]:
            near = "; ".join(work_names(corpus, found["neighbors"][:3]))
            wrapped(f"{'':11}  nearest by {found['descriptor']}: {near}", " " * 15)
    if len(works) > top:
        click.echo(f"… and {len(works) - top} more, in the table; --top {len(works)} prints all")
    click.echo(f"\n{made.facts['summary']}")
    since = f"-since-{made.facts['added_since']}" if "added_since" in made.facts else ""
    click.echo(f"table: {corpus.path / 'exports' / (made.facts['partition'] + f'-worklist{since}.csv')}")
