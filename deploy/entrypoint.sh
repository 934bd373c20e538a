#!/bin/sh
# Runs one of the apps, and hands signals on to it. The kernel keeps from process 1 every signal that it does not handle yet, and
# an app that is being loaded handles none: this shell does from its first command on, and the app, as its child, ends by the
# signal until it stops in order. A shell makes a child in the background deaf to SIGINT, so SIGTERM stands for both.
child=
trap 'kill -s TERM "$child" 2>/dev/null || exit 143' TERM INT
set -u
here=$(dirname "$0")
case ${1-} in
  api-gateway | reconciler | admin | voicelink-simulator | carrier-simulator | drift-notifier) app=$1 ;;
  *)
    echo "Which app? One of: api-gateway, reconciler, admin, voicelink-simulator, carrier-simulator, drift-notifier" >&2
    exit 64
    ;;
esac
shift
# Standard input belongs to the app, which a shell would take from a process in the background.
node --enable-source-maps --disable-warning=TimeoutNegativeWarning "$here/dist/apps/$app/src/main.js" "$@" <&0 &
child=$!
# A signal ends the wait, not the child.
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || exit "$status"
done
