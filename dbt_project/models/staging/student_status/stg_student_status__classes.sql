{{ landed_rows('student_status', 'classes', scope=['school_id']) }}
