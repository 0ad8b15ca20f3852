"""The personnel and payroll database: connection, pull, columns."""
