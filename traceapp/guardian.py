"""The process that stops the embedded servers when their last user is gone; `traceapp.embedded` starts it."""

from traceapp import embedded

if __name__ == "__main__":
    embedded.guard()
