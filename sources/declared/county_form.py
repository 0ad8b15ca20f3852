"""The municipal county form: items of the whole county, divided by stage and category.

Here: where its labelled cells stand, and whose county it is.
Not here: what a label asks for (layouts/county_form.yaml, form_items.py) and how figures
are added (municipal.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from sources.declaration import Context, Delivery
from sources.declared import figures
from sources.declared.book import STATISTICS_DAY
from sources.declared.forms import FormBlock, blocks, identity_of
from sources.declared.municipal import Filing, FormLayout, figures_of, form_layout
from sources.declared.school_form import LEAST_ITEMS, located_in
from sources.declared.tables import COUNTY_MEASURES
from sources.files import File
from sources.layout import folded_heading
from sources.workbook import Sheet


def recognised(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets that are this form, by their labels: each knows some, together enough."""
    items = {id(sheet): _items_of(sheet) for sheet in sheets}
    is_form = len(set().union(*items.values())) >= LEAST_ITEMS
    return [sheet for sheet in sheets if is_form and items[id(sheet)]]


def _items_of(sheet: Sheet) -> set[str]:
    block = _block_of(sheet)
    asked = [_layout().items.asked(path) for path in block.paths if path] if block else []
    asked += [_layout().items.asked(located.levels) for located in located_in(block, _layout().raw["value_columns"])] if block else []
    return {one.item for one in asked if one and one.item}


def delivery(file: File, sheets: Sequence[Sheet], context: Context) -> Delivery:
    """The form as a delivery of `county_measures`; a year alone means its 1 September.

    Raises Refusal as municipal.figures_of does; Misconfigured where nothing tells the
    county: its own line 区县代码, else folder or setting.
    """
    found = [block for sheet in sheets if (block := _block_of(sheet))]
    values = _layout().raw["value_columns"]
    # several sheets are one form: an item that stands on two of them is said twice
    filing = Filing({}, [located for block in found for located in located_in(block, values)])
    filed = list(figures_of(file, filing, _layout()))
    stated = (file.as_of(block.head, year_means=STATISTICS_DAY) for block in found)
    own = next((code for block in found if re.fullmatch(r"\d{6}", code := block.identity.get("county_code", ""))), None)
    county_code = own or file.required_county_code(context)
    return figures.delivery(file, COUNTY_MEASURES, filed, county_code, next((day for day in stated if day), None), layout="county_form")


@cache
def _layout() -> FormLayout:
    return form_layout("county_form", whole="all")


def _block_of(sheet: Sheet) -> FormBlock | None:
    """The sheet as one block of items; None where it has no header of such a form."""
    raw = _layout().raw
    block = next((block for block in blocks(sheet, "", {**raw, "sections": {}}) if block.rows), None)
    if block is None:
        return None
    names = {folded_heading(label): column for column, labels in raw["identity"].items() for label in labels}
    block.identity = identity_of(sheet.rows[: block.first_row], names)
    return block
