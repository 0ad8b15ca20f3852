{{ landed_rows('monitoring', 'results', scope=['monitoring_year']) }}
