{{ landed_rows('declared', 'county_measures', scope=['stage', 'category', 'measure_id']) }}
