"""The front door for any WSGI server: ``granian --interface wsgi wsgi:app``, ``gunicorn wsgi:app``."""

import os

from verifier.bootstrap import build

app = build(os.environ)
