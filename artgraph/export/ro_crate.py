"""A folder as an RO-Crate: what each file in it is, who made it, with which commands, and under which rights."""

import datetime
import hashlib
import json
import mimetypes
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from artgraph.addresses import is_address
from artgraph.atomic import write_bytes
from artgraph.errors import InputError

__all__ = ["METADATA", "About", "Author", "Step", "license_address", "publication_day", "write_crate"]

METADATA, ZENODO = "ro-crate-metadata.json", ".zenodo.json"
PROCESS = "https://w3id.org/ro/wfrun/process/0.5"
CRATE = "https://w3id.org/ro/crate/1.1"
OUR_LICENSE = "https://spdx.org/licenses/GPL-3.0-or-later"
UNKNOWN = "The catalogue does not say which rights there are in this work."
FORMATS = {  # those that the standard library does not know, or knows otherwise on some systems
    ".csv": "text/csv",
    ".gexf": "application/gexf+xml",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".md": "text/markdown",
    ".npy": "application/octet-stream",
    ".npz": "application/zip",
    ".parquet": "application/vnd.apache.parquet",
    ".safetensors": "application/octet-stream",
    ".sh": "text/x-shellscript",
    ".txt": "text/plain",
    ".webp": "image/webp",
}
_AUTHOR = re.compile(r"\s*(?P<name>[^<>()]+?)\s*(\((?P<at>[^()<>]+)\))?\s*(<\s*(?P<orcid>[^<>]*?)\s*>)?\s*")
_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


@dataclass(frozen=True)
class Author:
    """Who made an archive.

    Attributes
    ----------
    name, affiliation
    orcid : such as 0000-0002-1825-0097.
    """

    name: str
    affiliation: str | None = None
    orcid: str | None = None

    @classmethod
    def of(cls, text: str) -> "Author":
        """Read an author as people write one, ``text``: "Josiah Carberry (Brown University) <0000-0002-1825-0097>".

        Examples
        --------
        >>> Author.of("Josiah Carberry <https://orcid.org/0000-0002-1825-0097>")
        Author(name='Josiah Carberry', affiliation=None, orcid='0000-0002-1825-0097')
        """
        found = _AUTHOR.fullmatch(text)
        if not found:
            raise InputError(f"'{text}' is no author; write NAME, or NAME (AFFILIATION) <ORCID>")
        orcid = None
        if found["orcid"] is not None:
            known = _ORCID.fullmatch(found["orcid"])
            if not known or not _is_orcid(known[1]):
                raise InputError(f"'{found['orcid']}' is no ORCID; expected such as 0000-0002-1825-0097")
            orcid = known[1]
        return cls(found["name"], found["at"], orcid)


@dataclass(frozen=True)
class About:
    """What an archive is.

    Attributes
    ----------
    title, description, keywords
    date : the day on which it is published, such as '2026-11-29'.
    authors : one or more.
    license : of the data, an SPDX identifier or an address.
    """

    title: str
    description: str
    date: str
    authors: Sequence[Author]
    license: str
    keywords: Sequence[str] = ()


@dataclass(frozen=True)
class Step:
    """One thing that was made.

    Attributes
    ----------
    name : such as 'features/eye'.
    command : that makes it.
    inputs, results : files of the archive.
    version : of artgraph.
    """

    name: str
    command: str
    inputs: Sequence[str]
    results: Sequence[str]
    version: str


