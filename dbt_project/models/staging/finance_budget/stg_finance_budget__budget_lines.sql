{{ landed_rows('finance_budget', 'budget_lines', scope=['budget_unit_code', 'fiscal_year']) }}
