# The job: generates or takes in data, builds the warehouse, answers. `docker compose up` runs it beside PostgreSQL.
FROM python:3.11-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home sonic

WORKDIR /home/sonic/warehouse
COPY --chown=sonic . .
USER sonic
# The folder is made here so that a volume in its place belongs to its user.
RUN mkdir -p .sonic && make setup PYTHON=/usr/local/bin/python3.11

ENV PATH="/home/sonic/warehouse/.venv/bin:$PATH"
VOLUME ["/home/sonic/warehouse/.sonic"]
CMD ["sonic", "demo"]
