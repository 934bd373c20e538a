#!/bin/sh
# Runs one of the apps as the container's main process, so that signals reach it.
set -eu
app=$1
shift
exec node --enable-source-maps --disable-warning=TimeoutNegativeWarning "/app/dist/apps/$app/src/main.js" "$@"
