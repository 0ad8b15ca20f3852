{{ landed_rows('hr_payroll', 'subjects_taught', scope=['person_key']) }}
