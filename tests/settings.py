"""The settings of the tests: the real ones, with cheap passwords and a database that need not survive a power cut."""

from traceapp.settings import *  # noqa: F403 -- tests change single settings only
from traceapp.settings import DATABASES

SECRET_KEY = "tests"  # noqa: S105 -- not a secret
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["OPTIONS"] = {**DATABASES["default"].get("OPTIONS", {}), "options": "-c synchronous_commit=off"}
