{{ landed_rows('hr_payroll', 'monthly_pay', scope=['pay_month', 'budget_unit_code', 'pay_kind'], key=['person_key', 'pay_month', 'budget_unit_code', 'pay_kind']) }}
