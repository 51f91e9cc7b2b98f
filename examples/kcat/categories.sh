#!/bin/sh
# How many clicks each category has on the topic enriched-click-data, most first, by kcat alone.
# usage: categories.sh [BROKER]
kcat -b "${1:-127.0.0.1:9092}" -t enriched-click-data -C -o beginning -e -q -f '%s\n' |
  sed -n 's/.*"category":"\([^"]*\)".*/\1/p' | sort | uniq -c | sort -k1,1nr -k2
