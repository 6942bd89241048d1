#!/usr/bin/env bash
# Makes the samples anew: real programs, run with throwaway keys in an empty environment, dumped by gdb's gcore, by
# qemu-user (other processors) and by wine's MiniDumpWriteDump. Needs Debian's openssl, python3, gdb, perl, openssh-client,
# default-jdk-headless, putty-tools, gcc-arm-linux-gnueabihf, gcc-s390x-linux-gnu, qemu-user-static, wine64, gcc-mingw-w64.
# usage: make.sh OUT
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
clean() { env -i PATH=/usr/bin:/bin LANG=C "$@"; }
# For the background: $! is then the program itself.
start() { exec env -i PATH=/usr/bin:/bin LANG=C "$@"; }

# ── throwaway keys ──
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem 2>/dev/null
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa2.pem 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384.pem
openssl genpkey -algorithm ED25519 -out ed25519.pem
openssl req -x509 -new -key rsa.pem -subj '/O=Dumpsieve sample/CN=throwaway.example' -days 3650 -out rsa.crt
openssl pkey -in rsa.pem -traditional -out rsa.pkcs1.pem
openssl rsa -in rsa2.pem -traditional -outform DER -out rsa2.pkcs1.der 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in p384.pem -outform DER -out p384.pkcs8.der
openssl pkcs8 -topk8 -nocrypt -in ed25519.pem -outform DER -out ed25519.pkcs8.der
openssl ec -in p256.pem -outform DER -out p256.sec1.der 2>/dev/null
openssl pkcs8 -topk8 -in p256.pem -v2 aes-256-cbc -passout pass:only-a-sample -out encrypted.pem
openssl pkcs12 -export -inkey rsa.pem -in rsa.crt -passout pass:only-a-sample -out store.p12
openssl pkcs12 -export -inkey rsa2.pem -in <(openssl req -x509 -new -key rsa2.pem -subj /CN=second.example -days 3650) \
  -passout pass:only-a-sample -out second.p12
keytool -importkeystore -srckeystore second.p12 -srcstoretype PKCS12 -srcstorepass only-a-sample \
  -destkeystore store.jks -deststoretype JKS -deststorepass only-a-sample 2>/dev/null
ssh-keygen -q -t ed25519 -N '' -C sample -f ssh_ed25519
cp ssh_ed25519 putty.in && puttygen putty.in -O private -o ssh_ed25519.ppk
cp p256.pem p256.pem.utf16
python3 "$here/text-forms.py" rsa.pem rsa.jwk rsa.xml

# ── dumps ──
# gcore obeys the filter: 1 is private anonymous memory, 0x10 the first page of mapped files.
core() { # NAME PID FILTER
  echo "$3" > "/proc/$2/coredump_filter"
  gdb -q -batch -nx -iex 'set auto-load off' -ex 'set use-coredump-filter on' -p "$2" -ex "gcore $out/$1.core" > /dev/null 2>&1
  kill -9 "$2"
}
ready() { for _ in $(seq 100); do grep -q "$2" "$1" 2>/dev/null && return; sleep 0.1; done; echo "not ready: $1"; exit 1; }

mkfifo never
# A shell that has read a key into a variable, as deployment scripts do.
start bash -c 'KEY="$(cat rsa.pem)"; echo ready; read -r _ < never' > bash.out & pid=$!
ready bash.out ready && core bash-variable "$pid" 0x1

cp "$here/python-forms.py" .
start python3 -I -S python-forms.py rsa.pkcs1.pem rsa2.pkcs1.der p384.pkcs8.der ed25519.pkcs8.der p256.sec1.der \
  encrypted.pem store.p12 store.jks ssh_ed25519 ssh_ed25519.ppk p256.pem.utf16 rsa.jwk rsa.xml > python.out & pid=$!
ready python.out ready && core python-forms "$pid" 0x1

start openssl s_server -accept 127.0.0.1:0 -key rsa.pem -cert rsa.crt > s_server.out < <(sleep 60) & pid=$!
ready s_server.out ACCEPT && core openssl-s_server "$pid" 0x3

arm-linux-gnueabihf-gcc -O1 -static -s -o hold-arm "$here/hold.c"
s390x-linux-gnu-gcc -O1 -static -s -o hold-s390x "$here/hold.c"
for machine in arm s390x; do
  (ulimit -c unlimited; clean "qemu-$machine-static" "./hold-$machine" p256.pem rsa2.pkcs1.der p384.pkcs8.der) 2>/dev/null || true
  mv qemu_hold-$machine*.core "$out/$machine-crash.core"
done

export WINEPREFIX="$work/wine" WINEDEBUG=-all
x86_64-w64-mingw32-gcc -O1 -s -o windows-keys.exe "$here/windows-keys.c" -lbcrypt -lcrypt32 -ladvapi32 -ldbghelp
clean WINEPREFIX="$WINEPREFIX" WINEDEBUG=-all USER=user wine windows-keys.exe - - full-clean.dmp small-clean.dmp > /dev/null 2>&1
clean WINEPREFIX="$WINEPREFIX" WINEDEBUG=-all USER=user wine windows-keys.exe p256.pem rsa.xml full.dmp small.dmp > /dev/null 2>&1
mv small.dmp "$out/windows-stacks.dmp"
mv small-clean.dmp "$out/windows-clean.dmp"
[ -z "${KEEP_FULL:-}" ] || mv full.dmp "$out/../windows-full.dmp"

# ── cut and raw ones, from the above ──
size=$(stat -c %s "$out/bash-variable.core")
head -c $((size * 9 / 10)) "$out/bash-variable.core" > "$out/bash-truncated.core"
python3 "$here/excerpt.py" "$out/python-forms.core" p384.pkcs8.der "$out/excerpt.raw"

# ── clean ones ──
start sleep 60 & pid=$!; sleep 0.3; core sleep-clean "$pid" 0x13
start perl -e '$x{$_} = "value $_" for 1 .. 5000; $| = 1; print "ready\n"; sleep 60' > perl.out & pid=$!
ready perl.out ready && core perl-clean "$pid" 0x1
start bash -c 'for i in $(seq 500); do A[i]="line $i"; done; echo ready; read -r _ < never' > bash2.out & pid=$!
ready bash2.out ready && core bash-clean "$pid" 0x1

python3 "$here/manifest.py" "$out" .
# Addresses by readelf and by the Python package minidump (pip install minidump): addresses.py OUT, afterwards.
for file in "$out"/*.core "$out"/*.dmp "$out"/*.raw; do gzip -9 -n "$file"; done
