"""``python -m artgraph`` is ``artgraph``."""

from artgraph.cli import main

if __name__ == "__main__":
    main()
