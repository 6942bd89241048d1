#!/usr/bin/env bash
# Dumps of programs that hold throwaway private keys in cryptographic libraries beyond those of ../make-dumps.sh: one per
# library and key, after one use of the key. Needs root, Debian's openssl, gdb, gcc, libnss3-dev, libmbedtls-dev,
# libwolfssl-dev, libbearssl-dev, libtomcrypt-dev, dropbear-bin, gnutls-bin, python3; cargo with crates.io; Go ≥ 1.24 and
# the Go module proxy (go1-23, wireguard-go); a Python with grpcio, cryptography ≥ 48, pynacl, ecdsa and pycryptodome
# (PYTHON=…); SymCrypt built in SYMCRYPT=… (inc/, and libsymcrypt.so of its generic module below); a JDK in JDK=….
# usage: [KEYS='rsa2048 …'] make.sh OUT [LIBRARY…]
set -u
libraries=$(cd "$(dirname "$0")" && pwd)
here=$(dirname "$libraries")
mkdir -p "$1/keys"
out=$(cd "$1" && pwd)
shift
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
PYTHON=${PYTHON:-python3}
GO=${GO:-/usr/local/go/bin/go}
JDK=${JDK:-/usr/lib/jvm/temurin-25-jdk-amd64}
SYMCRYPT=${SYMCRYPT:-}
keys=$out/keys
. "$here/common.sh"

# ── keys, made once; every form that a program reads ──
for key in rsa2048 p256 p384 ed25519 x25519 x448 ed448 mlkem768 mldsa65; do
  [ ! -s "$keys/$key.pem" ] || continue
  case $key in
    rsa*) openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:${key#rsa}" -out "$keys/$key.pem" 2>/dev/null ;;
    p*) openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:P-${key#p}" -out "$keys/$key.pem" ;;
    ml*) "$PYTHON" "$libraries/raw.py" make "$key" "$keys/$key.pem" ;;
    *) openssl genpkey -algorithm "$key" -out "$keys/$key.pem" ;;
  esac
  case $key in rsa*|p*|ed25519)
    openssl req -x509 -new -key "$keys/$key.pem" -subj "/CN=$key.example" -addext subjectAltName=DNS:localhost -days 3650 \
      -out "$keys/$key.crt" ;;
  esac
