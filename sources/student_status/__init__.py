"""The student-status system: its exchange service, and its export as files."""
