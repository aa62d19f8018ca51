"""The rules of GEXF 1.3 that a graph of ours must keep, as a small checker: elements, order, attributes, values."""

import re
from xml.etree import ElementTree

GEXF, VIZ = "{http://gexf.net/1.3}", "{http://gexf.net/1.3/viz}"
TYPES = {
    "integer": lambda v: re.fullmatch(r"-?\d+", v) and -(2**31) <= int(v) < 2**31,
    "long": lambda v: re.fullmatch(r"-?\d+", v) and -(2**63) <= int(v) < 2**63,
    "double": lambda v: re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", v),
    "boolean": lambda v: v in ("true", "false"),
    "string": lambda v: True,
}


def token(text):
    return text == " ".join(text.split())


def channel(text):
    return text.isdigit() and int(text) <= 255


def number(text):
    return bool(TYPES["double"](text))


# element: (required attributes, optional attributes, children in order with their (least, most) counts)
RULES = {
    "gexf": ({"version": lambda v: v == "1.3"}, {}, [("meta", 0, 1), ("graph", 1, 1)]),
    "meta": (
        {},
        {"lastmodifieddate": lambda v: re.fullmatch(r"\d{4}-\d\d-\d\d", v)},
        [("creator", 0, 1), ("keywords", 0, 1), ("description", 0, 1)],
    ),
    "creator": ({}, {}, []),
    "description": ({}, {}, []),
    "graph": (
        {},
        {
            "mode": lambda v: v in ("static", "dynamic"),
            "timeformat": lambda v: v == "double",
            "timerepresentation": lambda v: v == "interval",
            "defaultedgetype": lambda v: v in ("directed", "undirected", "mutual"),
            "idtype": lambda v: v in ("string", "integer"),
        },
        [("attributes", 0, 2), ("nodes", 1, 1), ("edges", 1, 1)],
    ),
    "attributes": (
        {"class": lambda v: v in ("node", "edge")},
        {"mode": lambda v: v == "static"},
        [("attribute", 0, None)],
    ),
    "attribute": ({"id": len, "title": len, "type": lambda v: v in TYPES}, {}, []),
    "nodes": ({}, {"count": str.isdigit}, [("node", 0, None)]),
    "edges": ({}, {"count": str.isdigit}, [("edge", 0, None)]),
    "node": (
        {"id": len},
        {"label": token},
        [("attvalues", 0, 1), ("spells", 0, 1), ("viz:color", 0, 1), ("viz:position", 0, 1), ("viz:size", 0, 1)],
    ),
    "edge": (
        {"source": len, "target": len},
        {"id": len, "type": lambda v: v == "undirected", "weight": number, "kind": token, "label": token},
        [("attvalues", 0, 1)],
    ),
    "spells": ({}, {}, [("spell", 1, None)]),
    "spell": ({}, {"start": number, "end": number}, []),
    "attvalues": ({}, {}, [("attvalue", 0, None)]),
    "attvalue": ({"for": len, "value": lambda v: True}, {}, []),
    "viz:color": ({"r": channel, "g": channel, "b": channel}, {"a": number}, []),
    "viz:position": ({"x": number, "y": number}, {"z": number}, []),
    "viz:size": ({"value": lambda v: number(v) and float(v) >= 0}, {}, []),
}


def errors(path) -> list[str]:
    """Say everything that is wrong with a file; an empty list is a valid file."""
    root = ElementTree.parse(path).getroot()
    found = list(_element(root, "gexf"))
    if found:
        return found
    graph = root.find(f"{GEXF}graph")
    types = {}
    for attributes in graph.findall(f"{GEXF}attributes"):
        kind, names = attributes.get("class"), [a.get("id") for a in attributes]
        titles = [a.get("title").casefold() for a in attributes]
        if len(set(names)) < len(names) or len(set(titles)) < len(titles) or kind in types:
            found.append(f"two attributes of one name for {kind}")
        types[kind] = {a.get("id"): a.get("type") for a in attributes}
    nodes, edges = graph.find(f"{GEXF}nodes"), graph.find(f"{GEXF}edges")
    ids = [node.get("id") for node in nodes]
    if len(set(ids)) < len(ids) or len({e.get("id") for e in edges}) < len(edges):
        found.append("two nodes or edges of one id")
    for parent in (nodes, edges):
        if parent.get("count") not in (None, str(len(parent))):
            found.append(f"count of {parent.tag} is wrong")
    pairs = [(*sorted((e.get("source"), e.get("target"))), e.get("kind")) for e in edges]
    if len(set(pairs)) < len(pairs):
        found.append("parallel edges of one kind")
    for source, target, _ in pairs:
        if source == target or not {source, target} <= set(ids):
            found.append(f"edge {source} - {target}: a loop, or no such node")
    found += [f"weight {e.get('weight')}" for e in edges if not float(e.get("weight", 1)) > 0]
    for kind, parent in (("node", nodes), ("edge", edges)):
        for item in parent:
            values = item.findall(f"{GEXF}attvalues/{GEXF}attvalue")
            if len({v.get("for") for v in values}) < len(values):
                found.append(f"{kind} {item.get('id')}: one attribute twice")
            for value in values:
                declared = types.get(kind, {}).get(value.get("for"))
                if declared is None or not TYPES[declared](value.get("value")):
                    found.append(
                        f"{kind} {item.get('id')}: {value.get('for')} = {value.get('value')!r} is no {declared}"
                    )
    return found


def _element(element, name):
    required, optional, children = RULES[name]
    for attribute in required:
        if attribute not in element.attrib:
            yield f"<{name}> lacks {attribute}"
    for attribute, value in element.attrib.items():
        test = {**required, **optional}.get(attribute)
        if test is None or not test(value):
            yield f"<{name} {attribute}={value!r}>"
    allowed = [child for child, _, _ in children]
    tags = [child.tag.replace(VIZ, "viz:").replace(GEXF, "") for child in element]
    for child, tag in zip(element, tags, strict=True):
        if tag not in allowed:
            yield f"<{tag}> in <{name}>"
        else:
            yield from _element(child, tag)
    if [tag for tag in tags if tag in allowed] != sorted((t for t in tags if t in allowed), key=allowed.index):
        yield f"order in <{name}>: {tags}"
    for child, least, most in children:
        if not least <= tags.count(child) <= (len(tags) if most is None else most):
            yield f"{tags.count(child)} <{child}> in <{name}>"
