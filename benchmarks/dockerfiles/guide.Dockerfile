# syntax-free version of the pattern in Docker's own guide for Python: a slim
# base, a user without rights, requirements by bind mount, a cache mount.
FROM python:3.13-slim
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/tmp
WORKDIR /app
# The guide has adduser, which Debian's small images no longer hold.
RUN useradd --home-dir /nonexistent --shell /sbin/nologin --no-create-home \
    --uid 10001 appuser
RUN --mount=type=cache,target=/root/.cache/pip \
    --mount=type=bind,source=requirements.txt,target=requirements.txt \
    python -m pip install -r requirements.txt
USER appuser
COPY . .
EXPOSE 8000
CMD ["gunicorn", "app:create_app()", "--bind=0.0.0.0:8000"]
