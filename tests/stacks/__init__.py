"""Programs of published SDKs, unmodified, that send to a real installation. Run with `make stacks`."""
