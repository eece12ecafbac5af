"""The one Django app of traceapp."""
