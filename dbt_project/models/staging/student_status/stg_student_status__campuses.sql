{{ landed_rows('student_status', 'campuses', scope=['school_id'], key=['school_id', 'campus_id']) }}
