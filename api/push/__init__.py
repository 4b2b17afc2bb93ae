"""Pushes over HTTP, by their schedules, and from the command line: rows that this service writes into spreadsheets."""
