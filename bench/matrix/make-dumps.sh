#!/usr/bin/env bash
# Dumps of real programs that hold throwaway private keys: one per runtime and key, after one use of the key.
# Needs root, Debian's openssl, gdb, curl, nginx-light, gnutls-bin, nodejs, default-jdk-headless, openssh-client,
# openssh-server, gpg, gpg-agent, wine64, gcc-mingw-w64-x86-64; Go; a Python with cryptography (PYTHON=…).
# usage: make-dumps.sh OUT [RUNTIME…]
set -u
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/keys"
out=$(cd "$1" && pwd)
shift
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
PYTHON=${PYTHON:-python3}
GO=${GO:-/usr/local/go/bin/go}
keys=$out/keys
. "$here/common.sh"

# ── keys, made once ──
for key in ${KEYS:=rsa2048 rsa3072 rsa4096 p256 p384 ed25519}; do
  [ ! -s "$keys/$key.crt" ] || continue
  case $key in
    rsa*) openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:${key#rsa}" -out "$keys/$key.pem" 2>/dev/null ;;
    p*) openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:P-${key#p}" -out "$keys/$key.pem" ;;
    ed25519) openssl genpkey -algorithm ED25519 -out "$keys/$key.pem" ;;
  esac
  openssl req -x509 -new -key "$keys/$key.pem" -subj "/CN=$key.example" -addext subjectAltName=DNS:localhost -days 3650 \
    -out "$keys/$key.crt"
done

# ── helpers ──
connect() { # PORT NAME
  (sleep 0.3; echo Q) | timeout 10 openssl s_client -connect "127.0.0.1:$1" > client.out 2>&1
  grep -q 'Cipher is [TE]' client.out || { echo "no TLS: $2" >&2; return 1; }
}
finish() { kill "$1" 2>/dev/null; wait "$1" 2>/dev/null; }
# A server that prints "ready": starts it, connects once, dumps it. NAME PORT COMMAND…
serve() {
  name=$1 port=$2; shift 2
  start "$@" > server.out 2>&1 < never & pid=$!
  wait_for server.out ready && connect "$port" "$name" && core "$name" "$pid"
  finish "$pid"
}
mkfifo never && exec 9<> never

# ── runtimes: each takes a key's name ──
openssl-s_server() {
  port=$(free_port)
  start openssl s_server -accept "127.0.0.1:$port" -cert "$keys/$1.crt" -key "$keys/$1.pem" > server.out 2>&1 < never & pid=$!
  wait_for server.out ACCEPT && connect "$port" "$1" && core "openssl-s_server-$1" "$pid"
  finish "$pid"
}

nginx() {
  port=$(free_port)
  cat > nginx.conf <<CONF
daemon off; worker_processes 1; pid $work/nginx.pid; error_log $work/nginx.log; user root;
events {}
http {
  access_log off; client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3;
  uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  server { listen 127.0.0.1:$port ssl; ssl_certificate $keys/$1.crt; ssl_certificate_key $keys/$1.pem; return 200 "hello\n"; }
}
CONF
  start /usr/sbin/nginx -c "$work/nginx.conf" > server.out 2>&1 & pid=$!
  wait_port "$port" && curl -sk "https://127.0.0.1:$port/" | grep -q hello && core "nginx-$1" "$(pgrep -P "$pid" | head -1)"
  finish "$pid"
}

gnutls() {
  port=$(free_port)
  start gnutls-serv --echo -p "$port" --x509keyfile "$keys/$1.pem" --x509certfile "$keys/$1.crt" > server.out 2>&1 < never & pid=$!
  wait_port "$port" && connect "$port" "$1" && core "gnutls-$1" "$pid"
  finish "$pid"
}

python-ssl() {
  port=$(free_port)
  serve "python-ssl-$1" "$port" /usr/bin/python3 -I "$here/tls-server.py" "$port" "$keys/$1.crt" "$keys/$1.pem"
}

node() {
  port=$(free_port)
  serve "node-$1" "$port" node "$here/tls-server.cjs" "$port" "$keys/$1.crt" "$keys/$1.pem"
}

java() {
  port=$(free_port)
  [ -s TlsServer.class ] || javac -d . "$here/TlsServer.java" || return
  openssl pkcs12 -export -inkey "$keys/$1.pem" -in "$keys/$1.crt" -passout pass:only-a-sample -out "$1.p12"
  serve "java-$1" "$port" java -Xmx64m -cp . TlsServer "$port" "$1.p12" only-a-sample
}

go() {
  port=$(free_port)
  [ -x tls-server ] || CGO_ENABLED=0 "$GO" build -o tls-server "$here/tls-server.go" || return
  serve "go-$1" "$port" ./tls-server "$port" "$keys/$1.crt" "$keys/$1.pem"
}

ssh-agent() {
  rm -f agent.socket
  start ssh-agent -D -a "$work/agent.socket" > server.out 2>&1 & pid=$!
  "$PYTHON" "$here/convert.py" ssh "$keys/$1.pem" "$1.ssh"
  for _ in $(seq 50); do [ -S agent.socket ] && break; sleep 0.1; done
  ssh-keygen -y -f "$1.ssh" > "$1.ssh.pub"
  clean SSH_AUTH_SOCK="$work/agent.socket" ssh-add -q "$1.ssh" &&
    echo text | clean SSH_AUTH_SOCK="$work/agent.socket" ssh-keygen -q -Y sign -n file -f "$1.ssh.pub" 2>&1 | grep -q 'BEGIN SSH SIG' &&
    core "ssh-agent-$1" "$pid"
  finish "$pid"
}

