"""How each embedded server is started, asked and stopped; who uses them is the matter of `traceapp.embedded`."""
