"""Items of a municipal form: which item, stage and category a path of labels stands for.

Here: `班级数 / 小学 / 25人及以下`, `小学25人及以下班级数` and the like, taken apart by the
words of a layout.
Not here: where the labels stand on a sheet (school_form.py, county_form.py), sums and
units (figures.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sources.declared.forms import bracketed, folded_label


@dataclass(frozen=True)
class Asked:
    """What a path of labels asks for. `item` None: known and passed over. `stage` and
    `category` are None where the labels do not say them."""

    item: str | None
    stage: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class _Reading:
    """One way to read a path: what is left of its levels once words are taken out."""

    levels: tuple[str, ...]
    stage: str | None = None
    category: str | None = None


@dataclass
class FormItems:
    """The items of a form and the words that its labels may carry besides.

    `stages`: spelling to stage; `categories`: spelling to itself, by code list;
    `divided_by`: the code list of an item's categories.
    """

    items: Mapping[str, Sequence[str]]
    passed_over: Sequence[str]
    stages: Mapping[str, str]
    categories: Mapping[str, Sequence[str]] = field(default_factory=dict)
    divided_by: Mapping[str, str] = field(default_factory=dict)
    _answers: dict[tuple[str, ...], Asked | None] = field(default_factory=dict, repr=False)

    def asked(self, levels: Sequence[str]) -> Asked | None:
        """What labels from outermost to innermost ask for; None for what nobody knows."""
        levels = tuple(levels)
        if levels not in self._answers:  # a table asks the same of every row
            self._answers[levels] = self._found(self._folded(levels))
        return self._answers[levels]

    def _found(self, folded: tuple[str, ...]) -> Asked | None:
        # a level that is nothing but one of our words is that word; only then are words cut off labels
        readings = dict.fromkeys([self._without_whole_words(folded), _Reading(folded)])
        while readings:
            for reading in readings:
                for path, item in self._paths:
                    if _ends_with(reading.levels, path) and self._may_have(item, reading):
                        return Asked(item, reading.stage, reading.category)
            readings = dict.fromkeys(shorter for reading in readings for shorter in _without_a_word(reading, self._words))
        return None

    def _folded(self, levels: Sequence[str]) -> tuple[str, ...]:
        """Levels in one spelling; `A/B` in one cell is two, and so is `人数（小学）`, where a
        bracket holds one of our words."""
        parts = [part for level in levels for part in level.split("/")]
        written = [label for part in parts for label in (*(said for said in bracketed(part) if said in self._words), folded_label(part)) if label]
        return tuple(dict.fromkeys(written))

    def label_of(self, item: str) -> str:
        return self.items[item][0]

    @cached_property
    def _paths(self) -> list[tuple[tuple[str, ...], str | None]]:
        """Label paths with their items, the longest first: `音乐教室/96平方米及以上` before one level."""
        known = [(label, item) for item, labels in self.items.items() for label in labels]
        known += [(label, None) for label in self.passed_over]
        paths = [(tuple(folded_label(level) for level in label.split("/")), item) for label, item in known]
        return sorted(paths, key=lambda path: -len(path[0]))

    def _may_have(self, item: str | None, reading: _Reading) -> bool:
        """Whether the words that were taken out are words of this item's."""
        if item is None or reading.category is None:
            return True
        return reading.category in {folded_label(word) for word in self.categories.get(self.divided_by.get(item, ""), ())}

    def _without_whole_words(self, levels: tuple[str, ...]) -> _Reading:
        left, said = [], {"stage": None, "category": None}
        for level in levels:
            kind, meaning = next(((kind, meaning) for kind, meaning in self._words.get(level, ()) if said[kind] is None), (None, None))
            if kind is None:
                left.append(level)
            else:
                said[kind] = meaning
        return _Reading(tuple(left), **said)

    @cached_property
    def _words(self) -> dict[str, list[tuple[str, str]]]:
        """What may be taken out of a path: word to (`stage` or `category`, its meaning)."""
        words: dict[str, list[tuple[str, str]]] = {}
        for word, stage in self.stages.items():
            words.setdefault(folded_label(word), []).append(("stage", stage))
        for word in (word for spellings in self.categories.values() for word in spellings):
            words.setdefault(folded_label(word), []).append(("category", folded_label(word)))
        return words


def _without_a_word(reading: _Reading, words: Mapping[str, Sequence[tuple[str, str]]]) -> Iterator[_Reading]:
    """The reading with one word taken out: a level of its own, or the beginning of one."""
    for place, level in enumerate(reading.levels):
        for word, meanings in words.items():
            if level.startswith(word):
                rest = level[len(word) :].lstrip("-—:(")
                levels = (*reading.levels[:place], *([rest] if rest else []), *reading.levels[place + 1 :])
                for kind, meaning in meanings:
                    if getattr(reading, kind) is None:
                        yield replace(reading, levels=levels, **{kind: meaning})


def _ends_with(levels: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether the last level is the path's last, and the others stand above it in order."""
    if not levels or levels[-1] != path[-1]:
        return False
    above = iter(levels[:-1])
    return all(level in above for level in path[:-1])
