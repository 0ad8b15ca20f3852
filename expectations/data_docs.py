"""Data Docs: what the gates said, as pages that a person opens in a browser.

Here: Great Expectations' own pages, made offline and of counts alone, and an
index of them (GX's own is filled in by scripts from the network).
Not here: judging. No row, value or position of a row stands on a page.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from html import escape
from pathlib import Path

from expectations.judge import great_expectations, new_context
from warehouse import durable

# The pages of GX ask for styles, scripts and pictures from the network. Nothing may phone
# home, also not from the browser of whoever reads them: those tags go, a few styles stay.
_FROM_NETWORK = re.compile(
    r"<script[^>]*\bsrc=[\"']?https?://[^>]*>\s*</script>|<(?:link|img)\b[^>]*\b(?:href|src)=[\"']?https?://[^>]*>",
    re.IGNORECASE | re.DOTALL,
)
_FONT = re.compile(r"url\(\s*[\"']?https?:[^)]*\)", re.IGNORECASE)
# Links out, and links to pages about suites, which are code and have no page.
_NOWHERE = re.compile(r"(<a\b[^>]*\bhref=)[\"'](?:https?://[^\"']*|[^\"']*/expectations/[^\"']*)[\"']", re.IGNORECASE)
STYLE = """<style>
body{font-family:system-ui,"Microsoft YaHei",sans-serif;margin:1.5rem auto;max-width:75rem;color:#222}
table{border-collapse:collapse;width:100%;margin:.6rem 0}td,th{border:1px solid #ddd;padding:.35rem .6rem;text-align:left;vertical-align:top}
.modal,.fade,nav script,#ge-cta-footer{display:none}a{color:#04588c}.row{display:block}ul{padding-left:1.2rem}
</style>"""


def write_data_docs(folder: Path, results: Mapping[str, tuple], run_name: str = "gates") -> Path:
    """Write the site for these results (suite name to what the judge returned).

    Replaces the folder whole. Returns the index page.
    """
    gx = great_expectations()
    from great_expectations.core import ExpectationSuiteValidationResult, RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    site = folder.with_name(f"{durable.UNFINISHED}{uuid.uuid4().hex}")
    context = new_context(
        data_docs_sites={
            "gates": {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(site)},
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            }
        }
    )
    run = RunIdentifier(run_name=run_name)
    for name, found in results.items():
        met = sum(bool(result.success) for result in found)
        context.validation_results_store.set(
            ValidationResultIdentifier(ExpectationSuiteIdentifier(name=name), run, "delivery"),
            ExpectationSuiteValidationResult(
                success=met == len(found),
                results=list(found),
                suite_name=name,
                statistics={
                    "evaluated_expectations": len(found),
                    "successful_expectations": met,
                    "unsuccessful_expectations": len(found) - met,
                    "success_percent": 100 * met / len(found) if found else None,
                },
                meta={"run_id": run, "great_expectations_version": gx.__version__, "batch_markers": {}, "active_batch_definition": {}},
            ),
        )  # fmt: skip
    context.build_data_docs(site_names=["gates"])
    pages = {"/".join(page.relative_to(site / "validations").parts[:-3]): page for page in site.glob("validations/**/*.html")}
    for page in pages.values():
        page.write_text(offline(page.read_text(encoding="utf-8")), encoding="utf-8")
    links = {name: pages[name.replace(".", "/")].relative_to(site).as_posix() for name in results}
    (site / "index.html").write_text(_index(results, links), encoding="utf-8")
    durable.remove(folder)
    site.rename(folder)
    return folder / "index.html"


def _index(results: Mapping[str, tuple], links: Mapping[str, str]) -> str:
    lines = []
    for name, found in sorted(results.items()):
        failed = sum(not result.success for result in found)
        said = "通过 passed" if not failed else f"未通过 failed: {failed}"
        lines.append(f"<tr><td><a href='{escape(links[name])}'>{escape(name)}</a></td><td>{said}</td><td>{len(found)}</td></tr>")
    head = "<tr><th>数据表 table</th><th>结果 result</th><th>检查项 expectations</th></tr>"
    return (
        f"<!DOCTYPE html><html lang='zh'><head><meta charset='utf-8'><title>数据验收 Data Docs</title>{STYLE}</head>"
        f"<body><h1>数据验收 / what the gates said</h1><table>{head}{''.join(lines)}</table></body></html>\n"
    )


def offline(page: str) -> str:
    """The same page without anything that a browser would fetch from the network."""
    page = _NOWHERE.sub(r'\1"#"', _FROM_NETWORK.sub("", page))
    page = _FONT.sub("none", page)
    return page.replace("</head>", f"{STYLE}</head>", 1)
