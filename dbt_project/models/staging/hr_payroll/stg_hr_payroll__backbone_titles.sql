{{ landed_rows('hr_payroll', 'backbone_titles', scope=['person_key'], key=['person_key', 'title', 'level', 'awarded_on']) }}
