"""Personnel and payroll: the database, and the sheets of the teacher system and of payroll."""
