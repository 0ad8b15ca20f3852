"""Budget tables and the indicator list: reader, columns, layouts."""
