"""What is installed elsewhere: queries, files and pages for Excel, Power BI and Sheets, made of tables and address."""
