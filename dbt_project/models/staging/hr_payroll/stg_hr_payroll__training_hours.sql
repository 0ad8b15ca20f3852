{{ landed_rows('hr_payroll', 'training_hours', scope=['person_key']) }}
