{{ landed_rows('student_status', 'students', scope=[]) }}
