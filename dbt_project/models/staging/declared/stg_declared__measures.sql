{{ landed_rows('declared', 'measures', scope=['school_id', 'stage', 'measure_id']) }}
