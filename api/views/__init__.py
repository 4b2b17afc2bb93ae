"""Views over HTTP: saved questions, listed and asked as tables are."""
