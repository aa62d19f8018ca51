"""artgraph info: what is in a corpus, how it was made, and what is stale."""

from typing import Any

import click

from artgraph.options import Command, as_json, say, show_json, stage, with_corpus, wrapped

__all__ = ["info"]


@click.command(cls=Command)
@with_corpus
@as_json
def info(corpus: Any, as_json: bool) -> None:
    """Say what is in a corpus, how it was made, with its measures, and what is stale.

    \b
    Example:
      artgraph info mycorpus
    """
    from artgraph.stages.dates import DATED
    from artgraph.stages.growing_report import batch_lines, drift_lines
    from artgraph.stages.summary import ingest_lines, work_names

    about = stage("info")(corpus)
    if as_json:
        show_json(about)
        return
    pictures = f"pictures in {about['image_root']}" if about["image_root"] else "no pictures"
    say(f"{about['path']}: {about['n']} paintings, {pictures}")
    for text in ingest_lines(corpus):
        say(f"  {text}")
    for text in batch_lines(about["batches"]):
        say(f"  {text}")
    say("such as")
    for work in work_names(corpus, corpus.paintings["id"].iloc[:3]):
        say(f"  {work}")
    counts = {name: count for name, count in about["columns"].items() if not name.startswith("image_")}
    wrapped("columns: " + ", ".join(f"{name} ({count})" for name, count in counts.items()), "  ")
    for reason, command in about.get("damage", ()):
        say(f"  DAMAGED: {reason}. Mend it: {command}")
    if (decided := about["decisions"]) and (decided["n"] or decided["problems"]):
        kinds = ", ".join(f"{count} {kind}" for kind, count in decided["kinds"].items())
        who = f"{decided['persons']} person{'s' * (decided['persons'] != 1)}"
        say(f"decisions: {decided['n']} hold{'s' * (decided['n'] == 1)}, by {who} ({kinds or 'none'})")
        for partition, cluster, name in decided["names"]:
            say(f"  cluster {cluster} of {partition} is called '{name}'")
        if wrong := len(decided["artists"]):
            say(
                f"  {wrong} artist{'s' * (wrong > 1)} in the table {'is' if wrong == 1 else 'are'} said to be wrong. "
                f"Correct {'it' if wrong == 1 else 'them'}: artgraph update {about['path']}"
            )
        for text in decided["problems"]:
            wrapped(f"  does not hold: {text}", "      ")
    for thing in about["things"]:
        params = {key: value for key, value in thing["params"].items() if value not in (None, [], False)}
        settings = ", ".join(f"{key}={_shown(key, value)}" for key, value in params.items())
        wrapped(f"  {thing['kind']}/{thing['key']}  {settings}".rstrip(), "      ")
        measures = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in _measures(thing["facts"]))
        if measures:
            wrapped(f"    {measures}", "      ")
        if "drift" in thing:
            for text in drift_lines(thing["drift"], about["path"]):
                wrapped(f"    {text}", "      ")
        if "dated" in thing:
            say(f"    {DATED}")
        if "undecided" in thing:
            say(f"    decisions have changed since. Obey them: {thing['command']}")
        if thing["stale"]:
            say(f"    STALE: {thing['stale'][0]}. Make it again: {thing['command']}")


def _shown(key: str, value: Any) -> str:
    """Return a setting as text; of a hash the beginning."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return f"{value[:12]}…" if key.endswith("sha256") and isinstance(value, str) else str(value)


def _measures(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the facts that are one number, as text."""
    numbers = {key: value for key, value in facts.items() if type(value) in (int, float)}
    return [(key, f"{value:,}" if isinstance(value, int) else f"{value:.3g}") for key, value in numbers.items()]
