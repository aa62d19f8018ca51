"""A small object-store server on the loopback, for tests."""

import os
from contextlib import contextmanager

SETTINGS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


@contextmanager
def object_store():
    """Yield the address of a bucket; the environment says where it is, to this process and those that it starts."""
    import logging

    from fsspec.core import url_to_fs
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel("ERROR")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    before = dict(os.environ)
    host, port = server.get_host_and_port()
    os.environ |= SETTINGS | {"AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    try:
        files, _ = url_to_fs("s3://artgraph", skip_instance_cache=True)
        files.mkdir("artgraph")
        yield "s3://artgraph/work"
    finally:
        os.environ.clear()
        os.environ |= before
        server.stop()
