# syntax=docker/dockerfile:1
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /certflow ./cmd/certflow

FROM debian:bookworm-slim
# poppler draws the pages of a scan, tesseract reads them; the certificates are for calls to the outside.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates poppler-utils tesseract-ocr tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin certflow
COPY --from=build /certflow /usr/local/bin/certflow
# tesseract's own threads fight over few cores: a page takes 16 s with them and 3 s without.
ENV CERTFLOW_ADDR=0.0.0.0:8080 \
    CERTFLOW_METRICS_ADDR=0.0.0.0:9090 \
    OMP_THREAD_LIMIT=1
USER 10001:10001
EXPOSE 8080 9090
ENTRYPOINT ["certflow"]
CMD ["api"]
