"""Data Docs: what the gates said, as pages that a person opens in a browser.

Here: Great Expectations' own pages, made offline and of counts alone, and an
index of them (GX's own is filled in by scripts from the network).
Not here: judging. No row, value or position of a row stands on a page.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from expectations.judge import great_expectations, new_context
from warehouse import durable

SUITES = "suites.json"  # what the index says of each page, those of earlier runs included; times in UTC
PASSED, FAILED = "通过 passed", "未通过 failed"
# The pages of GX take styles, scripts, pictures and icons from the network. Nothing may phone
# home, also not from the browser of whoever reads them; and what scripts drive does nothing
# without them. In order: what goes, and what stands in its place.
_OFFLINE = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), instead)
    for pattern, instead in (
        (r"<script\b.*?</script>|<footer\b.*?</footer>|<(?:link|img)\b[^>]*>", ""),
        (r"<a\b[^>]*\bdata-toggle=[^>]*>.*?</a>|\sonclick=\"[^\"]*\"", ""),
        # links out, and links to pages about suites, which are code and have no page
        (r"<a\b[^>]*\bhref=[\"'](?:https?://|[^\"']*/expectations/|#[\"'])[^>]*>(.*?)</a>", r"\1"),
        (r"[^\"']*/index\.html", "index.html"),
        (r"url\(\s*[\"']?https?:[^)]*\)", "none"),
        (r"<i\b[^>]*\btext-success\b[^>]*>\s*</i>", f"<b class='met'>{PASSED}</b>"),
        (r"<i\b[^>]*\btext-(?:danger|warning)\b[^>]*>\s*</i>", f"<b class='not-met'>{FAILED}</b>"),
        (r"<title>.*?</title>", ""),
    )
)
STYLE = """<style>
body{font-family:system-ui,"Microsoft YaHei",sans-serif;margin:1.5rem auto;max-width:75rem;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse;width:100%;margin:.6rem 0}td,th{border:1px solid #ddd;padding:.35rem .6rem;text-align:left;vertical-align:top}
.met,.not-met{white-space:nowrap}.met{color:#1a6b35}.not-met{color:#b00020}
.modal,.fade,.card.mb-3,.navbar-brand{display:none}a{color:#04588c}.row{display:block}ul,ol{padding-left:1.2rem}
</style>"""


def write_data_docs(folder: Path, results: Mapping[str, tuple], run_name: str = "gates") -> Path:
    """Write a page for each of these results (suite name to what the judge returned).

    Pages of suites that were not judged this time stay, and the index says of
    which day each is. Returns the index page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    suites = durable.read_json(folder / SUITES) if (folder / SUITES).exists() else {}
    judged_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    with tempfile.TemporaryDirectory() as site:
        _build(Path(site), results, run_name)
        for name, found in results.items():
            (page,) = Path(site).glob(f"validations/{name.replace('.', '/')}/{run_name}/*/*.html")
            _write(folder / _page(name), offline(page.read_text(encoding="utf-8"), title=name))
            failed = sum(not result.success for result in found)
            suites[name] = {"evaluated": len(found), "failed": failed, "judged_at": judged_at}
    durable.write_json(folder / SUITES, suites)
    _write(folder / "index.html", _index(suites))
    return folder / "index.html"


def offline(page: str, title: str = "Data Docs") -> str:
    """The same page without anything that a browser would fetch, or that scripts would drive."""
    for pattern, instead in _OFFLINE:
        page = pattern.sub(instead, page)
    return page.replace("</head>", f"<title>{escape(title)}</title>{STYLE}</head>", 1)


def _build(site: Path, results: Mapping[str, tuple], run_name: str) -> None:
    """Let GX write its own site about these results."""
    gx = great_expectations()
    from great_expectations.core import ExpectationSuiteValidationResult, RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

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


def _page(suite: str) -> str:
    return f"{suite}.html"


def _write(path: Path, text: str) -> None:
    with durable.new_file(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def _index(suites: Mapping[str, Mapping]) -> str:
    lines = []
    for name, said in sorted(suites.items()):
        verdict = f"<b class='not-met'>{FAILED}: {said['failed']}</b>" if said["failed"] else f"<b class='met'>{PASSED}</b>"
        link = f"<a href='{escape(_page(name))}'>{escape(name)}</a>"
        lines.append(f"<tr><td>{link}</td><td>{verdict}</td><td>{said['evaluated']}</td><td>{said['judged_at']}</td></tr>")
    head = "<tr><th>数据表 table</th><th>结果 result</th><th>检查项 expectations</th><th>判定时间 judged at (UTC)</th></tr>"
    note = "未重新交来的数据表保留上次的结果 / a table that was not delivered again keeps what was said of it last"
    return (
        f"<!DOCTYPE html><html lang='zh'><head><meta charset='utf-8'><title>数据验收 Data Docs</title>{STYLE}</head>"
        f"<body><h1>数据验收 / what the gates said</h1><p>{note}</p><table>{head}{''.join(lines)}</table></body></html>\n"
    )
