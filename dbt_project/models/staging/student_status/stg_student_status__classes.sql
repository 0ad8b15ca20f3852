{{ landed_rows('student_status', 'classes', scope=[]) }}
