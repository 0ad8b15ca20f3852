{{ landed_rows('evidence', 'inspections', scope=['inspection_kind', 'subject_id', 'school_id']) }}