def write_crate(
    folder: str | Path,
    about: About,
    *,
    works: Iterable[Mapping[str, Any]],
    steps: Sequence[Step] = (),
    names: Mapping[str, str] | None = None,
) -> None:
    """Describe a folder and all that is in it in ``ro-crate-metadata.json``, and for Zenodo in ``.zenodo.json``.

    RO-Crate 1.1 (https://w3id.org/ro/crate/1.1), and Process Run Crate 0.5 for the steps. Every file has its sha256.
    The same folder and arguments give the same bytes: no time but that of ``about`` is written.

    Parameters
    ----------
    folder
    about
    works : of each ``id``; ``title``, ``artist``, ``date`` and ``rights``, text or None; ``pictures``, files of the
        folder that show it. Rights that are an address are a licence by themselves; where nothing is said, that is
        said.
    steps : what was made, in order.
    names : what some of the files are, by their path.

    Raises
    ------
    InputError
        No authors; a date or a licence that is none.
    """
    folder, names = Path(folder), names or {}
    if not about.authors:
        raise InputError("An archive has an author: expected at least one.")
    license_id, published = license_address(about.license), publication_day(about.date)
    persons = [_person(number, one) for number, one in enumerate(about.authors, 1)]
    rights = {
        key: _license(key, said) for key, said in ((OUR_LICENSE, "GPL-3.0-or-later"), (license_id, about.license))
    }
    entities, of_picture = [], {}
    for work in works:
        said = work.get("rights")
        key = said if said and is_address(said) else f"#rights-{_digest(said or UNKNOWN)}"
        rights.setdefault(key, _license(key, said or UNKNOWN))
        entities.append(_work(work, key))
        of_picture |= dict.fromkeys(work.get("pictures") or (), (entities[-1]["@id"], key))
    files = [
        _file(folder, path, names.get(path), of_picture.get(path))
        for path in sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
        if path not in (METADATA, ZENODO)
    ]
    write_bytes(folder / ZENODO, _json(_zenodo(about, published)))
    files.append(_file(folder, ZENODO, "What Zenodo asks of this archive", None))
    versions = sorted({one.version for one in steps})
    software = [_software(version) for version in versions]
    actions = [_action(one) for one in steps]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": about.title,
        "description": about.description,
        "datePublished": published,
        "license": {"@id": license_id},
        "author": _ids(persons),
        "conformsTo": {"@id": PROCESS},
        "hasPart": _ids(files),
        "mentions": _ids([*actions, *entities]),
    }
    root |= {"keywords": ", ".join(about.keywords)} if about.keywords else {}
    graph = [
        {
            "@id": METADATA,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": CRATE},
        },
        root,
        {"@id": PROCESS, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        *persons,
        *(_organization(one.affiliation) for one in about.authors if one.affiliation),
        *(rights[key] for key in sorted(rights)),
        *software,
        *files,
        *actions,
        *entities,
    ]
    unique = {one["@id"]: one for one in graph}
    write_bytes(folder / METADATA, _json({"@context": f"{CRATE}/context", "@graph": list(unique.values())}))


def license_address(text: str) -> str:
    """Return the address of a licence that is given as one, or by its SPDX identifier (``text``).

    Examples
    --------
    >>> license_address("CC-BY-4.0")
    'https://spdx.org/licenses/CC-BY-4.0'
    """
    if is_address(text):
        return text
    if not _SPDX.fullmatch(text):
        raise InputError(f"'{text}' is no licence; expected an SPDX identifier such as CC-BY-4.0, or an address")
    return f"https://spdx.org/licenses/{text}"


def publication_day(text: str) -> str:
    """Return a day, ``text``, such as '2026-11-29', or raise an InputError where it is none."""
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except (TypeError, ValueError):
        raise InputError(f"'{text}' is no day; write it as 2026-11-29") from None


def _person(number: int, one: Author) -> dict[str, Any]:
    found = {"@id": f"https://orcid.org/{one.orcid}" if one.orcid else f"#author-{number}", "@type": "Person"}
    found["name"] = one.name
    return found | ({"affiliation": {"@id": _organization(one.affiliation)["@id"]}} if one.affiliation else {})


def _organization(name: str) -> dict[str, Any]:
    return {"@id": f"#organization-{_digest(name)}", "@type": "Organization", "name": name}


def _license(key: str, text: str) -> dict[str, Any]:
    named = "Rights not known" if text == UNKNOWN else text
    return {"@id": key, "@type": "CreativeWork", "name": named, "description": text}


def _work(work: Mapping[str, Any], rights: str) -> dict[str, Any]:
    found = {"@id": f"#work-{quote(str(work['id']), safe='')}", "@type": "VisualArtwork", "identifier": work["id"]}
    found["name"] = work.get("title") or work["id"]
    named = {"creator": work.get("artist"), "dateCreated": work.get("date")}
    return found | {key: value for key, value in named.items() if value} | {"license": {"@id": rights}}


def _file(folder: Path, path: str, name: str | None, shows: tuple[str, str] | None) -> dict[str, Any]:
    data = (folder / path).read_bytes()
    suffix = Path(path).suffix.lower()
    found: dict[str, Any] = {"@id": quote(path), "@type": "File", "name": name or path}
    found["encodingFormat"] = FORMATS.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    found |= {"contentSize": str(len(data)), "sha256": hashlib.sha256(data).hexdigest()}
    return found | ({"about": {"@id": shows[0]}, "license": {"@id": shows[1]}} if shows else {})


def _software(version: str) -> dict[str, Any]:
    return {
        "@id": f"#artgraph-{version}",
        "@type": "SoftwareApplication",
        "name": "artgraph",
        "softwareVersion": version,
        "description": "Groups paintings by style, without labels.",
        "license": {"@id": OUR_LICENSE},
    }


def _action(step: Step) -> dict[str, Any]:
    return {
        "@id": f"#made-{quote(step.name, safe='')}",
        "@type": "CreateAction",
        "name": f"{step.name} was made",
        "description": step.command,
        "instrument": {"@id": f"#artgraph-{step.version}"},
        "object": _ids({"@id": quote(path)} for path in step.inputs),
        "result": _ids({"@id": quote(path)} for path in step.results),
    }


def _zenodo(about: About, published: str) -> dict[str, Any]:
    """Return the metadata of a deposit as Zenodo's API takes it; a licence that is an address it does not."""
    creators = [
        {
            key: value
            for key, value in (("name", one.name), ("affiliation", one.affiliation), ("orcid", one.orcid))
            if value
        }
        for one in about.authors
    ]
    found = {"title": about.title, "upload_type": "dataset", "description": about.description, "creators": creators}
    found |= {"publication_date": published, "access_right": "open", "keywords": list(about.keywords)}
    return found | ({} if is_address(about.license) else {"license": about.license.lower()})


def _is_orcid(text: str) -> bool:
    """Return whether the last digit of an ORCID follows from the others (ISO 7064, mod 11-2)."""
    total = 0
    for digit in text.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == text[-1]


def _ids(entities: Iterable[Mapping[str, Any]]) -> Any:
    """Return references to entities, of one without a list, as RO-Crate recommends."""
    found = [{"@id": one["@id"]} for one in entities]
    return found[0] if len(found) == 1 else found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")
