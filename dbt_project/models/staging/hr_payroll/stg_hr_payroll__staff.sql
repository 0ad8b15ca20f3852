{{ landed_rows('hr_payroll', 'staff', scope=['work_unit_code']) }}
