{{ landed_rows('hr_payroll', 'certificates', scope=['person_key']) }}
