#!/bin/sh
set -e
. ./env.sh
f() { exec "$@" --reload; }
if [ "$1" = web ] && [ -n "${A:-}" ]; then
 f gunicorn -w "${W:-$(nproc)}" app:app &
else case "$A" in a|b*) flask run;; *) ;; esac; fi
cat > a.conf <<EOF
x $A
EOF
while :; do sleep 1; done | tee -a log
