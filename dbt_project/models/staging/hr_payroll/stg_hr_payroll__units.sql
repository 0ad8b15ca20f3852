{{ landed_rows('hr_payroll', 'units', scope=['unit_code'], key=['unit_code']) }}
