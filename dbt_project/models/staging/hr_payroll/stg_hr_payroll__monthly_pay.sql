{{ landed_rows('hr_payroll', 'monthly_pay', scope=[]) }}
