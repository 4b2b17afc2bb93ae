"""Views: saved questions as tables, with the rows that they have for whoever reads them."""

from answers.views.catalogue import Views, of_tables, viewed_in
from answers.views.kept import KeptViews
from answers.views.rows import Rows, rows_of, version_of
from answers.views.viewed import Viewed, table_of

__all__ = ["KeptViews", "Rows", "Viewed", "Views", "of_tables", "rows_of", "table_of", "version_of", "viewed_in"]
