# One image for every process of Assay; the command says which: serve, worker, check-worker, migrate.
FROM node:24-bookworm-slim

RUN apt-get update \
  && apt-get install --yes --no-install-recommends git ca-certificates \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY . .

# The project brings its own Node through npm, and builds the site once for the files that are here.
RUN node registry-app/bin/assay.mjs --help \
  && node_modules/node/bin/node -e "import('/app/registry-app/bin/compose/site.ts').then((site) => site.openSite(console.log))" \
  && npm cache clean --force

RUN useradd --system --uid 10001 --home-dir /var/lib/assay --create-home assay \
  && install --directory --owner=assay --group=assay --mode=0700 /var/lib/assay/blobs
USER assay
ENV ASSAY_HOME=/var/lib/assay HOST=0.0.0.0
VOLUME /var/lib/assay
EXPOSE 4321
STOPSIGNAL SIGTERM

ENTRYPOINT ["/app/node_modules/node/bin/node", "/app/registry-app/bin/assay.ts"]
CMD ["serve"]
