"""Descriptors in another process, which knows of them no more than what was sent."""

import pickle
import subprocess
import sys

import numpy as np

from artgraph.descriptors import make_descriptor

NAMES = ("eye", "lite", "color", "texture", "patches", "lite-grey")
LOAD = """
import pickle, sys
import numpy as np

for descriptor in pickle.load(sys.stdin.buffer):
    descriptor.load()
    image = np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    prepared = descriptor.prepare(image)
    print(descriptor.name, np.asarray(descriptor.embed(np.stack([prepared] * 2)), dtype=np.float64).sum())
"""


def test_every_descriptor_can_be_sent():
    made = [make_descriptor(name.removesuffix("-grey"), ignore_color=name.endswith("-grey")) for name in NAMES]
    sent = subprocess.run([sys.executable, "-c", LOAD], input=pickle.dumps(made), capture_output=True, check=False)
    assert sent.returncode == 0, sent.stderr.decode()
    image = np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    for descriptor, line in zip(made, sent.stdout.decode().splitlines(), strict=True):
        descriptor.load()
        here = np.asarray(descriptor.embed(np.stack([descriptor.prepare(image)] * 2)), dtype=np.float64).sum()
        np.testing.assert_allclose(float(line.split()[-1]), here, rtol=1e-4)
