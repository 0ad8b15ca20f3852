{{ landed_rows('student_status', 'campuses', scope=['school_id']) }}
