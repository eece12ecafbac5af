"""All settings, from the environment; without any, a complete local installation. `docs/operating.md` explains each."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from traceapp import embedded, logging, secret_key, storage

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# The installation: local (for one machine, answers on loopback only) or production (on a network).

PRODUCTION = env("TRACEAPP_ENV", default="local") == "production"
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret_key.checked(env("SECRET_KEY", default=""), is_production=PRODUCTION)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

if PRODUCTION and DEBUG:
    raise ImproperlyConfigured(
        "DEBUG shows secrets to visitors: unset DEBUG, or unset TRACEAPP_ENV on your own machine."
    )
if PRODUCTION and (not ALLOWED_HOSTS or any("*" in host or host.startswith(".") for host in ALLOWED_HOSTS)):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts people use, without wildcards: traces.example.org")
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1"]  # also in production: health checks from the machine itself

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_structlog",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "csp",
    "annotation",
    "traceapp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "annotation.api.langsmith.aliases.Aliases",
    "traceapp.middleware.ForgiveSlash",
    "traceapp.middleware.PeopleFirst",
    "traceapp.middleware.ContentPolicy",
    "traceapp.middleware.RefuseNul",
    "traceapp.for_pages.Sessions",
    "django.middleware.common.CommonMiddleware",
    "traceapp.for_pages.Csrf",
    "traceapp.for_pages.Authentication",
    "traceapp.middleware.RequestLog",
    "traceapp.for_pages.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "traceapp.for_pages.Htmx",
    "annotation.web.replica.ReadYourWrites",
    "axes.middleware.AxesMiddleware",
    "annotation.web.numbering.NumberMasked",
    "annotation.web.overrides.ShowOverrides",
]
ROOT_URLCONF = "traceapp.urls"
WSGI_APPLICATION = "traceapp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "annotation.web.navigation.shell",
            ],
        },
    },
]

# State. PostgreSQL keeps everything, Redis only rings the doorbell. Both are embedded unless named.

DATABASES = {"default": env.db("DATABASE_URL") if env("DATABASE_URL", default="") else embedded.database()}
if replica_url := env("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = env.db_url_config(replica_url)
    # A replica that is away must not hold up a page: it is made from the primary then.
    DATABASES["replica"]["OPTIONS"] = {"connect_timeout": 2, **DATABASES["replica"].get("OPTIONS", {})}
# A server that is silent, because its machine or the line to it is gone, is given up after some seconds, so that senders are
# told to come again; without this a thread would wait for minutes. What DATABASE_URL says of these holds.
_PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 20_000, "keepalives_idle": 20, "keepalives_interval": 5}
for described in DATABASES.values():
    described |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    described["ENGINE"] = "traceapp.postgresql"
    described["OPTIONS"] = {**_PATIENCE, "prepare_threshold": 5, **described.get("OPTIONS", {})}
DATABASE_ROUTERS = ["annotation.domain.replica.Router"]
# How far the replica may be behind, in seconds; so long after changing something a browser reads from the primary.
REPLICA_MAX_LAG_SECONDS = env.int("REPLICA_MAX_LAG_SECONDS", default=10)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="") or embedded.redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "traceapp",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 5},
    },
}

# The longest request body taken, in bytes, as sent and after unpacking. Ingestion applies them itself, so that it can
# answer in the sender's own encoding; Django's own limit, for forms, stays at its default.
MAX_BODY_BYTES = env.int("MAX_BODY_BYTES", default=64 * 1024 * 1024)
MAX_UNPACKED_BYTES = env.int("MAX_UNPACKED_BYTES", default=MAX_BODY_BYTES)

# The most runs that a trace may have.
MAX_RUNS_PER_TRACE = env.int("MAX_RUNS_PER_TRACE", default=25_000)

# What one export request may hold: so many spans or log records, and so large values, which are kept whole.
MAX_SPANS_PER_REQUEST = env.int("MAX_SPANS_PER_REQUEST", default=50_000)
MAX_ATTRIBUTE_BYTES = env.int("MAX_ATTRIBUTE_BYTES", default=16 * 1024 * 1024)

# Of one web process: how many requests it answers at a time (gunicorn's threads); how many of them may be exports, and
# exports of one key, so that threads are left for people; how many exports it stores at a time (one computes while the other
# waits for the database), and how long a further one waits for its turn, in seconds, before its sender is told to come again.
WEB_THREADS = env.int("WEB_THREADS", default=16)
INGEST_MAX_REQUESTS = env.int("INGEST_MAX_REQUESTS", default=max(1, WEB_THREADS * 3 // 4))
INGEST_MAX_REQUESTS_OF_ONE_KEY = env.int("INGEST_MAX_REQUESTS_OF_ONE_KEY", default=max(1, WEB_THREADS // 2))
INGEST_MAX_REQUESTS_IN_WORK = env.int("INGEST_MAX_REQUESTS_IN_WORK", default=2)
INGEST_PATIENCE_SECONDS = env.float("INGEST_PATIENCE_SECONDS", default=2.0)

# How long a link to an attachment, which needs no key, works, in seconds.
ATTACHMENT_LINK_SECONDS = env.int("ATTACHMENT_LINK_SECONDS", default=24 * 3600)

# The longest a list, a preview or a rule may search traces with a filter, in milliseconds.
FILTER_TIMEOUT_MILLISECONDS = env.int("FILTER_TIMEOUT_MILLISECONDS", default=5000)
# Where runs lie in partitions by month: let traces go when all of their month are old enough, by dropping its table.
RETENTION_BY_MONTH = env.bool("RETENTION_BY_MONTH", default=False)

# Rules see a trace once its root has ended and it has been quiet for so long; without a root, after the longer time.
SETTLE_QUIET_SECONDS = env.float("SETTLE_QUIET_SECONDS", default=3.0)
SETTLE_WITHOUT_ROOT_SECONDS = env.float("SETTLE_WITHOUT_ROOT_SECONDS", default=600.0)

# People.

AUTH_USER_MODEL = "annotation.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the time that the page names stays true
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "annotation.web.sign_in.client_address"
AXES_USERNAME_CALLABLE = "annotation.web.sign_in.account_name"
AXES_LOCKOUT_CALLABLE = "annotation.web.sign_in.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# Mail: `smtp+tls://user:password@host:587`; without it, mails appear in the worker's log.
vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="traceapp@localhost")
EMAIL_TIMEOUT = 20

# Where people reach this installation, for links in what is sent to them and to programs.
PUBLIC_URL = env(
    "PUBLIC_URL",
    default=f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else f"http://127.0.0.1:{env('PORT', default='8000')}",
)

# Webhooks go to public addresses over https. Hosts, addresses and networks that are named here may be private ones, and
# may be addressed over plain http.
WEBHOOK_TRUSTED = env.list("WEBHOOK_TRUSTED", default=[])

# What browsers are told. Nothing inline, nothing from elsewhere.

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "traceapp_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = "traceapp_csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=30 * 24 * 3600 if PRODUCTION else 0)

# Language, time, files.

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(embedded.home() / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What clients attach to runs: on this machine's disk, or in a bucket that all machines share.
    "attachments": storage.in_bucket(env) if env("ATTACHMENTS_BUCKET", default="") else storage.on_disk(env),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# On one's own machine files are served from where they lie: nothing to collect before the first start.
WHITENOISE_USE_FINDERS = not PRODUCTION

# The REST interface.

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # Closed by default; `annotation.api.resource.Resource` says how callers are known and what they may.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "annotation.api.errors.handle",
    "UNAUTHENTICATED_USER": None,
}
# How often a key or a person may ask the REST interface, and an address what takes no key: links, and the forms of
# sign-in, of which a twentieth.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=1_200)
KEYLESS_REQUESTS_PER_MINUTE = env.int("KEYLESS_REQUESTS_PER_MINUTE", default=600)
SPECTACULAR_SETTINGS = {
    "TITLE": "traceapp",
    "DESCRIPTION": "Traces in, judgements on them, dataset rows out.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["annotation.api.schema.add_errors"],
}

# Background work. The schedule stands in `traceapp/celery.py`.
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,  # beyond the time limit: then a killed task is delivered again
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    # Whoever rings must not wait for a broker that is away; the worker has its own patience.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
# The schedule rings every few seconds or minutes: nothing to remember over a restart.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"

# Logs.

LOGGING = logging.configuration(env("LOG_LEVEL", default="INFO"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10  # debug: the line at a request's end says it all
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = 20  # info: a visitor's mistake needs nobody's attention
