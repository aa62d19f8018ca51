"""artgraph interpret: what each cluster is."""

from typing import Any

import click

from artgraph.options import (
    Bars,
    Command,
    as_json,
    partition_option,
    say,
    settings_options,
    show_json,
    stage,
    with_corpus,
    wrapped,
)
from artgraph.settings import InterpretSettings

__all__ = ["interpret"]


@click.command(cls=Command)
@with_corpus
@partition_option("interpret")
@settings_options(InterpretSettings)
@as_json
def interpret(corpus: Any, as_json: bool, **options: Any) -> None:
    """Say what each cluster is: its works, artists, decades, colours and neighbours.

    Writes exports/PARTITION-clusters.csv, too, and ends with a paragraph for the methods section of a paper.

    \b
    Example:
      artgraph interpret mycorpus --column school,museum
    """
    from artgraph.interpret import words_sentence
    from artgraph.stages.ruling import names_of
    from artgraph.stages.summary import work_names
    from artgraph.stages.words import words_for

    bars = Bars("interpret")
    made = stage("interpret")(corpus, **options)
    bars.close()
    if as_json:
        show_json(made.facts)
        return
    names, words = (of(corpus, made.facts["partition"]) for of in (names_of, words_for))
    for one in made.facts["clusters"]:
        name = f" '{names[one['cluster']]}'" if one["cluster"] in names else ""
        wrapped(f"cluster {one['cluster']}{name}: {one['sentence']}", "  ")
        if said := words_sentence(words.get(one["cluster"], ())):
            wrapped(f"  {said}", "  ")
        for work in work_names(corpus, one["exemplars"][:3]):
            wrapped(f"  such as {work}", "    ")
        if one["near"]:
            near = ", ".join(f"{other['cluster']} ({other['share']:.0%})" for other in one["near"])
            say(f"  linked with clusters {near}")
    say("")
    wrapped(made.facts["methods"])
    say(f"\ntable: {corpus.path / 'exports' / (made.facts['partition'] + '-clusters.csv')}")
