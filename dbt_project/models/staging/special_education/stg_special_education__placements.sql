{{ landed_rows('special_education', 'placements', scope=[]) }}
