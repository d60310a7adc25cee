"""Which systems and people may connect with a token, by a file: the token itself stands nowhere.

[[client]]
id = "journalsystem"
role = "system"
token_sha256 = "9f86d0..."
"""

from __future__ import annotations

import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from vardforlopp.access import Actor, Role
from vardforlopp.kernel.errors import InputError

_KEYS = frozenset(("id", "role", "unit", "patient", "token_sha256"))
#: Nobody is in a demonstration, or unknown, by a token.
_ROLES = tuple(role for role in get_args(Role) if role not in ("demo", "nobody"))


class Clients:
    """Actors by the digest of their token."""

    def __init__(self, by_digest: dict[str, Actor]) -> None:
        self._by_digest = by_digest

    def of_token(self, token: str) -> Actor | None:
        """Who holds a token; None for one that we never gave."""
        # A digest is looked up, so that the time it takes says nothing of the token.
        return self._by_digest.get(sha256(token.encode()).hexdigest())


def read_clients(path: Path) -> Clients:
    """The clients of a file. Raises: InputError, which never repeats what stands there."""
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise _wrong(path, "the file cannot be read as TOML", "Write [[client]] for each.") from None
    found: dict[str, Actor] = {}
    listed = written.get("client")
    if not isinstance(listed, list) or set(written) != {"client"}:
        raise _wrong(path, "it is no list of clients", "Write [[client]] for each.")
    for number, one in enumerate(listed, start=1):
        digest, actor = _client(one, path, number)
        if digest in found:
            raise _wrong(path, f"client {number} has another's token", "Give each a token of its own.")
        found[digest] = actor
    return Clients(found)


def _client(one: Any, path: Path, number: int) -> tuple[str, Actor]:
    where = f"client {number}"
    if (
        not isinstance(one, dict)
        or not set(one) <= _KEYS
        or not all(isinstance(v, str) for v in one.values())
    ):
        raise _wrong(path, f"{where} has what no client has", f"Write {', '.join(sorted(_KEYS))}.")
    digest = one.get("token_sha256", "")
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise _wrong(path, f"{where} has no token_sha256", "Write the SHA-256 of its token in lower case.")
    if one.get("role") not in _ROLES:
        raise _wrong(path, f"{where} has no role", f"Write one of {', '.join(_ROLES)}.")
    try:
        return digest, Actor(one.get("id", ""), one["role"], one.get("unit"), one.get("patient"))
    except ValueError as error:
        raise _wrong(path, f"{where}: {error}", "Correct it.") from None


def _wrong(path: Path, what: str, do: str) -> InputError:
    return InputError("VF-APP-003", str(path), what, do)
