"""How heavy is the page? ``python -m experiments.bench_atlas --json [--sizes 1000,8000] [--pictures FOLDER]``

For corpora of 1,000 to 200,000 simulated paintings: the seconds that building takes from a described corpus (graph,
communities, layout, report, worklist, page), what the page weighs, and, in headless Chromium from disk, the seconds
until it can be used, and until a work is found by its title, and the memory it takes. Each size is a process of its
own, kept in the result file as soon as it is done; needs playwright and Chromium.

The paintings are made of the 288 pictures of ``artgraph demo`` (or of the pictures in a folder, named by
``--pictures``): each is cropped and toned by chance, and kept as a thumbnail as ``ingest`` keeps it; beyond 20,000 they
repeat. Features are a mixture of 20 Gaussians in 64 dimensions; titles, artists and dates are invented; what
``interpret`` and ``worklist`` measure on thumbnails is made up here, as part of describing.

A million paintings have no corpus: the page is written from a table, labels, a layout and links that are made up, with
512 thumbnails of 96 pixels in turn.

*Interactive* is the time from the start of the navigation to the second frame after a key press has been answered.
*Found* is the time from words of a title in the search field to its picture, at first and of another. *Memory* is
the proportional set size of all processes of the browser (Linux), less that of an empty page: at the front page, after
zooming into the map and out again, and after the search.
"""

import argparse
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from PIL import Image

from experiments.common import experiment, parser

SIZES = (1_000, 8_000, 50_000, 200_000, 1_000_000)
DIFFERENT = 20_000  # thumbnails that are no copies
CORPUS = 200_000  # paintings up to which there is a corpus


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--sizes", type=lambda text: [int(float(n)) for n in text.split(",")], default=list(SIZES))
    arguments.add_argument("--pictures", type=Path, help="folder of pictures to make the paintings of")
    arguments.add_argument("--work", type=Path, help="folder to build in, and to keep; default: a temporary one")
    arguments.add_argument("--chromium", default="chromium")
    arguments.add_argument("--quick", action="store_true", help="300 paintings, to see that it runs")
    arguments.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = arguments.parse_args()
    if arguments.quick:
        arguments.sizes = [300]
    if arguments.one:
        print(json.dumps(one(arguments.one, arguments)))
        return
    file = arguments.results / "bench_atlas.json"
    for n in arguments.sizes:
        before = json.loads(file.read_text("utf-8"))["figures"] if file.is_file() else {}
        experiment("bench_atlas", arguments, lambda n=n, b=before: b | {str(n): apart(n, arguments)})


