"""Pictures from museums' servers: IIIF manifests and collections, and tables of addresses.

::

    harvest          all of it: a source in; pictures, metadata.csv and failed.csv out
    read_source      which pictures a source names
      works_of       those of one manifest (Presentation 2 and 3); members_of: what a collection names
      items_of_table those of a table
    picture_addresses  requests to an image service (Image API 1 to 3, levels 0 to 2)
    allowed          whether a rights statement is wanted
    harvest_lines    what a harvest ends by saying
    Client           requests: their pace, their repetition, whole files

Manifests in use are often not quite valid: they are read as plain JSON, and whatever can be understood is taken.
"""

from artgraph.harvest.client import Client
from artgraph.harvest.harvesting import Harvest, harvest
from artgraph.harvest.items import Item, Lost
from artgraph.harvest.manifests import kind_of, members_of, works_of
from artgraph.harvest.report import harvest_lines
from artgraph.harvest.rights import allowed, rights_code
from artgraph.harvest.services import Service, picture_addresses, service_of
from artgraph.harvest.sources import Found, Reader, read_source
from artgraph.harvest.tables import items_of_table

__all__ = [
    "Client", "Found", "Harvest", "Item", "Lost", "Reader", "Service", "allowed", "harvest", "harvest_lines",
    "items_of_table", "kind_of", "members_of", "picture_addresses", "read_source", "rights_code", "service_of",
    "works_of",
]  # fmt: skip
