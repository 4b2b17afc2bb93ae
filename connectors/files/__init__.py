"""Real logs in text files, read by a declared mapping into the rows of a table."""

from connectors.files.functions import FUNCTIONS
from connectors.files.loading import Loading, Report
from connectors.files.mapping import Mapping, read_mapping

__all__ = ["FUNCTIONS", "Loading", "Mapping", "Report", "read_mapping"]
