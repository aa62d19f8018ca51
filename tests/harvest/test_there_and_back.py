"""From a museum's manifests to clusters, and back to manifests on the museum's canvases."""

import json

import pytest

from artgraph import pipeline
from artgraph.harvest import harvest, works_of
from tests.export.iiif_rules import check
from tests.harvest.museum import jpeg, museum

N = 12


@pytest.fixture
def corpus(tmp_path):
    with museum() as here:
        works = []
        for n in range(N):
            data = jpeg(n, (64, 48))
            if n % 2:
                service = here.level2(str(n), data)
                body = here.body(f"{service['id']}/full/max/0/default.jpg", service, size=(64, 48))
                works.append(here.manifest3(str(n), here.canvas3(str(n), body)))
            else:
                service = here.level2(str(n), data, version=2)
                body = here.body2(f"{service['@id']}/full/full/0/default.jpg", service) | {"width": 64, "height": 48}
                works.append({"id": here.manifest2(str(n), body)["@id"], "type": "Manifest"})
        here.collection("/all.json", works)
        harvest(here.address + "/all.json", tmp_path / "scans", delay=0, size=64)
        museum_address = here.address
    table = tmp_path / "scans" / "metadata.csv"
    corpus = pipeline.ingest(tmp_path / "scans", tmp_path / "corpus", metadata=table)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=3)
    pipeline.communities(corpus, n_clusters=2)
    return corpus, museum_address


def test_clusters_point_at_the_canvases_and_services_that_the_pictures_came_from(corpus, tmp_path):
    corpus, address = corpus
    made = pipeline.export(corpus, to="iiif", base="https://example.org/clusters", out=tmp_path / "clusters")
    assert {name: made.facts[name] for name in ("works", "left_out", "canvases")} == {
        "works": N, "left_out": 0, "canvases": N
    }  # fmt: skip
    canvases = {}
    for file in (tmp_path / "clusters").glob("cluster-*.json"):
        manifest = json.loads(file.read_text("utf-8"))
        check(manifest, "Manifest")
        canvases |= {canvas["label"]["none"][0]: canvas for canvas in manifest["items"]}
    for n in range(N):
        canvas = canvases[f"Work {n}"]
        assert canvas["id"] == f"{address}/canvas/{n}"
        assert canvas["partOf"][0]["id"] == f"{address}/m/{n}.json"
        assert (canvas["width"], canvas["height"]) == (64, 48)
        assert canvas["rights"].startswith("http://creativecommons.org/")
        (service,) = canvas["items"][0]["items"][0]["body"]["service"]
        if n % 2:
            expected = {"id": f"{address}/iiif/{n}", "type": "ImageService3", "profile": "level2"}
        else:
            profile = "http://iiif.io/api/image/2/level2.json"
            expected = {"@id": f"{address}/iiif/{n}", "@type": "ImageService2", "profile": profile}
        assert service == expected
    pairs = {canvas["metadata"][0]["value"]["none"][0] for canvas in canvases.values()}
    assert pairs == {f"Painter {n}" for n in range(N)}
    first, _ = works_of(json.loads((tmp_path / "clusters" / "cluster-00.json").read_text("utf-8")))
    assert {one.service.address.rpartition("/")[0] for one in first} == {f"{address}/iiif"}
