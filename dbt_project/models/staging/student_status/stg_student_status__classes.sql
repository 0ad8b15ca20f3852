{{ landed_rows('student_status', 'classes', scope=['school_id'], key=['school_id', 'class_id']) }}
