{{ landed_rows('finance_budget', 'budget_table', scope=['budget_unit_code', 'fiscal_year']) }}
