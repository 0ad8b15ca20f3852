{{ landed_rows('hr_payroll', 'degrees', scope=['person_key'], key=['person_key', 'degree', 'graduated_month']) }}
