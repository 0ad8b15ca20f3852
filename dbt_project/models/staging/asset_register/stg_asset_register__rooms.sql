{{ landed_rows('asset_register', 'rooms', scope=['school_id']) }}