sshd() {
  port=$(free_port)
  mkdir -p /run/sshd
  "$PYTHON" "$here/convert.py" ssh "$keys/$1.pem" host.ssh
  printf '%s\n' "HostKey $work/host.ssh" "ListenAddress 127.0.0.1" "PidFile none" "UsePAM no" "LoginGraceTime 30" > sshd.conf
  start /usr/sbin/sshd -D -e -p "$port" -f "$work/sshd.conf" > server.out 2>&1 & pid=$!
  case $1 in rsa*) type=rsa ;; p*) type=ecdsa ;; *) type=ed25519 ;; esac
  wait_for server.out listening && clean ssh-keyscan -t "$type" -p "$port" 127.0.0.1 2>/dev/null | grep -q . &&
    core "sshd-$1" "$pid"
  # A session: its privileged process signed the key exchange; the client waits for a password.
  printf '#!/bin/sh\nsleep 20\n' > askpass && chmod +x askpass
  start SSH_ASKPASS="$work/askpass" SSH_ASKPASS_REQUIRE=force ssh -F none -p "$port" -o UserKnownHostsFile=/dev/null \
    -o StrictHostKeyChecking=no -o PreferredAuthentications=password nobody@127.0.0.1 true > ssh.out 2>&1 < never & client=$!
  for _ in $(seq 50); do pgrep -P "$client" > /dev/null && break; sleep 0.1; done
  core "sshd-session-$1" "$(pgrep -P "$pid" | head -1)"
  finish "$client"; finish "$pid"
}

gpg-agent() {
  case $1 in rsa*) type=$1 ;; p256) type=nistp256 ;; p384) type=nistp384 ;; *) type=ed25519 ;; esac
  home=$work/gpg-$1
  mkdir -m 700 "$home"
  g() { clean GNUPGHOME="$home" gpg --batch --quiet --no-tty "$@"; }
  # Made by one agent, used by a fresh one: the dump holds what reading and signing leave.
  g --passphrase '' --quick-generate-key "$1@example" "$type" sign never 2>/dev/null || { echo "gpg: no $1" >&2; return; }
  g --armor --export > "$keys/gpg-$1.public.asc"
  g --passphrase '' --pinentry-mode loopback --armor --export-secret-keys > "$keys/gpg-$1.secret.asc"
  cp "$home"/private-keys-v1.d/*.key "$keys/gpg-$1.key"
  clean GNUPGHOME="$home" gpgconf --kill gpg-agent
  echo text | g --armor --detach-sign | grep -q 'BEGIN PGP SIG' &&
    core "gpg-agent-$1" "$(clean GNUPGHOME="$home" gpg-connect-agent 'getinfo pid' /bye | sed -n 's/^D //p')"
  clean GNUPGHOME="$home" gpgconf --kill gpg-agent
}

# A Windows program under wine: starts it, does DURING once it says "ready", writes its minidump. NAME DURING COMMAND
windows() {
  rm -f dump-now dump.dmp server.out
  [ -s minidump.exe ] || x86_64-w64-mingw32-gcc -O1 -s -o minidump.exe "$here/minidump.c" -ldbghelp || return
  start WINEPREFIX="$work/wine" WINEDEBUG=-all USER=user wine minidump.exe dump.dmp "$3" > server.out 2>&1 < never & pid=$!
  if wait_for server.out ready && $2; then
    touch dump-now
    wait "$pid"
    mv dump.dmp "$out/$1.dmp" && echo "$1.dmp $(stat -c %s "$out/$1.dmp")"
  else
    head -c 200 server.out >&2; finish "$pid"
  fi
}

# CNG. Wine keeps the keys outside what Windows programs see (GnuTLS, in the Linux half of the process): hence a core too.
windows-cng() {
  case $1 in rsa*) type=rsa ;; p*) type=$1 ;; *) echo "windows-cng: no Ed25519 in CNG" >&2; return ;; esac
  [ -s cng.exe ] || x86_64-w64-mingw32-gcc -O1 -s -o cng.exe "$here/cng.c" -lbcrypt || return
  "$PYTHON" "$here/convert.py" cng "$keys/$1.pem" "$1.blob"
  windows "windows-cng-$1" true "cng.exe $type $1.blob"
  rm -f server.out
  start WINEPREFIX="$work/wine" WINEDEBUG=-all USER=user wine cng.exe "$type" "$1.blob" > server.out 2>&1 < never & pid=$!
  wait_for server.out ready 2>/dev/null && core "wine-cng-$1" "$pid"
  finish "$pid"
}

# Go for Windows: its keys are in the program's own memory.
windows-go() {
  port=$(free_port)
  [ -s tls-server.exe ] || CGO_ENABLED=0 GOOS=windows "$GO" build -o tls-server.exe "$here/tls-server.go" || return
  system=$work/wine/drive_c/windows/system32
  [ -d "$system" ] || clean WINEPREFIX="$work/wine" WINEDEBUG=-all USER=user wineboot -i > /dev/null 2>&1
  [ -s "$system/bcryptprimitives.dll" ] ||
    x86_64-w64-mingw32-gcc -O1 -s -shared -o "$system/bcryptprimitives.dll" "$here/prng.c" -ladvapi32 || return
  cp "$keys/$1.crt" "$keys/$1.pem" .
  windows "windows-go-$1" "connect $port windows-go-$1" "tls-server.exe $port $1.crt $1.pem"
}

[ $# -gt 0 ] || set -- openssl-s_server nginx gnutls python-ssl node java go ssh-agent sshd gpg-agent windows-cng windows-go
for runtime; do for key in $KEYS; do "$runtime" "$key"; done; done
