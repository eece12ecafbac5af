"""The settings of the tests: the real ones, with cheap passwords and a database that need not survive a power cut.

Every pytest-xdist worker has its own database (pytest-django sees to it) and its own Redis database (see here).
"""

import os
import re
from pathlib import Path

# Tests keep their own data folder, so that a developer's running installation is never touched.
os.environ.setdefault("TRACEAPP_HOME", str(Path(__file__).resolve().parent.parent / ".traceapp" / "tests"))

# What a test starts compiles the product once, not every time: there are many such processes.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

from traceapp import embedded
from traceapp import settings as product  # noqa: TID251 -- the one place that may
from traceapp.settings import *  # noqa: F403, TID251 -- tests change single settings only

SECRET_KEY = "tests-tests-tests-tests-tests-tests-tests-tests-tests"
PUBLIC_URL = "http://testserver"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
INSTALLED_APPS = [*product.INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *product.MIDDLEWARE]
ZEAL_RAISE = True
ZEAL_ALLOWLIST = [{"model": "sessions.Session"}]  # cycling a key reads and writes it

DATABASES = {"default": {**product.DATABASES["default"]}}
DATABASES["default"]["OPTIONS"] = {**DATABASES["default"].get("OPTIONS", {}), "options": "-c synchronous_commit=off"}
if "TRACEAPP_TEST_DATABASE" in os.environ:  # a server or worker that a test started
    DATABASES["default"]["NAME"] = os.environ["TRACEAPP_TEST_DATABASE"]

_number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
REDIS_URL = re.sub(r"(/|\?db=)\d*$", rf"\g<1>{_number}", product.REDIS_URL)
CACHES = {"default": {**product.CACHES["default"], "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
KEYLESS_REQUESTS_PER_MINUTE = 1_000_000  # all tests come from one address
