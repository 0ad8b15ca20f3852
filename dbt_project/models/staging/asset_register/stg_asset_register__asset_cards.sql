{{ landed_rows('asset_register', 'asset_cards', scope=['holder_code']) }}
