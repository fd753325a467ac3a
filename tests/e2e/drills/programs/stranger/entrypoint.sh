#!/bin/sh
# As many are: what is to run is started, and waited for.
set -e
echo "starting $*"
"$@"
