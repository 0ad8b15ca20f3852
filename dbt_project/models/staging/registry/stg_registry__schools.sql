{{ landed_rows('registry', 'schools', scope=[]) }}
