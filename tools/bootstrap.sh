#!/bin/sh
# Finds a Python that is new enough and hands over to bootstrap.py.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
for python in python3 python3.14 python3.13 python3.12 python3.11; do
  if command -v "$python" >/dev/null 2>&1 &&
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    exec "$python" "$here/bootstrap.py" "$@"
  fi
done
echo "Python 3.11 or newer is needed (Debian, Ubuntu: apt-get install python3 python3-venv)" >&2
exit 2
