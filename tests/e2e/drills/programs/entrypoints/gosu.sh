#!/bin/sh
# Go on as another user, in the same process.
user=$1
shift
exec /usr/bin/setpriv --reuid="$user" --regid="$user" --init-groups "$@"
