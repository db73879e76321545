#!/bin/sh
# Lists the commits between two revisions, grouped by the kind of change that their subject claims.
# usage: collect-commits.sh PREVIOUS [NEXT]    (run inside the repository; reads only)
set -eu

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: collect-commits.sh PREVIOUS [NEXT]" >&2
  exit 2
fi
previous=$1
next=${2:-HEAD}
for revision in "$previous" "$next"; do
  if ! git rev-parse --quiet --verify --end-of-options "$revision^{commit}" >/dev/null; then
    echo "not a revision of this repository: $revision" >&2
    exit 2
  fi
done

# A breaking change may be told in the body only.
told=$(git log --no-merges -E --grep='^BREAKING[ -]CHANGE:' --format=%h "$previous..$next" -- | tr '\n' ' ')

git log --no-merges --format='%h%x09%s' "$previous..$next" -- |
  awk -F '\t' -v told=" $told" '
    function put(group, line) { lines[group] = lines[group] "  " line "\n"; count[group]++ }
    {
      line = $1 " " $2
      if (index(told, " " $1 " ") || $2 ~ /^[a-z]+(\([^)]*\))?!:/) put("breaking", line)
      else if ($2 ~ /^feat(\([^)]*\))?:/) put("new", line)
      else if ($2 ~ /^(fix|perf)(\([^)]*\))?:/) put("fixed", line)
      else if ($2 ~ /^(docs|test|ci|build|chore|style|refactor)(\([^)]*\))?:/) put("internal", line)
      else put("unsorted", line)
    }
    END {
      total = split("breaking new fixed unsorted internal", order, " ")
      for (i = 1; i <= total; i++)
        if (count[order[i]]) printf "%s (%d)\n%s\n", order[i], count[order[i]], lines[order[i]]
      if (NR == 0) print "no commits in this range"
    }'
