#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Installs the configuration without touching what an administrator has changed: a file that is
# there and differs stays, and the new one goes beside it as FILE.new, which no program reads.
#
# Templates of letters in a form that this version cannot read would stop it: they are put aside as
# FILE.old, and the new ones take their place.
#
# usage: contrib/install-conf.sh FROM TO
set -eu
from=${1:?usage: contrib/install-conf.sh FROM TO}
to=${2:?usage: contrib/install-conf.sh FROM TO}

if [ -d "$to" ]; then
	find "$to" -type f -path '*/[a-z][a-z]/*.txt' | sort | while IFS= read -r file; do
		grep -q '^\[heading\]' "$file" && continue
		mv "$file" "$file.old"
		echo "put $file aside as $file.old: templates consist of parts now, see kedja-templates(5)"
	done
fi
cd "$from"
find . -type f ! -name '*.[1-9]' ! -name '*.new' | sort | while IFS= read -r file; do
	file=${file#./}
	target=$to/$file
	install -d "$(dirname "$target")"
	if [ ! -e "$target" ]; then
		install -m 0644 "$file" "$target"
	elif ! cmp -s "$file" "$target"; then
		install -m 0644 "$file" "$target.new"
		echo "kept $target as it is; the new one is $target.new"
	fi
done
