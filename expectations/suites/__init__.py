"""The suites: raw.py before staging, published.py before publishing."""
