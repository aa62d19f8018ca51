"""Paint into a folder: ``python -m data.painter FOLDER [--seed N] [--sample]``."""

import argparse

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
    parser.add_argument("--sample", action="store_true", help="only a few small pictures of every manner")
    chosen = parser.parse_args(arguments)
    works = sample_works(seed=chosen.seed) if chosen.sample else None
    print(write_demo(chosen.directory, seed=chosen.seed, works=works))


if __name__ == "__main__":
    main()
