#!/usr/bin/env bash
# Dumps in every format that some program here writes, and the same dump in every wrapper, each with a throwaway key inside.
# What is there already is kept. Needs what matrix/make-dumps.sh, matrix/heap.sh and matrix/guest.sh need, and Debian's
# makedumpfile, zstd, pigz, gzip, xz-utils, bzip2, lz4, lzop, zip, 7zip, libarchive-tools, gcab, tar, curl, libsnappy1v5, liblzo2-2,
# python3-libkdumpfile; a Python (PYTHON) with cryptography, python-snappy, and for the proof volatility3 and minidump. Optional, told where absent:
# AVML (AVML: the program, built with --features convert), apport's problem_report.py (APPORT: its folder).
# usage: make.sh OUT
set -u
here=$(cd "$(dirname "$0")" && pwd)
matrix=$here/../matrix
mkdir -p "$1"
out=$(cd "$1" && pwd)
PYTHON=${PYTHON:-python3}
GO=${GO:-/usr/local/go/bin/go}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
absent() { echo "left out: $*" >&2; }

# ── dumps of processes and of a virtual machine: $out/matrix, $out/guest ──
need() { for name; do [ -s "$out/$name" ] || return 0; done; return 1; }
if need matrix/{openssl-s_server-rsa2048,openssl-s_server-p256,nginx-rsa2048}.core matrix/windows-go-rsa2048.dmp; then
  KEYS='rsa2048 p256' bash "$matrix/make-dumps.sh" "$out/matrix" openssl-s_server nginx windows-go
fi
need matrix/jmap-live-{rsa2048,p256}.hprof && bash "$matrix/heap.sh" "$out/matrix" rsa2048 p256
need guest/qemu-{rsa2048,p256}.raw && bash "$matrix/guest.sh" "$out/guest" rsa2048 p256
keys=$out/matrix/keys

# ── others: $out/more ──
more=$out/more
mkdir -p "$more"
if need more/go-heap-rsa2048.heapdump; then
  cp "$here/heap.go" main.go
  printf 'module heap\ngo 1.22\n' > go.mod
  "$GO" build -trimpath -o heap . && env -i ./heap "$keys/rsa2048.pem" "$more/go-heap-rsa2048.heapdump" || absent 'Go heap dump'
