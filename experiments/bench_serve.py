"""How many decisions ``artgraph serve`` writes in a second, and whether a kill loses one.

``python -m experiments.bench_serve --json``

Several browsers send decisions one at a time, each waiting until the one before is acknowledged (it is then on the
disk); after some seconds the server is killed, and what was acknowledged is looked up in ``decisions.csv``. The limit
is 200 in a second: more than several people can press.
"""

import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from artgraph import pipeline
from artgraph.decisions import COLUMNS, FILE, new_key, now, read
from artgraph.testing import toy_corpus
from experiments.common import experiment, parser

LIMIT = 200  # decisions in a second
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/([\w-]+)/")


def clicking(port, token, *, until, acknowledged):
    """Send decisions to a server (port int, token str) until a time; ``acknowledged`` (list) gets their keys."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        while time.perf_counter() < until:
            one = dict.fromkeys(COLUMNS, "") | {"key": new_key(), "when": now(), "who": "A. Curator", "kind": "name"}
            one |= {"partition": "leiden", "cluster": "0", "to": one["key"]}
            body = json.dumps({"decisions": [one]})
            connection.request("POST", f"/{token}/decisions", body, {"Content-Type": "application/json"})
            acknowledged += json.loads(connection.getresponse().read())["taken"]
    except (OSError, HTTPException, ValueError):  # the server was killed
        pass


def measured(folder, *, browsers, seconds):
    """Return decisions in a second (float) of so many browsers, and how many acknowledged ones a kill lost (int)."""
    corpus = toy_corpus(folder)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=3)
    pipeline.communities(corpus)
    command = [sys.executable, "-m", "artgraph", "serve", str(corpus.path), "--port", "0"]
    server, acknowledged = subprocess.Popen(command, stdout=subprocess.PIPE, text=True), []
    port, token = next(filter(None, map(ADDRESS.search, server.stdout))).groups()
    until = time.perf_counter() + 2 * seconds  # it is killed before
    clients = [
        threading.Thread(
            target=clicking, args=(int(port), token), kwargs={"until": until, "acknowledged": acknowledged}
        )
        for _ in range(browsers)
    ]
    for client in clients:
        client.start()
    time.sleep(seconds)
    count = len(acknowledged)
    server.kill()
    for client in clients:
        client.join()
    there = {one.key for one in read(corpus.path / FILE)[0]}
    return count / seconds, len(set(acknowledged) - there)


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--for", type=float, default=5.0, dest="length", help="seconds before the kill")
    arguments = arguments.parse_args()

    def measure():
        figures = {"limit": LIMIT}
        for browsers in (1, 2, 8):
            with tempfile.TemporaryDirectory() as folder:
                rate, lost = measured(Path(folder), browsers=browsers, seconds=arguments.length)
            figures[f"{browsers} browsers"] = {
                "decisions in a second": round(rate),
                "of the limit": round(rate / LIMIT, 2),
                "acknowledged and lost": lost,
            }
        return figures

    experiment("bench_serve", arguments, measure)


if __name__ == "__main__":
    main()
