"""``artgraph serve`` in a process of its own, and requests to it."""

import json
import re
import subprocess
import sys
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest

from artgraph.decisions import COLUMNS

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/([\w-]+)/")


def decision(k, **given):
    made = dict.fromkeys(COLUMNS, "") | {"key": f"{k:016x}", "when": "2026-11-29T06:00:00.000Z", "who": "Anna"}
    return made | {"kind": "name", "partition": "leiden", "cluster": "0", "to": f"Name {k}"} | given


class Browser:
    """Requests to a server whose address was read from what it printed."""

    def __init__(self, line):
        self.port, self.token = ADDRESS.search(line).groups()

    def ask(self, path="", *, method="GET", body=None, token=None, **headers):
        connection = HTTPConnection("127.0.0.1", int(self.port), timeout=30)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body, headers = json.dumps(body).encode(), {"Content-Type": "application/json"} | headers
        connection.request(method, f"/{token or self.token}/{path}", body=body, headers=headers)
        answer = connection.getresponse()
        found = answer.status, answer.read(), dict(answer.getheaders())
        connection.close()
        return found

    def post(self, *decisions):
        status, text, _ = self.ask("decisions", method="POST", body={"decisions": list(decisions)})
        assert status == 200, text
        return json.loads(text)


@contextmanager
def serving(corpus, *, port=0):
    """The command in a process of its own, as a person runs it; killed at the end where it still runs."""
    command = [sys.executable, "-m", "artgraph", "serve", str(corpus.path), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            if ADDRESS.search(line):
                break
        else:
            pytest.fail("".join(said))
        yield Browser(line), process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
