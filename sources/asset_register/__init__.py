"""Asset cards, the building and grounds ledger, the room list: reader, columns, layouts."""
