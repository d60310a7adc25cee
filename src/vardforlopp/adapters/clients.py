"""Which systems and people may connect with a token, by a file: the token itself stands nowhere.

[[client]]
id = "journalsystem"
role = "system"
token_sha256 = "9f86d0..."
hook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"    # signs what it is told by subscription
"""

from __future__ import annotations

import binascii
import tomllib
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from vardforlopp.access import Actor, Role
from vardforlopp.kernel.errors import InputError
from vardforlopp.services.subscribing import Owner

_KEYS = frozenset(("id", "role", "unit", "patient", "token_sha256", "hook_secret"))
#: Nobody is in a demonstration, or unknown, by a token.
_ROLES = tuple(role for role in get_args(Role) if role not in ("demo", "nobody"))
#: Actors of our own, as whom nobody connects.
_OURS = frozenset(("server", "import", "demo"))
_HOOK_SECRET = "whsec_"


class Clients:
    """Actors by the digest of their token."""

    def __init__(self, by_digest: dict[str, Actor], secrets: dict[str, bytes] | None = None) -> None:
        self._by_digest = by_digest
        self._by_id = {actor.id: actor for actor in by_digest.values()}
        self._secrets = secrets or {}

    def of_token(self, token: str) -> Actor | None:
        """Who holds a token; None for one that we never gave."""
        # A digest is looked up, so that the time it takes says nothing of the token.
        return self._by_digest.get(sha256(token.encode()).hexdigest())

    def owner(self, id_: str) -> Owner | None:
        """Who has this id, and what is sent to them is signed with; None for who is no client (any more)."""
        actor = self._by_id.get(id_)
        return None if actor is None else Owner(actor, self._secrets.get(id_))


def read_clients(path: Path) -> Clients:
    """The clients of a file. Raises: InputError, which never repeats what stands there."""
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise _wrong(path, "the file cannot be read as TOML", "Write [[client]] for each.") from None
    found: dict[str, Actor] = {}
    secrets: dict[str, bytes] = {}
    listed = written.get("client")
    if not isinstance(listed, list) or set(written) != {"client"}:
        raise _wrong(path, "it is no list of clients", "Write [[client]] for each.")
    for number, one in enumerate(listed, start=1):
        digest, actor, secret = _client(one, path, number)
        if digest in found:
            raise _wrong(path, f"client {number} has another's token", "Give each a token of its own.")
        found[digest] = actor
        if secret is not None:
            secrets[actor.id] = secret
    return Clients(found, secrets)


def _client(one: Any, path: Path, number: int) -> tuple[str, Actor, bytes | None]:
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
    if one.get("id") in _OURS:
        raise _wrong(path, f"{where} has an id of the server's own", "Give it another.")
    secret = _secret(one["hook_secret"]) if "hook_secret" in one else None
    if "hook_secret" in one and secret is None:
        raise _wrong(path, f"{where} has no sound hook_secret", "Write whsec_ and 24 to 64 bytes as Base64.")
    try:
        return digest, Actor(one.get("id", ""), one["role"], one.get("unit"), one.get("patient")), secret
    except ValueError as error:
        raise _wrong(path, f"{where}: {error}", "Correct it.") from None


def _secret(text: str) -> bytes | None:
    """The bytes of a secret as Standard Webhooks writes it; None when it is none."""
    try:
        found = b64decode(text.removeprefix(_HOOK_SECRET), validate=True)
    except binascii.Error:
        return None
    return found if text.startswith(_HOOK_SECRET) and 24 <= len(found) <= 64 else None


def _wrong(path: Path, what: str, do: str) -> InputError:
    return InputError("VF-APP-003", str(path), what, do)
