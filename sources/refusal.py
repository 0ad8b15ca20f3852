"""What a reader says when it cannot go on: file, place, expected, found, what to do.

Here: the errors that stop a delivery or a source, as sentences in both languages.
Not here: single bad rows (`declaration.Damage`, quarantined by the gate).
"""

from __future__ import annotations

import unicodedata

_SHOWN = 2_000  # characters of a file's own words in a message: enough for the headings of a wide sheet
# Control characters steer a terminal, format characters turn the order of what is read, and a
# surrogate alone cannot be written down.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def printable(text: str) -> str:
    """Text that a message may quote: what cannot be seen is written out (`\\u202e`)."""
    return "".join(_written_out(char) if unicodedata.category(char) in _UNSEEN else char for char in text)


def _written_out(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def _quoted(text: str) -> str:
    return printable(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


class SourceError(Exception):
    """Something about a source that a person must act on."""


class Refusal(SourceError):
    """A delivery that is refused whole. Values of persons never stand in it.

    `rule` is a short code (`unknown_column`, `password_protected`, ...). What it quotes of
    a file is shortened, and printable.
    """

    def __init__(self, rule: str, *, file: str, place: str = "", expected: str, found: str, do_en: str, do_zh: str):
        self.rule, self.file, self.place = rule, printable(file), _quoted(place)
        self.expected, self.found, self.do_en, self.do_zh = _quoted(expected), _quoted(found), do_en, do_zh
        super().__init__(self.message_en)

    def __reduce__(self):
        return (_rebuild, (self.rule, self.file, self.place, self.expected, self.found, self.do_en, self.do_zh))

    @property
    def message_en(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        return f"{where}: expected {self.expected}, found {self.found}. {self.do_en}"

    @property
    def message_zh(self) -> str:
        where = f"{self.file}，{self.place}" if self.place else self.file
        return f"{where}：应为 {self.expected}，实为 {self.found}。{self.do_zh}"


def _rebuild(rule, file, place, expected, found, do_en, do_zh):
    return Refusal(rule, file=file, place=place, expected=expected, found=found, do_en=do_en, do_zh=do_zh)


class Unreachable(SourceError):
    """A configured system that did not answer as agreed, after bounded retries."""

    def __init__(self, source: str, message_en: str, message_zh: str):
        self.source, self.message_en, self.message_zh = source, message_en, message_zh
        super().__init__(message_en)

    def __reduce__(self):
        return (type(self), (self.source, self.message_en, self.message_zh))


class ChangedMeanwhile(Unreachable):
    """A system whose data changed while they were read: what was read fits no one
    state of it, and the whole pull may be begun anew."""


class Misconfigured(SourceError):
    """A setting that is missing or contradicts another: exit code 2."""
