{{ landed_rows('hr_payroll', 'staff', scope=['work_unit_code'], key=['person_key', 'work_unit_code']) }}
