"""What is installed in Excel and Power BI, rendered with this service's public address: files, queries, their page."""
