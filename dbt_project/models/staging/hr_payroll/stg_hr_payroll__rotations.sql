{{ landed_rows('hr_payroll', 'rotations', scope=['person_key'], key=['person_key', 'started_on']) }}
