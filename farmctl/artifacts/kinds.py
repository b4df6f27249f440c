"""The kinds of artifacts a farm keeps, and the media type of each."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What an artifact is to the farm."""

    MODEL_STL = "model-stl"
    MODEL_3MF = "model-3mf"
    MODEL_OBJ = "model-obj"
    CLEAN_MESH = "clean-mesh"
    SETTINGS = "settings"
    PLATE = "plate"
    GCODE = "gcode"
    PHOTO = "photo"
    NOTE = "note"

    @property
    def media_type(self) -> str:
        """Return the MIME type of the bytes."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Kind.MODEL_STL: "model/stl",
    Kind.MODEL_3MF: "model/3mf",
    Kind.MODEL_OBJ: "model/obj",
    Kind.CLEAN_MESH: "application/x-ply",
    Kind.SETTINGS: "text/plain",
    Kind.PLATE: "model/3mf",
    Kind.GCODE: "text/x.gcode",
    Kind.PHOTO: "image/jpeg",
    Kind.NOTE: "text/plain",
}
