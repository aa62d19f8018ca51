"""The notebooks run from top to bottom, on the hard demo, and show pictures."""

import os
import sys
import time
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("anywidget")
ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "experiments" / "notebooks").glob("*.ipynb"))


def test_there_are_three_without_outputs():
    assert [one.stem for one in NOTEBOOKS] == ["first_day", "is_it_real", "own_descriptor"]
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            assert cell.cell_type == "markdown" or (not cell.outputs and cell.execution_count is None), path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("notebooks")


def processors():
    """Processor seconds of this process and of the kernels that have ended."""
    found = os.times()
    return found.user + found.system + found.children_user + found.children_system


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the kernel's sockets
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path, folder, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]))
    notebook = nbformat.read(path, as_version=4)
    started = time.perf_counter(), processors()
    client = nbclient.NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(folder)}})
    client.create_kernel_manager()
    client.km.kernel_spec.argv[0] = sys.executable  # whatever kernels are installed
    client.execute()
    spent = time.perf_counter() - started[0], processors() - started[1]
    print(f"{path.stem}: {spent[0]:.0f} s, {spent[1]:.0f} s of processor time")
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    shown = [output.data for output in outputs if "data" in output]
    pictures = sum("image/png" in data or "<img" in data.get("text/html", "") for data in shown)
    assert pictures >= 3
    if path.stem == "first_day":
        assert any("application/vnd.jupyter.widget-view+json" in data for data in shown)
    nbformat.write(notebook, folder / path.name)
