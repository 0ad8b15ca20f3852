{{ landed_rows('hr_payroll', 'rotations', scope=['person_key']) }}
