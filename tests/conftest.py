"""Fixtures that several test files share."""

import os
import shutil

import pytest

from artgraph.testing import toy_corpus, toy_features


@pytest.fixture
def corpus(tmp_path):
    """A corpus of 12 pictures in 3 manners."""
    return toy_corpus(tmp_path)


@pytest.fixture(scope="session")
def features():
    """Read-only features of 60 rows in 3 groups, and the groups."""
    return toy_features()


@pytest.fixture(scope="session")
def described(tmp_path_factory):
    """A corpus of 60 pictures, described and clustered; tests must not change it."""
    from artgraph import pipeline

    made = toy_corpus(tmp_path_factory.mktemp("described"), n=60)
    pipeline.describe(made, descriptors=("color", "texture"))
    pipeline.build_graph(made, on=("color", "texture"))
    pipeline.communities(made)
    return made


@pytest.fixture(scope="session")
def browser():
    """Chromium, one for all tests: Playwright's plain interface runs once in a process."""
    playwright = pytest.importorskip("playwright.sync_api")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with playwright.sync_playwright() as p:
        try:
            chromium = p.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        except playwright.Error as error:
            pytest.skip(f"no Chromium: {error}")
        yield chromium
        chromium.close()
