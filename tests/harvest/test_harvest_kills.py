"""Five hundred pictures in nested collections, a tenth of the answers troubled, and a harvest killed five times."""

import hashlib
import signal
import subprocess
import sys
import time
from collections import Counter

import pandas as pd
import pytest

from tests.harvest.museum import always, at_first, cut, empty, html, jpeg, museum

N, KILLS = 500, 5


def troubled(n, body):
    """What goes wrong with picture n, and the reason that failed.csv gives; None where it is taken in the end."""
    cases = {
        3: (always(404), "404"),
        5: (at_first(500), None),
        7: (at_first(429, Retry_After="1" if n < 60 else "0"), None),
        11: (cut(body, 1), None),
        13: (empty, "empty answer") if n % 40 == 13 else (at_first(503), None),
        17: (html, "no picture") if n % 40 == 17 else (cut(body, 99), "broken off"),
    }
    return cases.get(n % 20, (None, None))


@pytest.fixture(scope="module")
def big():
    """Versions 2 and 3, level 2, level 0 and plain files in turn; collections within collections."""
    with museum() as made:
        bodies, reasons, leaves = {}, {}, []
        for n in range(N):
            data = bodies[n] = jpeg(n)
            path = f"/files/{n}.jpg"
            service = None
            if n % 3 == 0:
                service = made.level2(str(n), data, version=2 + n % 2)
                path = f"/iiif/{n}/full/{'max' if n % 2 else 'full'}/0/default.jpg"
            elif n % 3 == 1:
                path = f"/static/{n}/full/{'max' if n % 2 else 'full'}/0/default.jpg"
                kind = {"id": f"{made.address}/static/{n}", "type": f"ImageService{2 + n % 2}", "profile": "level0"}
                service = kind | {"sizes": [{"width": 60, "height": 40}]}
                if n % 2 == 0:
                    service = {
                        "@id": kind["id"],
                        "@type": "ImageService2",
                        "profile": "level0",
                        "sizes": service["sizes"],
                    }
            made.put(path, data)
            trouble, reasons[f"Work {n}"] = troubled(n, data)
            if trouble:
                made.troubles[path] = trouble
            if n % 2:
                leaves.append(made.manifest3(str(n), made.canvas3(str(n), made.body(made.address + path, service))))
            else:
                given = made.manifest2(str(n), made.body2(made.address + path, service))
                leaves.append({"id": given["@id"], "type": "Manifest"})
        middle = []
        for k in range(10):
            inner = [
                made.collection(f"/c/{k}-{j}.json", leaves[50 * k + 10 * j : 50 * k + 10 * j + 10]) for j in range(5)
            ]
            middle.append(made.collection(f"/d/{k}.json", inner))
        made.collection("/all.json", [*middle, {"id": made.address + "/m/gone.json", "type": "Manifest"}])
        yield made, bodies, reasons


def files_in(folder):
    return [file for file in folder.glob("images/*") if not file.name.startswith(".")]


def kept(out):
    return len(files_in(out)) + len(list(out.glob(".harvest/manifests/*.json")))


def test_all_good_pictures_are_there_once_whatever_happens(big, tmp_path):
    made, bodies, reasons = big
    out = tmp_path / "scans"
    command = [sys.executable, "-m", "artgraph", "harvest", made.address + "/all.json", "-o", str(out)]
    command += ["--delay", "0", "--max-failed", "0.2", "--retries", "3"]
    for kill in range(KILLS):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        goal = kept(out) + 160
        while kept(out) < goal:
            assert process.poll() is None, f"it ended before kill {kill + 1}"
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not (out / "metadata.csv").exists()
    last = subprocess.run(command, capture_output=True, text=True)
    assert last.returncode == 0, last.stderr
    assert f"{sum(reason is None for reason in reasons.values())} pictures" in last.stdout

    table = pd.read_csv(out / "metadata.csv", dtype=str, keep_default_na=False)
    good = [n for n in range(N) if reasons[f"Work {n}"] is None]
    assert table["title"].tolist() == [f"Work {n}" for n in good]
    assert table["artist"].tolist() == [f"Painter {n}" for n in good]
    for n, path in zip(good, table["path"], strict=True):
        assert (out / path).read_bytes() == bodies[n]
    assert len(files_in(out)) == len(good)
    assert not list(out.rglob(".tmp-*"))
    for column in ("id", "path", "canvas", "manifest", "picture_url"):
        assert table[column].is_unique
        assert table[column].ne("").all()
    assert table["rights"].ne("").all()

    failed = pd.read_csv(out / "failed.csv", dtype=str, keep_default_na=False)
    bad = {title: reason for title, reason in reasons.items() if reason}
    assert dict(zip(failed["title"], failed["reason"], strict=True)) == bad | {"": "404"}

    # nothing is taken twice but what a kill may have cut off between the last byte and the name
    pictures = Counter({path: k for path, k in made.sent.items() if path.endswith(".jpg")})
    assert sum(pictures.values()) <= len(good) + KILLS
    manifests = Counter({path: k for path, k in made.sent.items() if path.endswith(".json")})
    assert sum(manifests.values()) <= N + 61 + KILLS
    again = hashlib.sha256((out / "metadata.csv").read_bytes()).hexdigest()
    subprocess.run(command, check=True, capture_output=True)
    assert hashlib.sha256((out / "metadata.csv").read_bytes()).hexdigest() == again
