"""A document as one page of HTML that needs nothing else: no script, no file beside it, no address."""

import base64
from html import escape

from artgraph.review.document import Document, Figure, Items, Section, Table

__all__ = ["to_html"]

STYLE = """
:root { color-scheme: light; --ink: #222; --muted: #5f5f5b; --line: #dedbd3; --paper: #fdfcfa; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 Georgia, "Times New Roman", serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
header { border-bottom: 2px solid var(--ink); margin-bottom: 1.5rem; padding-bottom: 1rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.3rem; margin: 2.6rem 0 .6rem; padding-top: .2rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 .3rem; }
p, li { max-width: 44rem; }
header p { color: var(--muted); margin: 0; }
nav ol { columns: 2; padding-left: 1.4rem; margin: 0; }
nav a { color: inherit; }
.scroll { overflow-x: auto; margin: .4rem 0 1.2rem; }
table { border-collapse: collapse; font: .84rem/1.35 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .7rem .28rem 0; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); }
td:not(.words) { white-space: nowrap; }
th { font-weight: 600; border-bottom-color: var(--ink); vertical-align: bottom; }
.words { text-align: left; }
td.words { max-width: 22rem; overflow-wrap: break-word; }
figure { margin: 1rem 0 1.6rem; max-width: 50rem; }
figure img { width: 100%; height: auto; display: block; }
figcaption { color: var(--muted); font-size: .9rem; max-width: 44rem; }
ul.commands { list-style: none; padding: 0; }
code { font: .82rem/1.5 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
@media (max-width: 40rem) { main { padding: 1.2rem 1rem 3rem; } nav ol { columns: 1; } h1 { font-size: 1.5rem; } }
@media print { body { background: none; } main { max-width: none; padding: 0; } h2 { break-after: avoid; } }
"""


def to_html(document: Document) -> str:
    """Write a ``document`` as HTML: one file, without scripts, that loads nothing. The same gives the same text."""
    sections = list(enumerate(document.sections, 1))
    contents = "".join(f'<li><a href="#section-{at}">{escape(one.title)}</a></li>' for at, one in sections)
    body = "".join(_section(at, one) for at, one in sections)
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<header><h1>{escape(document.title)}</h1><p>{escape(document.subtitle)}</p></header>\n"
        f'<nav aria-label="Contents"><ol>{contents}</ol></nav>\n{body}</main>\n</body>\n</html>\n'
    )


def _section(at: int, section: Section) -> str:
    blocks = "".join(_block(block) for block in section.blocks)
    return f'<section id="section-{at}">\n<h2>{at}. {escape(section.title)}</h2>\n{blocks}</section>\n'


def _block(block: str | Items | Table | Figure) -> str:
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Figure):
        data = base64.b64encode(block.svg).decode()
        image = f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(block.caption)}">'
        return f"<figure>{image}<figcaption>{escape(block.caption)}</figcaption></figure>\n"
    if isinstance(block, Items):
        start, end = ("<code>", "</code>") if block.commands else ("", "")
        kind = ' class="commands"' if block.commands else ""
        return f"<ul{kind}>{''.join(f'<li>{start}{escape(one)}{end}</li>' for one in block.texts)}</ul>\n"
    return f"<p>{escape(block)}</p>\n"


def _table(table: Table) -> str:
    def row(cells: list[str], tag: str) -> str:
        marked = [' class="words"' if at in table.words else "" for at in range(len(cells))]
        scope = ' scope="col"' if tag == "th" else ""
        return "".join(f"<{tag}{scope}{kind}>{escape(cell)}</{tag}>" for kind, cell in zip(marked, cells, strict=True))

    title = f"<h3>{escape(table.title)}</h3>\n" if table.title else ""
    rows = "".join(f"<tr>{row(list(cells), 'td')}</tr>\n" for cells in table.rows)
    head = f"<thead><tr>{row(list(table.head), 'th')}</tr></thead>"
    return f'{title}<div class="scroll" tabindex="0"><table>{head}<tbody>\n{rows}</tbody></table></div>\n'
