"""OData over HTTP: `/odata/`, its metadata, sets, batches and reports."""
