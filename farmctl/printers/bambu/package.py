"""The `.gcode.3mf` that a Bambu prints: g-code in an envelope that is the same each time. Pure."""

from __future__ import annotations

import io
import zipfile
from hashlib import md5

PLATE = "Metadata/plate_1.gcode"
SUFFIX = ".3mf"
_WHEN = (1980, 1, 1, 0, 0, 0)  # the oldest that a zip file knows: it says nothing
_LEVEL = 6

_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
 <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
 <Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>
 <Default Extension="gcode" ContentType="text/x.gcode"/>
</Types>
"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
 <Relationship Target="/3D/3dmodel.model" Id="rel-1"\
 Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>
</Relationships>
"""
_MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<model unit="millimeter" xml:lang="en-US"\
 xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">
 <metadata name="Application">farmctl</metadata>
 <resources/>
 <build/>
</model>
"""
_PLATES = """<?xml version="1.0" encoding="UTF-8"?>
<config>
  <plate>
    <metadata key="plater_id" value="1"/>
    <metadata key="gcode_file" value="Metadata/plate_1.gcode"/>
  </plate>
</config>
"""


def packed(gcode: bytes) -> bytes:
    """Return the envelope of one plate's g-code. The same g-code gives the same bytes."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        for name, text in (
            ("[Content_Types].xml", _TYPES.encode()),
            ("_rels/.rels", _RELATIONS.encode()),
            ("3D/3dmodel.model", _MODEL.encode()),
            ("Metadata/model_settings.config", _PLATES.encode()),
            (PLATE, gcode),
            (f"{PLATE}.md5", md5_of(gcode).encode()),
        ):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same wherever it is made
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text, compresslevel=_LEVEL)
    return octets.getvalue()


def unpacked(octets: bytes) -> bytes | None:
    """Return the g-code of an envelope; None when it is none, or its md5 does not fit."""
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            gcode = archive.read(PLATE)
            told = archive.read(f"{PLATE}.md5").decode("ascii", "replace")
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, ValueError, NotImplementedError):
        return None
    return gcode if told.strip().upper() == md5_of(gcode) else None


def md5_of(octets: bytes) -> str:
    """Return the digest as Bambus write it: 32 capital hex digits."""
    return md5(octets, usedforsecurity=False).hexdigest().upper()


def name_on_card(file: str) -> str:
    """Return what a file of farmctl's is called on the card: `farmctl-….gcode.3mf`."""
    return file + SUFFIX


def file_of(name: str) -> str:
    """Return what farmctl calls what is called `name` by the machine, whatever folder it says."""
    return name.rsplit("/", 1)[-1].removesuffix(SUFFIX)
