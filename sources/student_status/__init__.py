"""The student-status exchange service: pages, pull, columns."""
