#!/bin/sh
# Runs one of the apps as the container's main process, so that signals reach it. No init is needed between: the apps handle
# SIGTERM and SIGINT themselves and start no children.
set -eu
case ${1-} in
  api-gateway | reconciler | admin | voicelink-simulator) app=$1 ;;
  *)
    echo "Which app? One of: api-gateway, reconciler, admin, voicelink-simulator" >&2
    exit 64
    ;;
esac
shift
exec node --enable-source-maps --disable-warning=TimeoutNegativeWarning "/app/dist/apps/$app/src/main.js" "$@"
