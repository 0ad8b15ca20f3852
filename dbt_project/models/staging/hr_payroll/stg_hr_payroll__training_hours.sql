{{ landed_rows('hr_payroll', 'training_hours', scope=['person_key'], key=['person_key', 'training_year', 'project']) }}
