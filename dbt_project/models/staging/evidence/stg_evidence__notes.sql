{{ landed_rows('evidence', 'notes', scope=['item_id', 'noted_on', 'note']) }}
