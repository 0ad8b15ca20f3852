{{ landed_rows('hr_payroll', 'staff', scope=[]) }}
