"""Push: rows of a table question in a Google spreadsheet, exactly once, never half of them."""
