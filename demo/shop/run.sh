#!/bin/sh
# Starts the image that was just built.
set -eu
docker run --rm --name shop-debug --privileged \
  -v /var/run/docker.sock:/var/run/docker.sock \
  -e DEBUG=1 shop:dev
