#!/usr/bin/env bash
# Java heap dumps (HPROF) of a TLS server with a throwaway private key, after one connection: OUT/jmap-KEY.hprof holds all
# objects, OUT/jmap-live-KEY.hprof those that a full collection leaves. Keys as make-dumps.sh makes them, in OUT/keys.
# Needs Debian's default-jdk-headless, openssl.
# usage: heap.sh OUT [KEY…]
set -u
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/keys"
out=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- rsa2048 rsa3072 rsa4096 p256 p384 ed25519
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
. "$here/common.sh"
# Keys only: no runtime is asked for, and no key that is there is made anew.
KEYS="$*" bash "$here/make-dumps.sh" "$out" true > /dev/null || exit 1
mkfifo never && exec 9<> never
javac -d . "$here/TlsServer.java" || exit 1

for key; do
  port=$(free_port)
  openssl pkcs12 -export -inkey "$out/keys/$key.pem" -in "$out/keys/$key.crt" -passout pass:only-a-sample -out "$key.p12"
  start java -Xmx64m -cp . TlsServer "$port" "$key.p12" only-a-sample > server.out 2>&1 < never & pid=$!
  if wait_for server.out ready && (sleep 0.3; echo Q) | timeout 10 openssl s_client -connect "127.0.0.1:$port" 2>&1 | grep -q 'Cipher is [TE]'; then
    rm -f "$out/jmap-$key.hprof" "$out/jmap-live-$key.hprof"
    # All first: live collects.
    clean jmap -dump:format=b,file="$out/jmap-$key.hprof" "$pid" > jmap.out 2>&1 &&
      clean jmap -dump:live,format=b,file="$out/jmap-live-$key.hprof" "$pid" >> jmap.out 2>&1 || tail -3 jmap.out >&2
    (cd "$out" && stat -c '%n %s' "jmap-$key.hprof" "jmap-live-$key.hprof")
  fi
  kill "$pid"; wait "$pid" 2>/dev/null
done
