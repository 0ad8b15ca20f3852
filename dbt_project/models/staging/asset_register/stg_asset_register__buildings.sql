{{ landed_rows('asset_register', 'buildings', scope=['school_id']) }}
