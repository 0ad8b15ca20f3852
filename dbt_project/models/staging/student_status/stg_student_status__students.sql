{{ landed_rows('student_status', 'students', scope=['school_id'], key=['school_id', 'student_key']) }}
