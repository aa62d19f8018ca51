"""The manners of painting: each takes what is seen, an artist's habits and a random generator, and gives a picture."""

from data.painter.manners import dabs, geometry, oil, prints, washes
from data.painter.manners.marks import MARKS

__all__ = ["MANNERS", "MARKS"]

MANNERS = {
    "pointillist": dabs.pointillist,
    "engraving": prints.engraving,
    "woodblock": prints.woodblock,
    "cubist": geometry.cubist,
    "impasto": oil.impasto,
    "watercolour": washes.watercolour,
    "tenebrist": oil.tenebrist,
    "neoplastic": geometry.neoplastic,
    "mosaic": dabs.mosaic,
    "ink wash": washes.ink_wash,
}
