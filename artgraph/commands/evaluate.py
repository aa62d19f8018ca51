"""artgraph evaluate: a partition is compared with a column, by itself, and with what it should not follow."""

from typing import Any

import click

from artgraph.options import Bars, Command, as_json, partition_option, settings_options, show_json, stage, with_corpus
from artgraph.settings import EvaluateSettings

__all__ = ["evaluate"]


@click.command(cls=Command)
@with_corpus
@partition_option("evaluate")
@settings_options(EvaluateSettings)
@as_json
def evaluate(corpus: Any, as_json: bool, **options: Any) -> None:
    """Evaluate a partition: against a column, by itself, and by what it should not follow.

    Every figure stands beside what chance gives and, in brackets of 95 %, what other choices of artists would give.

    \b
    Example:
      artgraph evaluate mycorpus --against style
      artgraph evaluate mycorpus --against style --confound subject,museum
    """
    bars = Bars("evaluate")
    made = stage("evaluate")(corpus, **options)
    bars.close()
    if as_json:
        show_json(made.facts)
        return
    from artgraph.evaluation import evaluation_report

    click.echo(evaluation_report(made.facts), nl=False)
