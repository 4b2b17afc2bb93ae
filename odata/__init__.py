"""OData V4: what Power BI and Excel read tables by."""
