# Stage 1 installs the locked packages, hash by hash; stage 2 carries only the result.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/verifier
COPY requirements/runtime.lock requirements/runtime.lock
RUN /opt/verifier/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/runtime.lock
COPY pyproject.toml README.md wsgi.py ./
COPY verifier verifier
COPY payers payers
COPY schemas schemas
RUN /opt/verifier/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/verifier verifier
COPY --from=build /opt/verifier /opt/verifier
COPY wsgi.py /srv/wsgi.py
ENV PATH=/opt/verifier/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VERIFIER_DATA=/var/lib/verifier
USER verifier
WORKDIR /srv
VOLUME /var/lib/verifier
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
# Loopback only: TLS ends at a proxy that shares this network namespace; set VERIFIER_HOSTS and VERIFIER_PROXIES.
CMD ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "8000", "--workers", "2", "--blocking-threads", "32", "wsgi:app"]
