# A common pattern: wheels are built in one stage and installed in the next.
FROM python:3.13-slim AS builder
WORKDIR /wheels
COPY requirements.txt .
RUN pip wheel --no-cache-dir --wheel-dir /wheels -r requirements.txt

FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 DATA_DIR=/tmp
COPY --from=builder /wheels /wheels
RUN pip install --no-cache-dir --no-index --find-links=/wheels \
    -r /wheels/requirements.txt && rm -rf /wheels
WORKDIR /app
COPY . .
USER nobody
EXPOSE 8000
CMD ["gunicorn", "app:create_app()", "--bind=0.0.0.0:8000"]
