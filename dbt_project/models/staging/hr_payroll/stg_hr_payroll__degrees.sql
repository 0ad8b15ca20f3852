{{ landed_rows('hr_payroll', 'degrees', scope=['person_key']) }}
