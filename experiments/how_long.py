"""How long does ``artgraph run`` take for a thousand pictures?

``python -m experiments.how_long --paintings DIR --paintings DIR --json``

For each folder, as many of its pictures as asked for (copied again under other names where it holds fewer) go through
``artgraph run`` with the default descriptors, without a spreadsheet. Processor time is what the program
used of all cores, so that other programs on the machine do not count; on two cores that are free, about half of it
passes.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from artgraph import Corpus
from artgraph.ingest import find_images
from experiments.common import data_sha256, experiment, parser


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True, action="append", help="can be repeated")
    arguments.add_argument("--n", type=int, default=1000)
    arguments = arguments.parse_args()
    experiment(
        "how_long", arguments, lambda: {folder.name: timed(folder, n=arguments.n) for folder in arguments.paintings}
    )


def timed(folder, *, n):
    """Return pictures, megapixels, and the minutes that ``artgraph run`` took (dict)."""
    found = find_images(folder)
    with tempfile.TemporaryDirectory() as place:
        pictures, out = Path(place) / "pictures", Path(place) / "corpus"
        pictures.mkdir()
        for number in range(n):
            source = folder / found[number % len(found)]
            shutil.copy(source, pictures / f"{number:05d}{source.suffix}")
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [sys.executable, "-m", "artgraph", "run", str(pictures), "-o", str(out), "--max-refused", "1"]
        subprocess.run(command, check=True, stdout=sys.stderr)
        passed, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        table = Corpus(out).paintings
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "pictures": len(table),
        "different": min(n, len(found)),
        "megapixels, median": round(float((table["image_width"] * table["image_height"]).median()) / 1e6, 2),
        "minutes of processor time": round(used / 60, 2),
        "minutes passed, with what else ran": round(passed / 60, 2),
        "data_sha256": data_sha256(folder),
    }


if __name__ == "__main__":
    main()
