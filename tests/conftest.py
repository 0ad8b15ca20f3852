"""What every test stands on: an environment of its own, never the user's settings."""

import os
import tempfile

import pytest

os.environ["JUNHENG_ENV_FILE"] = os.devnull
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
for name in [name for name in os.environ if name.startswith("JUNHENG_") and name != "JUNHENG_ENV_FILE"]:
    del os.environ[name]
# A test that forgets to say where data rests must not write into the user's home.
os.environ["JUNHENG_HOME"] = tempfile.mkdtemp(prefix="junheng-test-")

# its comparisons are asserted there, and shown in full as those of a test are
pytest.register_assert_rewrite("against_truth")
