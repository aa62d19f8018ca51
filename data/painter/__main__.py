"""Paint into a folder: ``python -m data.painter FOLDER [--seed N] [--sample | --hard]``."""

import argparse

from data.painter.hard import hard_catalogue
from data.painter.writing import sample_works, write_demo


def main(arguments=None):
    """Read the command line and paint.

    Parameters
    ----------
    arguments : list of str or None
        By default those of the process.
    """
    parser = argparse.ArgumentParser(
        prog="python -m data.painter", description="Paint the demo exhibition into a folder."
    )
    parser.add_argument("directory", help="where to put images and metadata.csv")
    parser.add_argument("--seed", type=int, default=0, help="of habits and compositions (default 0)")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--sample", action="store_true", help="only a few small pictures of every manner")
    which.add_argument("--hard", action="store_true", help="the exhibition whose manners differ in the mark alone")
    chosen = parser.parse_args(arguments)
    works = None
    if chosen.sample or chosen.hard:
        works = (sample_works if chosen.sample else hard_catalogue)(seed=chosen.seed)
    print(write_demo(chosen.directory, seed=chosen.seed, works=works))


if __name__ == "__main__":
    main()