fi
if need more/node-p256.heapsnapshot; then
  (mkdir snapshot && cd snapshot && exec env -i "$(command -v node)" --heapsnapshot-signal=SIGUSR2 -e '
    globalThis.kept = require("node:fs").readFileSync(process.argv[1], "latin1").trim();
    console.log("ready"); setInterval(() => kept.length, 1000);' "$keys/p256.pem") > ready & pid=$!
  until grep -q ready ready; do sleep 0.2; done
  kill -USR2 $pid
  # It is whole when it ends with the strings' bracket.
  for _ in $(seq 100); do sleep 0.3; tail -qc 3 snapshot/*.heapsnapshot 2> /dev/null | grep -q ']}' && break; done
  kill $pid
  mv snapshot/*.heapsnapshot "$more/node-p256.heapsnapshot" || absent 'V8 heap snapshot'
fi
if need more/qemu-rsa2048.avml; then
  if [ -n "${AVML:-}" ]; then
    "$AVML" convert --source-format lime --format lime_compressed "$out/guest/guest/qemu-rsa2048.lime" "$more/qemu-rsa2048.avml"
  else absent 'AVML (set AVML)'; fi
fi
# makedumpfile wants the program headers where kexec puts them.
if command -v makedumpfile > /dev/null && need more/makedumpfile-{zlib,lzo,snappy,flattened}; then
  "$PYTHON" "$here/classic-elf.py" "$out/guest/guest/qemu-rsa2048.elf" classic.elf
  # All pages: to leave any out it would need the kernel's symbols.
  for form in c:zlib l:lzo p:snappy; do
    makedumpfile "-${form%:*}" -d 1 classic.elf "$more/makedumpfile-${form#*:}" > makedumpfile.out 2>&1 || { tail -2 makedumpfile.out >&2; absent "makedumpfile -${form%:*}"; }
  done
  makedumpfile -F -c -d 1 classic.elf > "$more/makedumpfile-flattened" 2> makedumpfile.out || absent 'makedumpfile -F'
fi

# QEMU's migration of a machine that has this memory and never runs: its own pmemsave stays the truth.
raw=$out/guest/qemu-rsa2048.raw
if need more/qemu-rsa2048.qevm; then
  { echo "migrate \"exec:cat > $more/qemu-rsa2048.qevm\""
    size=0
    # It is whole when it grows no more.
    until sleep 3; [ "$size" -gt 0 ] && [ "$size" = "$(stat -c %s "$more/qemu-rsa2048.qevm")" ]; do size=$(stat -c %s "$more/qemu-rsa2048.qevm"); done
    echo quit; } | timeout 120 qemu-system-x86_64 -accel tcg -M pc -m $(($(stat -c %s "$raw") >> 20)) -S -nodefaults \
    -display none -device loader,file="$raw",addr=0,force-raw=on -monitor stdio > qemu.out || absent 'QEMU migration'
fi
if need more/rsa2048.{vmss,kernel.dmp,save} more/nginx-rsa2048.macho; then
  "$PYTHON" "$here/forms.py" "$raw" "$more/qemu-rsa2048.qevm" "$out/matrix/nginx-rsa2048.core" "$more" || absent 'forms'
fi

# ── wrappers of one core: $out/packed; and, for their speed, of the memory of a machine: $out/large ──
core=$out/matrix/nginx-rsa2048.core
pack() { # FOLDER FILE
  mkdir -p "$out/$1"
  cd "$out/$1" || return
  to() { [ -s "$1" ] || { "${@:2}" > "$1.part" && mv "$1.part" "$1"; } || absent "$1"; }
  to core.zst zstd -qc "$2"
  to core.long.zst zstd -qc --long=27 "$2"
  to core.pzst pzstd -qc "$2"
  to core.gz gzip -c "$2"
  to core.pigz.gz pigz -c "$2"
  to core.xz xz -cT2 --block-size=16MiB -2 "$2"
  to core.bz2 bzip2 -c "$2"
  to core.lz4 lz4 -qc "$2"
  to core.legacy.lz4 lz4 -qlc "$2"
  to core.lzo lzop -qc "$2"
  [ -s core.sz ] || "$PYTHON" -m snappy -c "$2" core.sz || absent core.sz
  to core.tar tar -cf - -C "$(dirname "$2")" "$(basename "$2")"
  [ -s core.zip ] || zip -qjX core.zip "$2"
  [ -s core.7z ] || 7zz a -bso0 -bsp0 core.7z "$2" || absent 7zz
}
pack large "$out/guest/qemu-rsa2048.raw"
pack packed "$core"
to core.tar.gz gzip -c core.tar
to core.tar.zst zstd -qc core.tar
[ -s core.zip64 ] || { zip -qjX -fz core64.zip "$core" && mv core64.zip core.zip64; }
[ -s core.streamed.zip ] || (cd "$(dirname "$core")" && zip -qX -fd - "$(basename "$core")") | cat > core.streamed.zip
seven() { [ -s "$1" ] || 7zz a -bso0 -bsp0 "${@:3}" "$1" "$2" || absent "7zz ${*:3}"; }
printf 'a file before it' > "$work/before"
seven core.solid.7z "$core" -ms=on -mqs=off "-i!$work/before"
seven core.lzma.7z "$core" -m0=lzma -ms=off
seven core.bcj2.7z "$core" -mf=BCJ2
seven core.deflate64.7z "$core" -m0=deflate64
seven core.bzip2.7z "$core" -m0=bzip2
seven core.delta.7z "$core" -m0=delta:8 -m1=lzma2
seven core.ppmd.7z "$core" -m0=ppmd
seven core.encrypted.7z "$core" -psecret
seven core.locked.7z "$core" -psecret -mhe=on
seven core.deflate64.zip "$core" -tzip -mm=Deflate64
seven core.lzma.zip "$core" -tzip -mm=LZMA
[ -s core.libarchive.7z ] || bsdtar --format=7zip -cf core.libarchive.7z -C "$(dirname "$core")" "$(basename "$core")" || absent bsdtar
[ -s core.cab ] || (cd "$(dirname "$core")" && gcab -czn "$out/packed/core.cab" "$(basename "$core")") || absent gcab
[ -s core.multipart ] || python3 "$here/upload.py" "$core" core.multipart || absent curl
if [ -n "${APPORT:-}" ]; then [ -s core.crash ] || PYTHONPATH=$APPORT python3 "$here/crash.py" "$core" core.crash
else absent 'apport (set APPORT)'; fi
# As systemd-coredump names and packs them.
named=core.nginx.0.6a57c3d5e2bb4d2b9b0a1f7fbc2ba7f5.4711.1700000000000000
cp -n core.zst $named.zst && cp -n core.lz4 $named.lz4

# ── extremes: $out/extreme ──
mkdir -p "$out/extreme"
cd "$out/extreme" || exit 1
if need extreme/zeros.hprof.gz; then
  javac -d "$work" "$here/Zeros.java" && {
    env -i java -XX:+UseSerialGC -Xmx3g -cp "$work" Zeros 2000 > "$work/ready" & pid=$!
    until grep -q ready "$work/ready"; do sleep 0.3; done
    jmap -dump:format=b,file="$work/zeros.hprof" $pid > /dev/null &&
      gzip -9c "$work/zeros.hprof" > zeros.hprof.gz
    kill $pid
  }
fi
[ -s members.zip ] || python3 "$here/members.py" 100000 "$keys/p256.pem" members.zip
[ -s million.zip ] || python3 "$here/members.py" 1000000 "$keys/p256.pem" million.zip
ls -l "$out"/*/ | awk '{print $5, $9}' > "$out/files.txt"
