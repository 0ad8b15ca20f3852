"""Filed figures: the tidy file and statistics workbooks, readers, columns, layout."""
