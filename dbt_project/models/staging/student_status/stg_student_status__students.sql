{{ landed_rows('student_status', 'students', scope=['school_id']) }}
