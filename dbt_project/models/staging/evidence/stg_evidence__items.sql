{{ landed_rows('evidence', 'items', scope=['subject_id', 'component', 'school_id']) }}
