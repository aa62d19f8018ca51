"""A museum's server on this machine: IIIF manifests, image services, single files, and the troubles of real ones."""

import io
import json
import socket
import struct
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from PIL import Image

CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"
BY_SA = "http://creativecommons.org/licenses/by-sa/4.0/"


def jpeg(n, size=(60, 40)):
    """A picture that no other number has."""
    pixels = np.random.default_rng(n).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
    return file.getvalue()


class Museum:
    """What the server answers, by path, and what it was asked.

    ``answers`` maps a path to bytes, or to a function of the handler, which sends the answer itself; what it returns
    False for is sent as usual. ``asked`` counts requests, ``sent`` whole answers; ``times`` says when.
    """

    def __init__(self, host="127.0.0.1"):
        self.answers, self.troubles = {}, {}
        self.asked, self.sent, self.times = Counter(), Counter(), []
        museum = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else each answer waits 40 ms for the client

            def do_GET(self):
                museum.times.append((time.monotonic(), self.path))
                museum.asked[self.path] += 1
                trouble = museum.troubles.get(self.path)
                if trouble and trouble(self, museum.asked[self.path]):
                    return
                body = museum.answers.get(self.path)
                if body is None:
                    send(self, 404, b"not here")
                else:
                    kind = "application/json" if body[:1] in (b"{", b"[") else "image/jpeg"
                    send(self, 200, body, {"Content-Type": kind})
                    museum.sent[self.path] += 1

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer((host, 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda request, client_address: None  # a client that was killed
        self.address = f"http://{host}:{self.server.server_address[1]}"

    def put(self, path, data):
        self.answers[path] = data if isinstance(data, bytes) else json.dumps(data).encode()
        return self.address + path

    # ---- services

    def level2(self, name, data, *, version=3):
        """A service that scales: the sizes that tests ask for are found out by asking."""
        whole = Image.open(io.BytesIO(data))
        info = {"@context": f"http://iiif.io/api/image/{version}/context.json", "width": whole.width}
        info |= {"height": whole.height, "profile": "level2"}
        self.put(f"/iiif/{name}/info.json", info)
        for word in ("max", "full"):
            self.put(f"/iiif/{name}/full/{word}/0/default.jpg", data)
        for side in (10, 20, 30, 40, 50):
            size = side, max(1, round(whole.height * side / whole.width))
            file = io.BytesIO()
            whole.resize(size).save(file, "JPEG")
            self.put(f"/iiif/{name}/full/{side},/0/default.jpg", file.getvalue())
        kind = {"id": f"{self.address}/iiif/{name}", "type": f"ImageService{version}", "profile": "level2"}
        if version == 2:
            profile = "http://iiif.io/api/image/2/level2.json"
            context = "http://iiif.io/api/image/2/context.json"
            kind = {"@context": context, "@id": f"{self.address}/iiif/{name}", "profile": profile}
        return kind

    def level0(self, name, data, sizes, *, version=3, told=False):
        """A folder of files: ready sizes, told in the manifest or in info.json."""
        whole = Image.open(io.BytesIO(data))
        listed = [{"width": width, "height": height} for width, height in sizes]
        for width, height in sizes:
            word = f"{width},{height}" if version == 3 else f"{width},"
            file = io.BytesIO()
            whole.resize((width, height)).save(file, "JPEG")
            self.put(f"/static/{name}/full/{word}/0/default.jpg", file.getvalue())
        info = {"@context": f"http://iiif.io/api/image/{version}/context.json", "profile": "level0", "sizes": listed}
        self.put(f"/static/{name}/info.json", info | {"width": whole.width, "height": whole.height})
        kind = {"id": f"{self.address}/static/{name}", "type": f"ImageService{version}", "profile": "level0"}
        return kind | ({"sizes": listed} if told else {})

    # ---- manifests

    def body(self, address, service=None, size=(60, 40)):
        body = {"id": address, "type": "Image", "format": "image/jpeg", "width": size[0], "height": size[1]}
        return body | ({"service": [service]} if service else {})

    def canvas3(self, name, body, label="1"):
        place = f"{self.address}/canvas/{name}"
        note = {"id": f"{place}/note", "type": "Annotation", "motivation": "painting", "body": body, "target": place}
        page = {"id": f"{place}/page", "type": "AnnotationPage", "items": [note]}
        about = {"id": place, "type": "Canvas", "label": {"none": [label]}, "width": 60, "height": 40}
        return about | {"items": [page]}

    def manifest3(self, name, *canvases, **more):
        about = {"@context": "http://iiif.io/api/presentation/3/context.json", "id": f"{self.address}/m/{name}.json"}
        about |= {"type": "Manifest", "label": {"en": [f"Work {name}"]}, "rights": CC0}
        about |= {
            "metadata": [{"label": {"en": ["Artist"], "fr": ["Artiste"]}, "value": {"none": [f"Painter {name}"]}}]
        }
        self.put(f"/m/{name}.json", about | {"items": list(canvases)} | more)
        return {"id": f"{self.address}/m/{name}.json", "type": "Manifest", "label": {"en": [f"Work {name}"]}}

    def manifest2(self, name, resource, **more):
        place = f"{self.address}/canvas/{name}"
        note = {"@type": "oa:Annotation", "motivation": "sc:painting", "resource": resource, "on": place}
        canvas = {"@id": place, "@type": "sc:Canvas", "label": "1", "width": 60, "height": 40, "images": [note]}
        about = {"@context": "http://iiif.io/api/presentation/2/context.json", "@id": f"{self.address}/m/{name}.json"}
        about |= {"@type": "sc:Manifest", "label": f"Work {name}", "license": BY_SA, "attribution": "<b>Museum</b>"}
        about |= {"metadata": [{"label": "Artist", "value": f"Painter {name}"}, {"label": "Date", "value": "1650"}]}
        self.put(f"/m/{name}.json", about | {"sequences": [{"@type": "sc:Sequence", "canvases": [canvas]}]} | more)
        return {"@id": f"{self.address}/m/{name}.json", "@type": "sc:Manifest", "label": f"Work {name}"}

    def body2(self, address, service=None):
        body = {"@id": address, "@type": "dctypes:Image", "format": "image/jpeg", "width": 60, "height": 40}
        return body | ({"service": service} if service else {})

    def collection(self, path, members, label="Paintings"):
        about = {"@context": "http://iiif.io/api/presentation/3/context.json", "id": self.address + path}
        self.put(path, about | {"type": "Collection", "label": {"en": [label]}, "items": members})
        return {"id": self.address + path, "type": "Collection", "label": {"en": [label]}}


def send(handler, code, body, headers=None):
    handler.send_response(code)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


# ---- troubles: whether the answer was sent; ``times`` counts the requests for the path from 1


def always(code):
    return lambda handler, times: send(handler, code, b"trouble") or True


def at_first(code, tries=1, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, times: times <= tries and (send(handler, code, b"trouble", headers) or True)


def empty(handler, times):
    send(handler, 200, b"", {"Content-Type": "image/jpeg"})
    return True


def html(handler, times):
    send(handler, 200, b"<!DOCTYPE html><html><title>Please sign in</title></html>", {"Content-Type": "image/jpeg"})
    return True


def cut(body, tries):
    """The connection is reset in the middle of the file."""

    def trouble(handler, times):
        if times > tries:
            return False
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])
        handler.wfile.flush()
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True
        handler.connection.close()
        return True

    return trouble


def unmarked_cut(body):
    """Half a file whose length nobody said."""

    def trouble(handler, times):
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + body[: len(body) // 2])
        handler.close_connection = True
        return True

    return trouble


def redirect(to):
    return lambda handler, times: send(handler, 302, b"", {"Location": to}) or True


@contextmanager
def museum(host="127.0.0.1"):
    made = Museum(host)
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()
