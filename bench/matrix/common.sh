# Shared by make-dumps.sh and keyless.sh; expects $here, $out and $work. All programs run in an empty environment.
clean() { env -i PATH=/usr/bin:/bin HOME="$work" LANG=C "$@"; }
# For the background: $! is then the program itself.
start() { exec env -i PATH=/usr/bin:/bin HOME="$work" LANG=C "$@"; }
wait_for() { # FILE PATTERN
  for _ in $(seq 150); do grep -q "$2" "$1" 2>/dev/null && return; sleep 0.1; done
  echo "not ready: $1" >&2; return 1
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
wait_port() {
  for _ in $(seq 100); do (exec 3<> "/dev/tcp/127.0.0.1/$1") 2>/dev/null && return; sleep 0.1; done
  echo "no listener on $1" >&2; return 1
}
# gcore obeys the filter: 0x33 is private and shared anonymous memory, the first page of mapped files, huge pages.
core() { # NAME PID
  [ -n "$2" ] || { echo "no process for $1" >&2; return 1; }
  echo 0x33 > "/proc/$2/coredump_filter"
  gdb -q -batch -nx -iex 'set auto-load off' -ex 'set use-coredump-filter on' -p "$2" -ex "gcore $out/$1.core" > gdb.out 2>&1
  [ -s "$out/$1.core" ] || { echo "no dump for $1" >&2; tail -3 gdb.out >&2; return 1; }
  # Large ones are reservations, mostly.
  [ "$(stat -c %s "$out/$1.core")" -lt 300000000 ] || python3 "$here/trim.py" "$out/$1.core" || return
  echo "$1.core $(stat -c %s "$out/$1.core")"
}
