{{ landed_rows('hr_payroll', 'units', scope=[]) }}
