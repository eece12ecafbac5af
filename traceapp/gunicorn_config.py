"""How gunicorn serves traceapp; the address comes from the command line."""

import gc
import sys

import environ

from traceapp import logging
from traceapp.web_worker import PatientWorker

env = environ.Env()

wsgi_app = "traceapp.wsgi:application"
worker_class = "traceapp.web_worker.PatientWorker"
workers = env.int("WEB_PROCESSES", default=2)
threads = env.int("WEB_THREADS", default=16)
# A request may take as long as the largest upload over a slow line; a hung worker is replaced after this.
timeout = 120
graceful_timeout = 4
keepalive = 65
# Gunicorn touches a file here every second: memory instead of a disk that may stall.
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- gunicorn opens it unlinked
logconfig_dict = logging.configuration(env("LOG_LEVEL", default="INFO"))
accesslog = None
logger_class = "traceapp.web_worker.NoAccessLog"
# Gunicorn's own is one for all installations of a user, in their home folder; nobody asks through it here.
control_socket_disable = True
forwarded_allow_ips = env("FORWARDED_ALLOW_IPS", default="127.0.0.1")
# Phoenix's clients send their key in a header whose name has an underscore, which gunicorn drops unless it is named here
# and comes from this machine or the proxy; so does nginx without `underscores_in_headers on`.
forwarder_headers = "SCRIPT_NAME,PATH_INFO,API_KEY"


def child_exit(server: object, worker: PatientWorker) -> None:  # noqa: ARG001 -- gunicorn's signature
    """A process that is no more has no connections."""
    worker.gone()


def post_worker_init(worker: object) -> None:  # noqa: ARG001 -- gunicorn's signature
    """Let threads take turns more often, and the collector of reference cycles run rarely.

    A page asks the database some twenty times. After each answer its thread waits for those that compute, for up to one interval
    each; Python's own is 5 ms.

    A request of 100 spans makes some 30,000 containers, none of them in a cycle. With Python's thresholds the collector would
    walk all of them several times for each request, which was a third of the time that mapping takes.
    """
    sys.setswitchinterval(0.001)
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
