"""The server: who may ask it, what it gives, and that no decision is lost that it acknowledged."""

import json
import signal
import threading
import time

import pytest
from aiohttp import web

from artgraph import pipeline
from artgraph.atlas.page import POLICY, data_of, served_page
from artgraph.errors import InputError
from artgraph.stages.applying import apply_decisions
from artgraph.stages.decided import Decided
from artgraph.testing import toy_corpus
from tests.serving import decision, serving


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    made = toy_corpus(tmp_path_factory.mktemp("served"))
    pipeline.describe(made, descriptors=("color",))
    pipeline.build_graph(made, on=("color",), n_neighbors=3)
    pipeline.communities(made)
    return made


@pytest.fixture(scope="module")
def served(corpus):
    with serving(corpus) as (browser, _):
        yield browser


def test_the_page_may_talk_to_its_server_and_to_nobody_else(served, corpus):
    status, page, headers = served.ask()
    assert status == 200
    assert page == served_page((corpus.path / "atlas" / "index.html").read_bytes())
    meta = POLICY.replace("default-src 'none'; ", "default-src 'none'; connect-src 'self'; ")
    assert f'content="{meta}"'.encode() in page
    assert headers["Content-Security-Policy"] == meta + "; frame-ancestors 'none'"
    assert b"connect-src" not in (corpus.path / "atlas" / "index.html").read_bytes(), "from disk all is as it was"
    assert "Access-Control-Allow-Origin" not in headers
    assert served.ask("static/core.js")[0] == served.ask("thumbs/000000.webp")[0] == 200


@pytest.mark.parametrize("token", ["x", "static", "..", "%00"])
def test_without_the_token_nothing_is_given(served, token):
    for path in ("", "data.js", "decisions", "apply"):
        assert served.ask(path, token=token)[0] == 403
    assert served.ask("decisions", method="POST", body={"decisions": []}, token=token)[0] == 403


def test_other_hosts_and_other_pages_are_refused(served):
    for host in ("evil.example", f"evil.example:{served.port}", "127.0.0.1", f"127.0.0.1.evil.example:{served.port}"):
        assert served.ask(Host=host)[0] == 403
    assert served.ask(Host=f"localhost:{served.port}")[0] == 200
    for origin in ("http://evil.example", "null", f"http://127.0.0.1:{int(served.port) + 1}"):
        assert served.ask("decisions", method="POST", body={"decisions": []}, Origin=origin)[0] == 403


OUTSIDE = """
../corpus.json ..%2fcorpus.json %2e%2e/corpus.json static/../../journal.jsonl //etc/passwd
static/%2e%2e/%2e%2e/corpus.json ..%5ccorpus.json .lock static/ thumbs a%00b.js
"""


@pytest.mark.parametrize("path", [*OUTSIDE.split(), "x" * 5000])
def test_nothing_outside_the_atlas_is_given(served, path):
    status, text, _ = served.ask(path)
    assert status in (400, 403, 404)
    assert b"ids_sha256" not in text


def test_a_link_out_of_the_atlas_is_not_followed(served, corpus):
    link = corpus.path / "atlas" / "static" / "out.js"
    (corpus.path / "secret.js").write_text("secret")
    link.symlink_to(corpus.path / "secret.js")
    assert served.ask("static/out.js")[0] == 404
    link.unlink()


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"decisions=1", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b"{", {"Content-Type": "application/json"}, 400),
        ({"decisions": 1}, {}, 400),
        ({"decisions": [{"key": 1}]}, {}, 400),
        ([], {}, 400),
        ({"decisions": [{"key": "x" * 2**20}]}, {}, 413),
    ],
)
def test_what_is_no_list_of_decisions_is_refused(served, body, headers, status):
    assert served.ask("decisions", method="POST", body=body, **headers)[0] == status


