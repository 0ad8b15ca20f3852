{{ landed_rows('hr_payroll', 'posts', scope=['person_key']) }}
