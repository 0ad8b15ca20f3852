"""The register of sources: which systems there are, and how each is read.

Here: one line a source. Not here: anything a source does; readers are imported
when they are first called, so that the register costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from sources.asset_register.tables import TABLES as ASSET_REGISTER
from sources.declaration import Source
from sources.declared.tables import TABLES as DECLARED
from sources.evidence.tables import TABLES as EVIDENCE
from sources.finance_budget.tables import TABLES as FINANCE_BUDGET
from sources.hr_payroll.tables import TABLES as HR_PAYROLL
from sources.monitoring.tables import TABLES as MONITORING
from sources.registry.tables import TABLES as REGISTRY
from sources.special_education.tables import TABLES as SPECIAL_EDUCATION
from sources.student_status.tables import TABLES as STUDENT_STATUS
from sources.survey.tables import TABLES as SURVEY


def _when_called(module: str, function: str) -> Callable[..., Any]:
    def call(*arguments, **options) -> Any:
        return getattr(import_module(module), function)(*arguments, **options)

    return call


SOURCES: tuple[Source, ...] = (
    Source("registry", "学校名录", "school register", "files", REGISTRY, _when_called("sources.registry.read", "read")),
    Source(
        "student_status", "学籍", "student status", "service", STUDENT_STATUS,
        _when_called("sources.student_status.read", "read"), holds_persons=True,
        pull=_when_called("sources.student_status.pull", "pull"), marks=_when_called("sources.student_status.pull", "marks"),
    ),
    Source(
        "hr_payroll", "人事工资", "personnel and payroll", "database", HR_PAYROLL,
        _when_called("sources.hr_payroll.read", "read"), holds_persons=True,
        pull=_when_called("sources.hr_payroll.pull", "pull"), marks=_when_called("sources.hr_payroll.pull", "marks"),
    ),
    Source("finance_budget", "财政预算", "budget", "files", FINANCE_BUDGET, _when_called("sources.finance_budget.read", "read")),
    Source("asset_register", "资产", "asset register", "files", ASSET_REGISTER, _when_called("sources.asset_register.read", "read")),
    Source(
        "declared", "填报", "declared figures", "files", DECLARED, _when_called("sources.declared.read", "read"),
        has_layouts=False, form_of=_when_called("sources.declared.read", "form_of"),
    ),
    Source("evidence", "佐证", "evidence", "files", EVIDENCE, _when_called("sources.evidence.read", "read")),
    Source("survey", "满意度调查", "satisfaction survey", "files", SURVEY, _when_called("sources.survey.read", "read")),
    Source("monitoring", "质量监测", "quality monitoring", "files", MONITORING, _when_called("sources.monitoring.read", "read")),
    Source(
        "special_education", "残疾儿童安置", "placement of disabled children", "files", SPECIAL_EDUCATION,
        _when_called("sources.special_education.read", "read"), holds_persons=True,
    ),
)  # fmt: skip


def source(name: str) -> Source:
    """The source of that name; KeyError where there is none."""
    return {source.name: source for source in SOURCES}[name]
