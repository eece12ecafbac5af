"""The project: wiring only, no logic. Everything the product knows lives in `annotation`."""
