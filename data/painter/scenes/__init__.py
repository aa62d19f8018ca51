"""The dozen scenes that every painter of the exhibition has painted."""

from data.painter.scenes import country, people, rooms, town, water

__all__ = ["SCENES"]

SCENES = {
    "harbour": water.harbour,
    "mountains": country.mountains,
    "orchard": country.orchard,
    "portrait": people.portrait,
    "still life": rooms.still_life,
    "night street": town.night_street,
    "bridge": water.bridge,
    "wheat field": country.wheat_field,
    "interior": rooms.interior,
    "cathedral": town.cathedral,
    "seated figure": people.seated_figure,
    "sea storm": water.sea_storm,
}
