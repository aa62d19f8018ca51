"""``python -m experiments all --paintings DIR --metadata CSV --domains DIR --weights DIR``: every system, one table.

``python -m experiments SYSTEM …`` measures one system, ``--rows TEXT`` only rows whose name holds the text;
``python -m experiments table`` writes ``RESULTS.md`` anew from ``results/*.json``. All that is measured is kept below
``--work``: the same command goes on where a killed one was.
"""

import sys
from importlib import import_module

from experiments.study import options, run
from experiments.table import SYSTEMS, write_table

__all__ = ["main"]


def main(arguments=None):
    """Measure what the command line asks for, and write the table.

    Parameters
    ----------
    arguments : list of str, optional
        Default: those of the process.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    known = ("all", "table", *SYSTEMS)
    if not arguments or arguments[0] not in known:
        print(f"{__doc__}\nThe first word is one of: {', '.join(known)}", file=sys.stderr)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    what, *rest = arguments
    if what == "table":
        write_table()
        return 0
    chosen = options(__doc__).parse_args(rest)
    names = tuple(SYSTEMS) if what == "all" else (what,)
    run({name: import_module(f"experiments.{name}").ROWS for name in names}, chosen)
    write_table(chosen.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
