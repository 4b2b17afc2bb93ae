"""The documented SQL tables, as advanced queries read them."""
