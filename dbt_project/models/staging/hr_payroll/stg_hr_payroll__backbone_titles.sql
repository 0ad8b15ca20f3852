{{ landed_rows('hr_payroll', 'backbone_titles', scope=['person_key']) }}
