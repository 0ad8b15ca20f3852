{{ landed_rows('hr_payroll', 'subjects_taught', scope=['person_key'], key=['person_key', 'term', 'stage', 'course']) }}
