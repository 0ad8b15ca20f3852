{{ landed_rows('declared', 'measures', scope=['school_id', 'measure_id']) }}