def apart(n, arguments):
    """Measure one size in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "experiments.bench_atlas", "--one", str(n), "--chromium", arguments.chromium]
        command += ["--work", str(arguments.work or folder)]
        command += ["--pictures", str(arguments.pictures)] if arguments.pictures else []
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    row = json.loads(done.stdout.splitlines()[-1])
    print(row, flush=True)  # to stderr, as all that is no result
    return row


def one(n, arguments):
    """Simulate a corpus of n paintings, build its page, and open it."""
    stock = pictures(arguments)
    if n <= CORPUS:
        seconds, index = build(simulated(arguments.work / f"corpus-{n}", n, stock))
    else:
        seconds, index = bare(arguments.work / f"page-{n}", n, stock)
    sizes, kinds = [file.stat().st_size for file in index.parent.rglob("*") if file.is_file()], {}
    for kind in ("thumbs/*", "sheets/*", "parts/thumbs-*", "parts/works-*", "parts/search-*", "data.js"):
        if found := [file.stat().st_size for file in index.parent.glob(kind)]:
            kinds[kind.removesuffix("/*").removesuffix("-*")] = round(sum(found) / 1e6, 1)
    return {
        "n": n,
        "seconds": seconds | {"all": round(sum(seconds.values()), 1)},
        "peak_memory": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
        "files": len(sizes),
        "megabytes": {"all": round(sum(sizes) / 1e6, 1)} | kinds,
        "browser": browse(index, n, arguments.chromium),
    }


def pictures(arguments):
    """Return the pictures (list of Image) that paintings are made of, 288 at most."""
    folder = arguments.pictures or files("artgraph") / "demo"
    found = sorted(f for f in folder.rglob("*") if f.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))
    chosen = found[:: max(1, len(found) // 288)][:288]
    return [Image.open(file).convert("RGB") for file in chosen]


def simulated(path, n, stock, *, seed=0):
    """Write a described corpus: table, thumbnails and one set of features."""
    from artgraph.corpus import Corpus
    from artgraph.lineage import Lineage
    from artgraph.stages.base import columns

    rng = np.random.default_rng(seed)
    group = rng.integers(20, size=n)
    artist = group * 25 + rng.integers(25, size=n)
    year = 1500 + 20 * group + rng.integers(60, size=n)
    sha = [f"{i:064x}" for i in range(n)]
    table = pd.DataFrame(
        {
            "id": [f"{i:06d}.jpg" for i in range(n)],
            "image": [f"{i:06d}.jpg" for i in range(n)],
            "artist": [f"Artist {a}" for a in artist],
            "title": [f"A Painting of Some Length, Number {i}" for i in range(n)],
            "date": [str(y) for y in year],
            "style": [f"style {g // 2}" for g in group],
            "image_sha256": sha,
            "image_width": 256,
            "image_height": 256,
            "image_format": "JPEG",
            "image_mode": "RGB",
            "image_jpeg_quality": 90,
            "image_greyscale": False,
            "image_brightness": rng.uniform(0.3, 0.6, n),
        }
    )
    path.mkdir(parents=True, exist_ok=True)
    corpus = Corpus.create(path, table, image_root=path / "pictures", facts={"images_refused": 0})
    (path / "thumbs").mkdir(exist_ok=True)
    which, left, top, tones = rng.integers(len(stock), size=n), *rng.random((2, n)), rng.uniform(0.85, 1.1, (n, 3))

    def write(i):
        file = path / "thumbs" / f"{sha[i]}.webp"
        if file.exists():  # of a run that was broken off
            return
        if i >= DIFFERENT:
            os.link(path / "thumbs" / f"{sha[i % DIFFERENT]}.webp", file)
        else:
            file.write_bytes(cropped(stock[which[i]], left[i], top[i], tones[i]))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        deque(pool.map(write, range(n)), maxlen=0)
    X = rng.normal(size=(20, 64))[group] + 0.8 * rng.normal(size=(n, 64))
    corpus.put(
        "features",
        "simulated",
        {"": X.astype(np.float32)},
        made_by={"function": "experiments.bench_atlas", "params": {}},
        inputs=Lineage(corpus).inputs(columns("image_sha256")),
        facts={"n": n, "dimensions": 64},
    )
    return corpus


def cropped(picture, left, top, tones, side=256):
    """Return a thumbnail (WebP) of seven eighths of a picture, toned, with a longest side of so many pixels."""
    w, h = picture.size
    x, y = int(left * (w // 8)), int(top * (h // 8))
    crop = picture.crop((x, y, x + w - w // 8, y + h - h // 8))
    crop.thumbnail((side, side))
    small = io.BytesIO()
    crop.point([min(255, int(v * t)) for t in tones for v in range(256)]).save(small, "WEBP", quality=75, method=2)
    return small.getvalue()


def build(corpus):
    """Build everything from the features on; return the seconds of each stage, and the page."""
    from artgraph import pipeline
    from artgraph.stages.base import thumbnails

    n = len(corpus)
    with patch("artgraph.stages.base.measured_thumbnails", lambda corpus, rows: measures(len(rows))):
        thumbnails(corpus)
    seconds = {}
    for name, work in {
        "graph": lambda: pipeline.build_graph(corpus, on=("simulated",), artist_edges=True),
        "communities": lambda: pipeline.communities(corpus, seed=0),
        "layout": lambda: pipeline.layout(corpus),
        "interpret": lambda: pipeline.interpret(corpus),
        "worklist": lambda: pipeline.worklist(corpus),
        "page": lambda: pipeline.atlas(corpus),
    }.items():
        started = time.perf_counter()
        made = work()
        seconds[name] = round(time.perf_counter() - started, 1)
        print(n, name, seconds[name], file=sys.stderr, flush=True)
    return seconds, Path(made.key).resolve()


def measures(n):
    """Return made-up measures of n thumbnails."""
    from artgraph.evaluation.thumbnails import TINY
    from artgraph.evaluation.visual import VISUAL_MEASURES

    rng = np.random.default_rng(2)
    return {
        "": rng.random((n, 2), dtype=np.float32),
        "tiny": rng.integers(256, size=(n, TINY, TINY, 3), dtype=np.uint8),
        "visual": rng.random((n, len(VISUAL_MEASURES)), dtype=np.float32),
        "round": np.zeros(n, dtype=bool),
    }


def placed(group, rng):
    """Return places (n, 2) of works of some groups on a map."""
    return 1.5 * rng.normal(size=(group.max() + 1, 2))[group] + 0.3 * rng.normal(size=(len(group), 2))


def bare(out, n, stock):
    """Write the page of n paintings that have no corpus; return the seconds, and the page."""
    from artgraph.atlas import About, Clusters, Links, Paintings, write_atlas

    rng = np.random.default_rng(0)
    labels = np.sort(rng.integers(40, size=n))
    _, labels, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    labels = rng.permutation(np.argsort(np.argsort(-sizes))[labels])
    artist = 500 * labels + np.minimum(rng.zipf(1.3, size=n), 500) - 1
    year = 1400 + 12 * labels + rng.integers(60, size=n)
    table = pd.DataFrame(
        {
            "id": [f"museum/{i:07d}.jpg" for i in range(n)],
            "artist": [f"Artist {a}" for a in artist],
            "title": [f"A Painting of Some Length, Number {i}" for i in range(n)],
            "date": [str(y) for y in year],
            "style": [f"style {label // 2}" for label in labels],
        }
    )
    tiny = [cropped(stock[k % len(stock)], *rng.random(2), rng.uniform(0.85, 1.1, 3), side=96) for k in range(512)]
    shelf = np.argsort(labels, kind="stable")
    rank = np.empty(n, dtype=int)
    rank[shelf] = np.arange(n)
    near = np.stack([shelf[(rank + step) % n] for step in range(1, 16)], axis=1)
    started = time.perf_counter()
    index = write_atlas(
        out,
        Paintings(table=table, thumbnails=lambda i: tiny[i % 512], artists=table["artist"], years=year),
        Clusters(labels=labels, name="leiden", typicality=rng.random(n), reference="style"),
        links=Links(neighbors=(near, np.tile(np.linspace(0.9, 0.5, 15), (n, 1))), layout=placed(labels, rng)),
        about=About(title=f"{n:,} paintings"),
    )
    return {"page": round(time.perf_counter() - started, 1)}, index.resolve()


def browse(index, n, chromium):
    """Open a page from disk; return seconds until it answers, and memory in megabytes."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p, tempfile.TemporaryDirectory() as profile:
        context = p.chromium.launch_persistent_context(
            profile,
            executable_path=shutil.which(chromium) or chromium,
            args=["--no-sandbox", "--disable-gpu"],
            viewport={"width": 1400, "height": 900},
        )
        page = context.pages[0]
        empty = memory(profile)
        times = []
        for _ in range(3):
            page.goto("about:blank")
            page.goto(index.as_uri(), wait_until="commit")
            page.wait_for_selector(".map canvas")
            page.keyboard.press("/")
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            assert page.evaluate("document.activeElement.id") == "q"
            times.append(page.evaluate("performance.now()") / 1000)
        page.wait_for_timeout(3000)
        front = memory(profile)
        page.goto(index.as_uri() + "#/map")
        page.mouse.move(700, 450)
        slowest = 0
        for step in [-240] * 8 + [240] * 8:
            page.mouse.wheel(0, step)
            waited = page.evaluate(
                "() => new Promise((done) => { const t = performance.now(); "
                "requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - t))); })"
            )
            slowest = max(slowest, waited)
        page.wait_for_timeout(2000)
        zoomed = memory(profile)
        page.goto(index.as_uri())
        page.wait_for_selector(".map canvas")
        found = []
        for number in (n - 7, n // 3):
            started = time.perf_counter()
            page.fill("#q", f"length, number {number}")
            page.locator(".results .what", has_text=f"Number {number}").first.wait_for(timeout=60_000)
            found.append(time.perf_counter() - started)
        searched = memory(profile)
        context.close()
    return {
        "interactive_seconds": [round(t, 2) for t in times],
        "memory_front": round(front - empty),
        "memory_zoomed": round(zoomed - empty),
        "memory_searched": round(searched - empty),
        "found_seconds": [round(t, 2) for t in found],
        "slowest_frame_ms": round(slowest),
    }


def memory(profile):
    """Return the proportional set size of all processes of the browser with this profile, in megabytes."""
    total, pids = 0, {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, rest = status.read_text().rsplit(")", 1)
            pids[int(status.parent.name)] = int(rest.split()[1])
            command = (status.parent / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(profile) in command and "--type=" not in command:
            root = int(status.parent.name)
    family = {root}
    while more := {pid for pid, parent in pids.items() if parent in family} - family:
        family |= more
    for pid in family:
        try:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            continue
    return total / 1000


if __name__ == "__main__":
    main()