done
for pem in "$keys"/*.pem; do
  key=$(basename "$pem" .pem)
  "$PYTHON" "$libraries/raw.py" der "$pem" "$key.der"
  case $key in rsa*) openssl rsa -in "$pem" -traditional -outform DER -out "$key.raw" 2>/dev/null ;;
    *) "$PYTHON" "$libraries/raw.py" raw "$pem" "$key.raw" ;; esac
  [ ! -s "$keys/$key.crt" ] || openssl x509 -in "$keys/$key.crt" -outform DER -out "$key.der.crt"
done

# ── helpers ──
connect() { # PORT NAME [OPTION…]
  port_=$1 name_=$2; shift 2
  (sleep 0.3; echo Q) | timeout 10 openssl s_client -connect "127.0.0.1:$port_" "$@" > client.out 2>&1
  grep -q 'Cipher is [TE]' client.out || { echo "no TLS: $name_" >&2; return 1; }
}
finish() { kill "$1" 2>/dev/null; sleep 0.2; kill -9 "$1" 2>/dev/null; wait "$1" 2>/dev/null; }
# A program that prints "ready" after one use of its key. NAME COMMAND…
held() {
  name=$1; shift
  start "$@" > program.out 2>&1 < never & pid=$!
  wait_for program.out ready && core "$name" "$pid" || head -c 300 program.out >&2
  finish "$pid"
}
# A server that prints "ready": one connection, then the dump. NAME PORT COMMAND…
serve() {
  name=$1 port=$2; shift 2
  start "$@" > program.out 2>&1 < never & pid=$!
  wait_for program.out ready && connect "$port" "$name" && core "$name" "$pid" || head -c 300 program.out >&2
  finish "$pid"
}
compile() { [ -x "$1" ] || gcc -O1 -o "$1" "$libraries/$1.c" "${@:2}"; }
cargo_holder() {
  [ -x holder ] && return
  CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$work/target} cargo build -q --release --manifest-path "$libraries/rust/Cargo.toml" &&
    cp "${CARGO_TARGET_DIR:-$work/target}/release/holder" .
}
type_of() { case $1 in rsa*) echo rsa ;; *) echo "$1" ;; esac; }
mkfifo never && exec 9<> never

# ── libraries: each takes a key's name, and returns 2 for a key it cannot hold ──
grpc() { # BoringSSL
  case $1 in rsa*|p256|p384) ;; *) return 2 ;; esac
  port=$(free_port)
  start "$PYTHON" -I "$libraries/grpc-server.py" "$port" "$keys/$1.crt" "$keys/$1.pem" > program.out 2>&1 < never & pid=$!
  wait_for program.out ready && connect "$port" "grpc-$1" -alpn h2 && core "grpc-$1" "$pid" || head -c 300 program.out >&2
  finish "$pid"
}
nss() {
  case $1 in rsa*|p256|p384) ;; *) return 2 ;; esac
  compile nss $(pkg-config --cflags --libs nss) || return
  openssl pkcs12 -export -inkey "$keys/$1.pem" -in "$keys/$1.crt" -passout pass:only-a-sample -out "$1.p12"
  mkdir "nss-$1" && held "nss-$1" ./nss "$1.p12" only-a-sample "sql:nss-$1"
}
nss-session() {
  case $1 in rsa*|p256|p384) ;; *) return 2 ;; esac
  compile nss $(pkg-config --cflags --libs nss) && held "nss-session-$1" ./nss "$1.der"
}
holder_of() { # LIBRARY KEY
  cargo_holder && held "$1-$2" ./holder "$1" "$(type_of "$2")" "$2.der"
}
ring() { case $1 in rsa*|p256|p384|ed25519) holder_of ring "$1" ;; *) return 2 ;; esac; }
aws-lc-rs() { case $1 in rsa*|p256|p384|ed25519) holder_of aws-lc-rs "$1" ;; *) return 2 ;; esac; }
rustcrypto() { case $1 in rsa*|p256|p384|ed25519) holder_of rustcrypto "$1" ;; *) return 2 ;; esac; }
rustls() { # PROVIDER KEY
  case $2 in rsa*|p256|p384|ed25519) ;; *) return 2 ;; esac
  port=$(free_port)
  cargo_holder && serve "$1-$2" "$port" ./holder "$1" "$port" "$2.der"
}
rustls-ring() { rustls rustls-ring "$1"; }
rustls-aws() { rustls rustls-aws "$1"; }
go1-23() {
  case $1 in rsa*|p256|p384|ed25519) ;; *) return 2 ;; esac
  port=$(free_port)
  [ -x go1-23 ] || GOTOOLCHAIN=go1.23.8 CGO_ENABLED=0 "$GO" build -o go1-23 "$here/tls-server.go" || return
  serve "go1-23-$1" "$port" ./go1-23 "$port" "$keys/$1.crt" "$keys/$1.pem"
}
go-mlkem() {
  [ "$1" = mlkem768 ] || return 2
  [ -x mlkem ] || CGO_ENABLED=0 "$GO" build -o mlkem "$libraries/mlkem.go" || return
  held "go-mlkem-$1" ./mlkem "$1.raw"
}
go-ecdh() {
  case $1 in p256|x25519) ;; *) return 2 ;; esac
  [ -x ecdh ] || CGO_ENABLED=0 "$GO" build -o ecdh "$libraries/ecdh.go" || return
  held "go-ecdh-$1" ./ecdh "$1" "$1.raw"
}
python-cryptography() { held "python-cryptography-$1" "$PYTHON" -I "$libraries/python-holder.py" cryptography "$1" "$keys/$1.pem"; }
libsodium() {
  case $1 in ed25519|x25519) held "libsodium-$1" "$PYTHON" -I "$libraries/python-holder.py" nacl "$1" "$1.raw" ;; *) return 2 ;; esac
}
python-ecdsa() {
  case $1 in p256|p384|ed25519) held "python-ecdsa-$1" "$PYTHON" -I "$libraries/python-holder.py" ecdsa "$1" "$keys/$1.pem" ;; *) return 2 ;; esac
}
pycryptodome() {
  case $1 in rsa*|p*|ed*) held "pycryptodome-$1" "$PYTHON" -I "$libraries/python-holder.py" pycryptodome "$1" "$keys/$1.pem" ;; *) return 2 ;; esac
}
symcrypt() {
  case $1 in rsa*|p256|p384) ;; *) return 2 ;; esac
  compile symcrypt -I"$SYMCRYPT/inc" -L"$SYMCRYPT/b/module/generic" -Wl,-rpath,"$SYMCRYPT/b/module/generic" -lsymcrypt || return
  "$PYTHON" "$libraries/raw.py" numbers "$keys/$1.pem" "$1.numbers" && held "symcrypt-$1" ./symcrypt "$(type_of "$1")" "$1.numbers"
}
mbedtls() {
  case $1 in rsa*|p256|p384) compile mbedtls -lmbedcrypto && held "mbedtls-$1" ./mbedtls "$1.der" ;; *) return 2 ;; esac
}
wolfssl() {
  compile wolfssl -lwolfssl || return
  case $1 in
    rsa*) held "wolfssl-$1" ./wolfssl rsa "$1.raw" ;;
    p256|p384) openssl ec -in "$keys/$1.pem" -outform DER -out "$1.sec1" 2>/dev/null && held "wolfssl-$1" ./wolfssl ec "$1.sec1" ;;
    ed25519) held "wolfssl-$1" ./wolfssl ed25519 "$1.der" ;;
    *) return 2 ;;
  esac
}
bearssl() {
  case $1 in rsa*|p256|p384) compile bearssl -lbearssl && held "bearssl-$1" ./bearssl "$1.der" ;; *) return 2 ;; esac
}
tomcrypt_of() { # MATHS KEY
  compile tomcrypt -DLTC_SOURCE -DUSE_LTM -DLTM_DESC -DUSE_GMP -DGMP_DESC -ltomcrypt || return
  case $2 in
    rsa*) held "tomcrypt-$1-$2" ./tomcrypt "$1" rsa "$2.raw" ;;
    p256) "$PYTHON" "$libraries/raw.py" tomcrypt "$keys/$2.pem" "$2.tom" && held "tomcrypt-$1-$2" ./tomcrypt "$1" ec "$2.tom" ;;
    *) return 2 ;;
  esac
}
tomcrypt-tommath() { tomcrypt_of tommath "$1"; }
tomcrypt-gmp() { tomcrypt_of gmp "$1"; }
dropbear() {
  case $1 in rsa*) type=ssh-rsa ;; p256) type=ecdsa-sha2-nistp256 ;; ed25519) type=ssh-ed25519 ;; *) return 2 ;; esac
  port=$(free_port)
  "$PYTHON" "$here/convert.py" ssh "$keys/$1.pem" "$1.ssh" && rm -f "$1.dropbear"
  dropbearconvert openssh dropbear "$1.ssh" "$1.dropbear" > /dev/null 2>&1
  start /usr/sbin/dropbear -F -E -r "$work/$1.dropbear" -p "127.0.0.1:$port" -P "$work/dropbear.pid" > program.out 2>&1 < never & pid=$!
  # A session holds the key in use: the client waits for a password.
  printf '#!/bin/sh\nsleep 20\n' > askpass && chmod +x askpass
  wait_for program.out 'Not backgrounding'
  start SSH_ASKPASS="$work/askpass" SSH_ASKPASS_REQUIRE=force ssh -F none -p "$port" -o UserKnownHostsFile=/dev/null \
    -o StrictHostKeyChecking=no -o PreferredAuthentications=password -o "HostKeyAlgorithms=$type,rsa-sha2-256" nobody@127.0.0.1 true > ssh.out 2>&1 < never & client=$!
  for _ in $(seq 50); do pgrep -P "$client" > /dev/null && break; sleep 0.1; done
  core "dropbear-$1" "$(pgrep -P "$pid" | head -1)" || cat program.out >&2
  finish "$client"; finish "$pid"
}
java25() {
  case $1 in x448|ed448|x25519|ed25519|rsa*|p256) ;; *) return 2 ;; esac
  [ -s JavaHolder.class ] || "$JDK/bin/javac" -d . "$libraries/JavaHolder.java" || return
  held "java25-$1" "$JDK/bin/java" -Xmx64m -XX:+UseSerialGC -cp . JavaHolder "$1" "$1.der"
}
wireguard-go() {
  [ "$1" = x25519 ] || return 2
  mkdir -p wg && cp "$libraries/wireguard.go" wg/ && cd wg || return
  [ -s go.mod ] || { "$GO" mod init wg && "$GO" get golang.zx2c4.com/wireguard@v0.0.0-20250521234502-f333402bd9cb; } > go.out 2>&1
  [ -x wireguard ] || "$GO" mod tidy > go.out 2>&1 && CGO_ENABLED=0 "$GO" build -o wireguard . || { cat go.out; cd ..; return 1; }
  cd .. && held "wireguard-go-$1" ./wg/wireguard "$1.raw"
}

[ $# -gt 0 ] || set -- grpc nss nss-session ring aws-lc-rs rustcrypto rustls-ring rustls-aws go1-23 go-mlkem go-ecdh python-cryptography \
  symcrypt mbedtls wolfssl libsodium wireguard-go java25 bearssl tomcrypt-tommath tomcrypt-gmp dropbear python-ecdsa pycryptodome
for library; do
  for key in ${KEYS:-rsa2048 p256 p384 ed25519 x25519 x448 ed448 mlkem768 mldsa65}; do "$library" "$key"; done
done
