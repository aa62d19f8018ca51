"""Where work runs: in this process, or on the workers of Ray. Stages and functions below them do not know which.

Work is a function of tasks that writes what it makes as shards, by their names, and yields how many things it has done
since it last yielded. Tasks are small and independent of each other, so that any worker can do any of them, twice if
need be: a shard's bytes do not depend on who writes it.
"""

from artgraph.engine.base import Engine, InProcess, Work, opened

__all__ = ["ENGINES", "Engine", "InProcess", "Work", "opened"]

ENGINES = ("process", "ray")
