"""Settings: the environment, or `.env` in the project root, read here and nowhere else.

Here: every variable the product listens to, and what a missing one means.
Not here: paths inside the home (warehouse/layout.py).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What the environment says. Relative paths are relative to the project root.

    A source is on when its folder is in the inbox or the address of its system
    is set, or both. Tokens and keys are `SecretStr`, so that they show as stars
    wherever a setting is printed.
    """

    model_config = SettingsConfigDict(
        env_prefix="JUNHENG_",
        env_file=os.environ.get("JUNHENG_ENV_FILE", PROJECT_ROOT / ".env"),
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
    )

    home: Path = Field(Path("warehouse/data"), description="where data rests")
    inbox: Path | None = Field(None, description="drop folder, one sub-folder a file source")
    layouts: Path | None = Field(None, description="the bureau's own layouts, one sub-folder a source, beside those of the project")
    county_code: str | None = Field(None, description="county of files that do not say it")
    student_status_url: str | None = Field(None, description="student-status exchange service")
    student_status_token: SecretStr | None = Field(None, description="its bearer token")
    hr_uri: SecretStr | None = Field(None, description="personnel and payroll database: sqlite:///... or postgresql://...")
    pseudonym_key: SecretStr | None = Field(None, description="key of the pseudonyms; at least 16 characters")
    full_pull_days: int = Field(7, ge=1, description="after so many days a system is pulled whole again, beside what changed")
    keep_releases: int | None = Field(None, ge=1, description="how many of the newest releases are kept; empty keeps every one")
    keep_years: int | None = Field(None, ge=1, description="so many years back any day can be judged again; `junheng purge` removes what no such day uses")
    keep_log_days: int | None = Field(None, ge=1, description="`junheng purge` removes records and logs of runs that are older")
    sandbox: bool = Field(False, description="the systems are the sandbox's; set by `junheng sandbox serve`")
    operator: str = Field("operator", max_length=40, description="role or office in whose name decisions are logged; never a person")
    rule_set: str = Field("cn-2017-6", description="rule set that `current` is judged by")

    @field_validator("home", "inbox", "layouts")
    @classmethod
    def from_project_root(cls, path: Path | None) -> Path | None:
        return None if path is None else (PROJECT_ROOT / path.expanduser()).resolve()

    @field_validator("county_code")
    @classmethod
    def six_digits(cls, code: str | None) -> str | None:
        if code is not None and not re.fullmatch(r"\d{6}", code):
            raise ValueError("must be the six digits of a county, such as 410183 / 应为六位区县代码")
        return code

    @field_validator("pseudonym_key")
    @classmethod
    def long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value()) < 16:
            raise ValueError("must have at least 16 characters: a short key can be guessed, and the pseudonyms with it")
        return key

    @property
    def key_bytes(self) -> bytes | None:
        return self.pseudonym_key.get_secret_value().encode() if self.pseudonym_key else None

    def is_on(self, source_name: str) -> bool:
        """Whether a source is configured, in one way or the other."""
        return self.has_system(source_name) or self.has_folder(source_name)

    def has_system(self, source_name: str) -> bool:
        """Whether the address of the source's system is set."""
        addresses = {"student_status": self.student_status_url, "hr_payroll": self.hr_uri}
        return addresses.get(source_name) is not None

    def has_folder(self, source_name: str) -> bool:
        """Whether the source has a drop folder in the inbox."""
        return self.inbox is not None and (self.inbox / source_name).is_dir()
