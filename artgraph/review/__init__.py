"""What a reviewer asks about a partition, as one page of HTML and as one PDF.

::

    document.py  sections of paragraphs, lists, tables and figures
    sections.py  what they say
    html.py      the page, in one file
    pdf.py       the same in print
"""

from artgraph.review.document import Document, Figure, Items, Section, Table
from artgraph.review.html import to_html
from artgraph.review.pdf import to_pdf
from artgraph.review.sections import Reviewed, sections

__all__ = ["Document", "Figure", "Items", "Reviewed", "Section", "Table", "sections", "to_html", "to_pdf"]
