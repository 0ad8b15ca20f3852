{{ landed_rows('student_status', 'schools', scope=['school_id'], key=['school_id']) }}
