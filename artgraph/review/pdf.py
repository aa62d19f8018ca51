"""A document as PDF, on A4."""

from __future__ import annotations

import io
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.review.document import Document, Figure, Items, Table

if TYPE_CHECKING:
    from fpdf import FPDF

__all__ = ["to_pdf"]

INK, MUTED, LINE = (34, 34, 34), (95, 95, 91), (222, 219, 211)
FACES = {("serif", ""): "DejaVuSerif", ("serif", "B"): "DejaVuSerif-Bold", ("sans", ""): "DejaVuSans"}
FACES |= {("sans", "B"): "DejaVuSans-Bold", ("mono", ""): "DejaVuSansMono"}
_DATE = re.compile(rb"/CreationDate \(D:[^)]*\)")  # which fpdf2 always writes, and PDF does not need


def to_pdf(document: Document) -> bytes:
    """Write a ``document`` as PDF (bytes), with its outline; without times, so that the same gives the same bytes."""
    page = _page(document.title)
    page.add_page()
    page.set_font("serif", "B", 18)
    page.multi_cell(0, 8, document.title, align="L", new_x="LMARGIN", new_y="NEXT")
    page.set_font("serif", "", 10)
    page.set_text_color(*MUTED)
    page.multi_cell(0, 5, document.subtitle, align="L", new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(*INK)
    for at, section in enumerate(document.sections, 1):
        if page.will_page_break(45):
            page.add_page()
        else:
            page.ln(5)
        page.start_section(f"{at}. {section.title}")
        page.set_font("serif", "B", 13)
        page.multi_cell(0, 7, f"{at}. {section.title}", align="L", new_x="LMARGIN", new_y="NEXT")
        page.ln(1)
        for block in section.blocks:
            _block(page, block)
    return _DATE.sub(lambda found: b" " * len(found[0]), bytes(page.output()))


def _page(title: str) -> FPDF:
    import matplotlib
    from fpdf import FPDF

    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells which tables it leaves out

    class Page(FPDF):
        def footer(self) -> None:
            self.set_y(-14)
            self.set_font("sans", "", 7.5)
            self.set_text_color(*MUTED)
            self.cell(0, 5, f"{title} · {self.page_no()}", align="R")
            self.set_text_color(*INK)

        def file_id(self) -> None:
            """Return none: it would be made from the time."""

    page = Page(format="A4")
    page.set_title(title)
    page.set_producer("artgraph")
    page.set_lang("en")
    page.set_margins(20, 18, 20)
    page.set_auto_page_break(True, 20)
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"  # those that matplotlib has with it
    for (family, style), name in FACES.items():
        page.add_font(family, style, fonts / f"{name}.ttf")
    page.set_text_color(*INK)
    return page


def _block(page: FPDF, block: Any) -> None:
    if isinstance(block, Table):
        _table(page, block)
    elif isinstance(block, Figure):
        _figure(page, block)
    elif isinstance(block, Items):
        for text in block.texts:
            page.set_font("mono" if block.commands else "serif", "", 7.5 if block.commands else 9.5)
            mark = "" if block.commands else "•  "
            page.multi_cell(0, 4 if block.commands else 4.8, mark + text, align="L", new_x="LMARGIN", new_y="NEXT")
        page.ln(2)
    else:
        page.set_font("serif", "", 9.5)
        page.multi_cell(0, 4.8, block, align="L", new_x="LMARGIN", new_y="NEXT")
        page.ln(2)


def _table(page: FPDF, table: Table) -> None:
    from fpdf.fonts import FontFace

    if table.title:
        if page.will_page_break(30):
            page.add_page()
        page.set_font("serif", "B", 9.5)
        page.multi_cell(0, 5, table.title, align="L", new_x="LMARGIN", new_y="NEXT")
    page.set_font("sans", "", 7)
    page.set_draw_color(*LINE)
    longest = [max([len(row[at]) for row in table.rows] + [len(max(head.split() or [""], key=len))])
               for at, head in enumerate(table.head)]  # fmt: skip
    widths = [min(max(one, 4), 40) + 2 for one in longest]
    with page.table(
        col_widths=tuple(widths),
        width=min(page.epw, sum(widths) * 1.9),
        align="LEFT",
        text_align=tuple("LEFT" if at in table.words else "RIGHT" for at in range(len(table.head))),
        borders_layout="HORIZONTAL_LINES",
        headings_style=FontFace(emphasis="BOLD"),
        line_height=3.6,
        padding=(0.7, 1.4),
    ) as drawn:
        drawn.row(list(table.head))
        for row in table.rows:
            drawn.row(list(row))
    page.ln(3)


def _figure(page: FPDF, figure: Figure) -> None:
    from PIL import Image

    with Image.open(io.BytesIO(figure.png)) as picture:
        tall = page.epw * picture.height / picture.width
    if page.will_page_break(tall + 12):
        page.add_page()
    page.image(io.BytesIO(figure.png), w=page.epw, h=tall, alt_text=figure.caption)
    page.set_font("serif", "", 8)
    page.set_text_color(*MUTED)
    page.multi_cell(0, 4, figure.caption, align="L", new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(*INK)
    page.ln(3)
