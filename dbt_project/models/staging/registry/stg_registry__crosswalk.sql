{{ landed_rows('registry', 'crosswalk', scope=['source_system', 'source_code', 'stage', 'valid_from']) }}
