"""The SQL tables of the documented Data Model: declared once (`tables.txt`), Tables on every face."""
