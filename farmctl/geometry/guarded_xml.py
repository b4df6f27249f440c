"""XML from a stranger, read as a stream: no document types, no entities, no endless depth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.parsers import expat

from farmctl.geometry.findings import unreadable

MAX_DEPTH = 32
_MAX_TOKEN_B = 1024 * 1024

OnStart = Callable[[str, dict[str, str]], None]
OnEnd = Callable[[str], None]


def walk_xml(chunks: Iterable[bytes], on_start: OnStart, on_end: OnEnd = lambda _: None) -> None:
    """Call `on_start(name, attributes)` and `on_end(name)` for each element, in order.

    Names are `namespace name`, with a space between. A KeyError or ValueError of a callback is
    reported as XML that makes no sense, with its line. Raises Unreadable.
    """
    parser = _guarded(on_start, on_end)
    fed_b = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            fed_b += len(chunk)
            if fed_b - parser.CurrentByteIndex > _MAX_TOKEN_B:
                raise unreadable("xml-damaged", "the XML has a token without end")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise unreadable("xml-damaged", f"the XML is damaged: {error}") from error
    except (KeyError, ValueError, OverflowError) as error:
        wrong = f"attribute {error} is missing" if isinstance(error, KeyError) else str(error)
        where = f"line {parser.CurrentLineNumber} of the XML"
        raise unreadable("3mf-malformed", f"{where} makes no sense: {wrong}") from error


def _guarded(on_start: OnStart, on_end: OnEnd) -> expat.XMLParserType:
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise unreadable("3mf-too-deep", f"the XML is nested more than {MAX_DEPTH} deep")
        on_start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        on_end(name)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise unreadable("xml-dtd", "the XML declares a document type")