def test_two_browsers_lose_nothing_and_a_repeat_counts_once(served, corpus):
    """Each sends the same 200, one after the other, at once."""
    before, keys = len(Decided(corpus).read()), range(10_000, 10_200)

    def send(browser):
        for k in keys:
            browser.post(decision(k))

    both = [threading.Thread(target=send, args=(browser,)) for browser in (served, served)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    found = json.loads(served.ask(f"decisions?since={before}")[1])
    assert sorted(d["key"] for d in found["decisions"]) == [f"{k:016x}" for k in keys]
    assert found["next"] == before + 200


def test_a_work_that_is_not_there_is_named(served, corpus):
    id_ = corpus.paintings["id"].iloc[0]
    answer = served.post(decision(1, kind="wrong-artist", work="nobody"), decision(2, kind="wrong-artist", work=id_))
    assert answer["taken"] == [f"{2:016x}"]
    [[key, reason]] = answer["refused"]
    assert key == f"{1:016x}"
    assert "nobody" in reason


def test_a_kill_loses_nothing_that_was_acknowledged(corpus):
    acknowledged = []
    with serving(corpus) as (browser, process):

        def send():
            try:
                for k in range(20_000, 30_000):
                    acknowledged.extend(browser.post(decision(k))["taken"])
            except OSError:
                pass

        thread = threading.Thread(target=send)
        thread.start()
        while len(acknowledged) < 50 and thread.is_alive():
            time.sleep(0.01)
        process.kill()
        thread.join()
    assert len(acknowledged) >= 50
    assert set(acknowledged) <= {d["key"] for d in Decided(corpus).read()}


def test_apply_says_which_artists_wait_for_an_update(corpus):
    with serving(corpus) as (browser, _):
        browser.post(decision(77, kind="wrong-artist", work=corpus.paintings["id"].iloc[2], to="Rosa Bonheur"))
        browser.ask("apply", method="POST", body={})
        while (found := json.loads(browser.ask("decisions")[1]))["apply"]["state"] == "running":
            time.sleep(0.1)
    assert found["apply"]["text"].endswith(f"taken in by: artgraph update {corpus.path}")


def test_apply_makes_the_clusters_and_the_page_again_one_at_a_time(corpus):
    with serving(corpus) as (browser, process):
        page = json.loads(browser.ask("decisions")[1])["page"]
        for _ in range(2):
            status, text, _ = browser.ask("apply", method="POST", body={})
            assert (status, json.loads(text)["state"]) == (202, "running")
        while (found := json.loads(browser.ask("decisions")[1]))["apply"]["state"] == "running":
            time.sleep(0.1)
        assert found["apply"]["state"] == "done", found["apply"]
        assert found["page"] not in (page, None)
        assert data_of(corpus.path / "atlas")["labels"] == corpus.get("partitions", "leiden").tolist()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0, "Ctrl-C is how it ends"
        assert "Traceback" not in process.stdout.read()


def test_what_follows_from_the_clusters_is_made_again(tmp_path):
    made = toy_corpus(tmp_path)
    pipeline.describe(made, descriptors=("color",))
    pipeline.build_graph(made, on=("color",), n_neighbors=3)
    pipeline.communities(made)
    pipeline.evaluate(made)
    pipeline.interpret(made)
    pipeline.export(made, to="csv")
    found = apply_decisions(made)
    assert {"partitions/leiden", "reports/leiden", "reports/leiden-clusters", "csv"} <= set(found["made"])


def test_a_port_that_is_taken_is_said(served, corpus):
    with pytest.raises(InputError, match=rf"Port {served.port} .*--port"):
        pipeline.serve(corpus, port=int(served.port))


def test_a_page_is_written_again_where_the_clusters_are_others(tmp_path, monkeypatch):
    monkeypatch.setattr(web, "run_app", lambda *args, **given: None)
    made = toy_corpus(tmp_path)
    pipeline.describe(made, descriptors=("color",))
    pipeline.build_graph(made, on=("color",), n_neighbors=3)
    pipeline.communities(made)
    pipeline.atlas(made, title="My title")
    said = []
    pipeline.serve(made, port=0, tell=said.append)
    assert len(said) == 1, "the page is as it should be"
    pipeline.communities(made, n_clusters=2)
    pipeline.serve(made, port=0, tell=said.append)
    data = data_of(made.path / "atlas")
    assert data["title"] == "My title"
    assert data["labels"] == made.get("partitions", "leiden").tolist()
