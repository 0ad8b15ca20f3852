{{ landed_rows('hr_payroll', 'certificates', scope=['person_key'], key=['person_key', 'certificate_kind', 'subject']) }}
