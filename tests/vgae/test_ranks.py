"""One training shared by several processes, as torchrun starts them."""

import os
import socket
import subprocess
import sys

import pytest
import torch

from artgraph import Corpus, pipeline
from artgraph.learning.ranks import Ranks, joined, started_as
from artgraph.testing import toy_corpus


def test_a_process_alone_trains_alone():
    with joined("cpu") as (ranks, device):
        assert (ranks, device, started_as()) == (Ranks(0, 1), "cpu", 0)
    rows = torch.arange(7)
    assert ranks.share(rows).equal(rows)
    assert ranks.of_the_first({"loss": 1.5}, device="cpu") == {"loss": 1.5}


def test_shares_are_all_rows_once():
    rows = torch.arange(7)
    assert torch.cat([Ranks(number, 3).share(rows) for number in range(3)]).sort().values.equal(rows)


def free_port():
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return str(some.getsockname()[1])


@pytest.mark.skipif(sys.platform != "linux", reason="gloo on the loopback")
def test_two_processes_train_one_model(tmp_path):
    corpus = toy_corpus(tmp_path, n=60)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=6, artist_edges=True)
    alone = pipeline.train_vgae(corpus, name="alone", epochs=12)
    words = ["train-vgae", str(corpus.path), "--name", "together", "--epochs", "12", "--device", "cpu"]
    run = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-addr", "127.0.0.1"]
    environment = os.environ | {"GLOO_SOCKET_IFNAME": "lo", "OMP_NUM_THREADS": "1"}
    command = [*run, "--master-port", free_port(), "-m", "artgraph", *words]
    for again in (False, True):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("model together") == 1, done.stdout
        assert ("up to date" in done.stdout) == again
    together = Corpus(corpus.path).label("models", "together")["facts"]
    assert len(together["history"]) == 12
    first, last = together["history"][0]["loss"], together["history"][-1]["loss"]
    assert last < first
    assert last == pytest.approx(alone.facts["history"][-1]["loss"], abs=0.5 * (first - last))
    assert corpus.get("features", "together").shape == corpus.get("features", "alone").shape
