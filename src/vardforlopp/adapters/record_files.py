"""Record files in: JSON, NDJSON, gzipped or not, with their sources beside them.

Whatever a file turns out to be, the answer is a record or an `InputError` that names the file.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from vardforlopp.definitions.tree import parse_tree, plain
from vardforlopp.fhir.reader import Reader
from vardforlopp.fhir.whole_record import read_record
from vardforlopp.kernel.errors import DefinitionError, InputError
from vardforlopp.record.record import Record, Source
from vardforlopp.record.sources import parse_sources

LARGEST = 256 * 1024 * 1024  # bytes, unpacked
_LARGEST_SOURCES = 1_000_000
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
_ENDINGS = (".gz", ".json", ".ndjson")


def read_records(
    path: Path, reader: Reader, *, now: int | None = None, largest: int = LARGEST
) -> list[Record]:
    """The record of a file, with the sources of `NAME.sources.yaml` beside it where there is one.

    `now` is the instant of reading: what lies after it is reported and gives no fact. `largest` is
    the limit in bytes after unpacking.
    """
    data = file_bytes(path, largest=largest)
    sources = sources_beside(path)
    return [read_record(data, name=str(path), reader=reader, sources=sources, now=now)]


def file_bytes(path: Path, *, largest: int = LARGEST) -> bytes:
    """What a file holds, unpacked if it is gzipped, never more than `largest` bytes."""
    name = str(path)
    try:
        if path.is_dir():
            raise InputError("VF-REC-014", name, "this is a folder", "Name the files in it.")
        if path.exists() and not path.is_file():
            raise InputError("VF-REC-015", name, "this is not a plain file", "Name a plain file.")
        with path.open("rb") as stream:
            packed = stream.read(2) == _GZIP
            stream.seek(0)
            data = stream.read(largest + 1)
    except FileNotFoundError:
        raise InputError("VF-REC-013", name, "there is no such file", "Check the name.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "refused"
        raise InputError(
            "VF-REC-015", name, f"the file cannot be read: {why}", "Check its permissions."
        ) from None
    if len(data) > largest:
        raise _too_large(name, largest)
    return _unpacked(data, name, largest) if packed else data


def _unpacked(data: bytes, name: str, largest: int) -> bytes:
    """Gzip, of one member or several, in chunks: a bomb is refused before it has grown."""
    parts: list[bytes] = []
    size = 0
    while data:
        member = zlib.decompressobj(wbits=31)
        rest = data
        try:
            while rest and not member.eof:
                part = member.decompress(rest, _CHUNK)
                size += len(part)
                if size > largest:
                    raise _too_large(name, largest)
                parts.append(part)
                rest = member.unconsumed_tail
        except zlib.error:
            what = "the gzip file is damaged"
            raise InputError("VF-REC-012", name, what, "Pack or copy it again.") from None
        if not member.eof:
            raise InputError("VF-REC-012", name, "the gzip file ends in the middle", "Copy it again.")
        data = member.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _too_large(name: str, largest: int) -> InputError:
    what = f"unpacked, the file is larger than {largest // (1024 * 1024)} MB"
    return InputError("VF-REC-017", name, what, "Send one person a file.")


def plain_stem(path: Path) -> str:
    """The name of a record file without its endings: `anna.json.gz` is `anna`."""
    name = path.name
    while True:
        ending = next((each for each in _ENDINGS if name.lower().endswith(each) and name != each), None)
        if ending is None:
            return name
        name = name[: -len(ending)]


def sources_path(path: Path) -> Path:
    """Where the sources of a record are declared: `NAME.sources.yaml` beside `NAME.json.gz`."""
    return path.parent / f"{plain_stem(path)}.sources.yaml"


def sources_beside(path: Path) -> tuple[Source, ...] | None:
    """The sources declared in `NAME.sources.yaml` beside `NAME.json.gz`; None without such a file."""
    beside = sources_path(path)
    return sources_of(beside) if beside.is_file() else None


def sources_of(path: Path) -> tuple[Source, ...]:
    """The sources that a file declares. Raises: InputError."""
    where = str(path)
    try:
        text = file_bytes(path, largest=_LARGEST_SOURCES).decode("utf-8-sig")
        return parse_sources(plain(parse_tree(text, where)), where=where)
    except UnicodeDecodeError:
        raise InputError("VF-REC-016", where, "the file is not UTF-8 text", "Save it as UTF-8.") from None
    except DefinitionError as error:
        raise InputError("VF-REC-016", error.where, error.what, error.do) from None
