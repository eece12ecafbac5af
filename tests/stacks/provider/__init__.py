"""A stand-in for model providers on loopback, so that programs with real SDKs need no account."""
