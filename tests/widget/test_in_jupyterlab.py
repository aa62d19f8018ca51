"""The widget in JupyterLab itself: kernel, comms, cell. For an environment with jupyterlab and anywidget.

``ARTGRAPH_JUPYTER`` names its Python, where it is not the one that runs the tests; the kernel is the latter.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest

pytest.importorskip("anywidget")
pytest.importorskip("ipykernel")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # playwright leaves its pipe to the interpreter
]
PYTHON = os.environ.get("ARTGRAPH_JUPYTER") or (sys.executable if importlib.util.find_spec("jupyterlab") else None)
ROOT = Path(__file__).parents[2]
CELLS = ["from artgraph import Corpus\nfrom artgraph.widget import style_map\nm = style_map(Corpus('corpus'))\nm",
         "print('chosen', len(m.selection), m.selection[:1])",
         "m.selection = m.selection[:1] or ['images/000.png']"]  # fmt: skip


@pytest.fixture
def lab(described, tmp_path):
    """The address of a JupyterLab on this machine with a notebook of these cells."""
    if PYTHON is None:
        pytest.skip("no jupyterlab")
    shutil.copytree(described.path, tmp_path / "corpus")
    empty = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    cells = [{**empty, "id": f"c{at}", "source": text} for at, text in enumerate(CELLS)]
    kernel = {"kernelspec": {"name": "tested", "display_name": "tested", "language": "python"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "map.ipynb").write_text(json.dumps(notebook))
    spec = tmp_path / "jupyter" / "kernels" / "tested"
    spec.mkdir(parents=True)
    words = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    about = {"argv": words, "display_name": "tested", "language": "python", "env": {"PYTHONPATH": str(ROOT)}}
    (spec / "kernel.json").write_text(json.dumps(about))
    places = {"JUPYTER_PATH": str(tmp_path / "jupyter"), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    places |= {"JUPYTER_DATA_DIR": str(tmp_path / "data"), "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")}
    words = [PYTHON, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root"]
    words += ["--ServerApp.root_dir=.", "--IdentityProvider.token=t", "--LabApp.news_url=None",
              "--LabApp.extension_manager=readonly",
              "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    with open(tmp_path / "lab.log", "w") as log:
        server = subprocess.Popen(words, cwd=tmp_path, env=os.environ | places, stdout=log, stderr=log)
    try:
        for _ in range(1800):
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/lab\?token=", (tmp_path / "lab.log").read_text()):
                break
            time.sleep(0.1)
        assert found, (tmp_path / "lab.log").read_text()
        yield f"http://127.0.0.1:{found[1]}/lab/tree/map.ipynb?token=t"
    finally:
        server.terminate()
        server.wait(20)


def test_a_selection_comes_back_as_ids(lab, browser, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    with browser.new_page(viewport={"width": 1200, "height": 1000}) as page:
        page.set_default_timeout(60_000)
        page.goto(lab)
        page.locator(".jp-Notebook .cm-content").first.click()
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']")
        page.keyboard.press("Shift+Enter")
        canvas = page.locator(".artgraph-map canvas")
        canvas.wait_for()
        said = page.locator(".artgraph-map .said")
        assert said.text_content() == "60 works"
        box = canvas.bounding_box()
        corners = [(4, 4), (box["width"] - 5, 4), (box["width"] - 5, box["height"] - 5), (4, box["height"] - 5)]
        page.keyboard.down("Shift")
        page.mouse.move(box["x"] + 4, box["y"] + 4)
        page.mouse.down()
        for x, y in corners[1:]:
            page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
        page.mouse.up()
        page.keyboard.up("Shift")
        playwright.expect(said).to_have_text("60 of 60 works selected")
        steps = product(range(20, int(box["height"]) - 20, 14), range(20, int(box["width"]) - 20, 9))
        for y, x in steps:  # until the pointer is on a work
            page.mouse.move(box["x"] + x, box["y"] + y)
            if page.locator(".artgraph-map figure").is_visible():
                break
        page.wait_for_function("document.querySelector('.artgraph-map img').naturalWidth > 0")
        page.screenshot(path=tmp_path / "lab.png")
        page.locator(".jp-Notebook .cm-content").nth(1).click()
        page.keyboard.press("Shift+Enter")
        page.get_by_text("chosen 60 ['images/000.png']").last.wait_for()
        page.keyboard.press("Shift+Enter")
        playwright.expect(said).to_have_text("1 of 60 works selected")
