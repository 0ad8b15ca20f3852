{{ landed_rows('hr_payroll', 'rotations', scope=[]) }}
