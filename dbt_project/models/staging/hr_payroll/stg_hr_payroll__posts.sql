{{ landed_rows('hr_payroll', 'posts', scope=['person_key'], key=['person_key', 'post_category', 'started_on']) }}
