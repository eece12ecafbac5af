"""The protocol that LangSmith's SDKs speak, over the same domain functions as our own interface.

A resource is a module or package of views with its own table of addresses; `urls` puts the tables together.
"""
