{{ landed_rows('survey', 'answers', scope=['survey_id']) }}
