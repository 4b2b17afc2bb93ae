"""OData questions become answers: paths, options and pages over the store, without HTTP."""
