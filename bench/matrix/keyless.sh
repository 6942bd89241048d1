#!/usr/bin/env bash
# Dumps of real programs that hold no private key. Needs what make-dumps.sh needs, and perl, mawk, xz-utils, ca-certificates.
# usage: keyless.sh OUT
set -u
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
. "$here/common.sh"
mkfifo never && exec 9<> never

hold() { # NAME COMMAND…: a program that prints "ready" and stays
  name=$1; shift
  start "$@" > "$name.out" 2>&1 < never & pid=$!
  wait_for "$name.out" ready && core "$name" "$pid"
  kill -9 "$pid"; wait "$pid" 2>/dev/null
}
hold bash bash -c 'for ((i = 0; i < 60000; i++)); do A[i]="line $i $RANDOM"; done; echo ready; read -r _'
hold awk awk 'BEGIN { for (i = 0; i < 800000; i++) a[i] = rand() " " i; print "ready"; fflush(); getline }'
hold perl perl -e '$x{$_} = pack "d4", map { rand } 1 .. 4 for 1 .. 700000; $| = 1; print "ready\n"; <STDIN>'
hold python-random /usr/bin/python3 -I "$here/holders.py" random 500
hold python-compressed /usr/bin/python3 -I "$here/holders.py" compressed 150
hold python-groups /usr/bin/python3 -I "$here/holders.py" groups
hold python-primes /usr/bin/python3 -I "$here/holders.py" primes
hold python-certificates /usr/bin/python3 -I "$here/holders.py" certificates
javac -d . "$here/Holder.java" && hold java java -Xmx400m -cp . Holder
hold node node -e 'const held = []; for (let i = 0; i < 250; i++) held.push(require("crypto").randomBytes(1 << 20));
  const objects = Array.from({ length: 300000 }, (_, i) => ({ i, x: Math.random(), s: "value " + i }));
  console.log("ready"); setTimeout(() => console.log(held.length, objects.length), 120000)'

# A sort of random text, and a compressor in the midst of its work.
start sh -c 'exec sort -S 600M /dev/stdin' < <(base64 -w 60 /dev/urandom | head -c 150000000; sleep 30) > /dev/null 2>&1 & pid=$!
sleep 6; core sort "$pid"; kill -9 "$pid"; wait "$pid" 2>/dev/null
start xz -9 -T1 < <(cat /usr/bin/* 2>/dev/null) > /dev/null 2>&1 & pid=$!
sleep 8; core xz "$pid"; kill -9 "$pid"; wait "$pid" 2>/dev/null

# Clients that verified a server's certificate, connected; the key is the server's, in another process.
port=$(free_port)
openssl req -x509 -newkey rsa:2048 -nodes -keyout server.pem -out server.crt -subj /CN=localhost -days 3650 2>/dev/null
start openssl s_server -accept "127.0.0.1:$port" -cert server.crt -key server.pem > server.out 2>&1 < never & server=$!
wait_for server.out ACCEPT
start openssl s_client -connect "127.0.0.1:$port" -CAfile server.crt -verify_return_error > client.out 2>&1 < never & pid=$!
wait_for client.out 'Verify return code: 0' && core openssl-s_client "$pid"
kill "$pid"; wait "$pid" 2>/dev/null
start gnutls-cli -p "$port" --x509cafile=server.crt localhost > gnutls.out 2>&1 < never & pid=$!
wait_for gnutls.out 'certificate is trusted' && sleep 0.5 && core gnutls-cli "$pid"
kill "$pid" "$server"
du -ch --apparent-size "$out"/*.core | tail -1
