"""The dialect of advanced queries: a MySQL statement becomes a statement of the engine that answers as MariaDB does."""
