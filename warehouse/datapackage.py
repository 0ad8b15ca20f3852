"""The description that travels with a release, in the manner of Frictionless Data.

Here: turning published schemas and dbt's own column texts into `datapackage.json`.
Not here: any label or description (they are written beside the marts, in dbt's
yml, and in words.md what several tables share).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from warehouse.published_tables import PublishedTable

VARIES, NO_UNIT = "varies", "none"
# Every unit that a column may name. `varies`: the description says where the unit of a row stands.
UNITS_ZH = {
    "persons": "人",
    "units": "个",
    "classes": "个",
    "rooms": "间",
    "rows": "行",
    "tests": "项",
    "indicators": "项",
    "items": "项",
    "times": "次",
    "notes": "条",
    "days": "天",
    "percent": "%",
    "m2": "平方米",
    "yuan": "元",
    "sheets": "份",
    "sets": "台",
    "volumes": "册",
    "percent": "%",
    "ratio": "比值",
    VARIES: "不固定",
    NO_UNIT: "无",
}


def datapackage(tables: Iterable[PublishedTable], schemas: Mapping[str, pa.Schema], manifest: Mapping) -> dict:
    """The package: one resource a table, one field a column.

    Labels, descriptions and units come from dbt's manifest: `meta` of models and
    columns has label_zh, label_en, description_zh and unit; a text of words.md
    holds both languages, English in the first paragraph and Chinese in the second.
    """
    return {
        "name": "junheng-release",
        "title": "县域义务教育优质均衡",
        "title_en": "High-quality, balanced compulsory education in the county",
        "resources": [_resource(table, schemas[table.name], _model(manifest, table.name)) for table in tables],
    }


def _resource(table: PublishedTable, schema: pa.Schema, model: Mapping) -> dict:
    columns = model.get("columns") or {}
    return {
        "name": table.name,
        "path": f"{table.name}.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "kind": table.kind,
        **_texts(model),
        "schema": {
            "fields": [
                {"name": field.name, "type": frictionless_type(field.type), **_texts(columns.get(field.name, {}))}
                for field in schema
            ],
            "primaryKey": list(table.key),
        },
    }


def _texts(node: Mapping) -> dict:
    """What dbt says of a model or a column; what it does not say is left out."""
    meta = node.get("meta") or (node.get("config") or {}).get("meta") or {}
    english, _, chinese = (node.get("description") or "").partition("\n\n")
    unit = meta.get("unit")
    said = {
        "title": meta.get("label_zh"),
        "title_en": meta.get("label_en"),
        "description": meta.get("description_zh") or chinese,
        "description_en": english,
        "unit": unit,
        "unit_zh": UNITS_ZH.get(unit),
    }
    return {name: text.strip() for name, text in said.items() if text}


def _model(manifest: Mapping, name: str) -> Mapping:
    models = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    return next((node for node in models if node["name"] == name), {})


def frictionless_type(kind: pa.DataType) -> str:
    """string, integer, number, boolean, date, datetime or array."""
    types = pa.types
    if types.is_boolean(kind):
        return "boolean"
    if types.is_integer(kind):
        return "integer"
    if types.is_floating(kind) or types.is_decimal(kind):
        return "number"
    if types.is_date(kind):
        return "date"
    if types.is_timestamp(kind):
        return "datetime"
    return "array" if types.is_list(kind) else "string"
