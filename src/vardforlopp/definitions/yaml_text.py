"""Plain values as the text of a definition file, in the strict YAML that `tree` reads.

Mappings of a file's first levels stand in blocks, with their comments above; what is within stands on
one line. Whatever a text holds, it is read back the same, and no comment becomes anything but a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any

_PLAIN = re.compile(
    r"[A-Za-z$][A-Za-z0-9_$./-]*(?: [A-Za-z0-9][A-Za-z0-9_/-]*)*|-?[1-9][0-9]* (?:working )?[a-z]+"
)
_LOOKALIKES = frozenset(("yes", "no", "on", "off", "y", "n", "true", "false", "null"))
_WIDTH = 100


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key(name)}: {flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool | int):
        return str(value).lower()
    return _text(str(value))


def key(name: str) -> str:
    """A key, in quotes when it could be read as anything else."""
    return _text(name)


def block(values: Mapping[str, Any], indent: int = 0) -> str:
    """A mapping, a key a line."""
    margin = " " * indent
    return "".join(f"{margin}{key(name)}: {flow(value)}\n" for name, value in values.items())


def comment(lines: Iterable[str], indent: int = 0) -> str:
    """Lines as comments: control characters become spaces, long lines go on on the next."""
    margin = " " * indent
    made: list[str] = []
    for line in lines:
        made += wrap("".join(letter if letter.isprintable() else " " for letter in line), _WIDTH)
    return "".join(f"{margin}# {line}".rstrip() + "\n" for line in made)


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _LOOKALIKES and len(text) <= _WIDTH:
        return text
    return '"' + "".join(_letter(letter) for letter in text) + '"'


def _letter(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if letter.isprintable() and letter != "\ufeff":
        return letter
    number = ord(letter)
    return (
        f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
    )
