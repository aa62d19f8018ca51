"""A change to a corpus is killed after so many operations on files; run as a program by ``test_growing_kills.py``."""

import hashlib
import importlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path

from artgraph import pipeline
from artgraph.corpus import Corpus

# loaded once, before the forks
for module in (
    "faiss",
    "igraph",
    "leidenalg",
    "openTSNE",
    "safetensors.torch",
    "skimage.color",
    "sklearn.decomposition",
    "torch",
):
    importlib.import_module(module)
SKIPPED = ("journal.jsonl", ".lock")


def state(corpus):
    """Return the hash of every file of a corpus that says something (dict); leftovers of a killed run are no part."""
    found = {}
    for file in sorted(corpus.rglob("*")):
        name = file.relative_to(corpus).as_posix()
        hidden = any(part.startswith(".") for part in name.split("/"))
        if file.is_file() and not hidden and name not in SKIPPED and not name.startswith(("thumbs/", "plots/")):
            found[name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def change(what, home, given):
    """Make one of the changes; ``given`` is the folder with what is new."""
    corpus = Corpus(home / "corpus")
    if what == "add":
        pipeline.add(corpus, given / "new", metadata=given / "new" / "metadata.csv", workers=1)
    elif what == "remove":
        pipeline.remove(corpus, list(corpus.paintings["id"][:2]))
    else:
        pipeline.update(corpus, metadata=given / "corrected.csv", workers=1)


def killed_after(operations):
    """Let the process kill itself at its so manyth operation on a file."""
    done = 0

    def counted(function):
        def call(*args, **kwargs):
            nonlocal done
            if done == operations:
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1
            return function(*args, **kwargs)

        return call

    for name in ("replace", "unlink", "rmdir", "mkdir", "link"):
        setattr(os, name, counted(getattr(os, name)))


def attempt(what, home, given, operations):
    """Fork, make the change, be killed; return whether it was."""
    child = os.fork()
    if child == 0:
        if operations is not None:
            killed_after(operations)
        try:
            change(what, home, given)
            os._exit(0)
        except BaseException as error:
            print(what, operations, repr(error), file=sys.stderr)
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, (what, operations)
    return os.WIFSIGNALED(status)


def main(home, work, what, points):
    """Print what was found after each kill, and after the same change was made again."""
    found = {"kills": 0, "old": 0, "new": 0, "between": [], "again": []}
    old = state(home / "corpus")
    shutil.copytree(home, work / "whole")
    attempt(what, work / "whole", home, None)
    new = state(work / "whole" / "corpus")
    for point in points:
        here = work / f"{what}-{point}"
        shutil.copytree(home, here)
        found["kills"] += attempt(what, here, home, point)
        Corpus(here / "corpus")
        now = state(here / "corpus")
        found["old"] += now == old
        found["new"] += now == new
        if now not in (old, new):
            found["between"].append([point, sorted(name for name in {*now, *old} if now.get(name) != old.get(name))])
        if now == old:
            attempt(what, here, home, None)
            again = state(here / "corpus")
            if again != new:
                found["again"].append(
                    [point, sorted(name for name in {*again, *new} if again.get(name) != new.get(name))]
                )
        shutil.rmtree(here)
    print(json.dumps(found | {"changed": old != new}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], [int(text) for text in sys.argv[4].split(",")])
