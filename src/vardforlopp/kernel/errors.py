"""The one error family: every error says where, what, and what to do."""

from __future__ import annotations


class VardforloppError(Exception):
    """Something that a person must be told, without any personal data.

    `code` is documented in `docs/reference/errors.md`; `where` names the file, line or
    part; `what` says what is wrong; `do` says what to do about it.
    """

    exit_code = 3

    def __init__(self, code: str, where: str, what: str, do: str) -> None:
        super().__init__(code, where, what, do)
        self.code = code
        self.where = where
        self.what = what
        self.do = do

    def __str__(self) -> str:
        where = f"{self.where}  " if self.where else ""
        return f"{self.code} {where}{self.what}. {self.do}"


class DefinitionError(VardforloppError):
    """A definition (pathway, catalogue, overlay, case) that cannot be understood."""

    exit_code = 1


class InputError(VardforloppError):
    """A record, file or argument from outside that cannot be read."""

    exit_code = 2


class OutputError(InputError):
    """The place that takes the answers takes no more: the whole call ends."""


class InternalError(VardforloppError):
    """A fault of the program itself."""

    exit_code = 3
