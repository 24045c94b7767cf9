#!/bin/sh
# Records what Dovecot 2.3 makes of each configuration here. Needs its doveconf; run it in this directory.
for conf in */dovecot.conf; do
  case $conf in expanded/*) flags=-nPx ;; *) flags=-nP ;; esac
  doveconf $flags -c "$conf" 2>/dev/null | grep -v '^# ' > "$(dirname "$conf")/doveconf.txt"
done
