#!/usr/bin/env bash
# Physical memory of a whole virtual machine (QEMU, no KVM needed) in which `openssl s_server` holds a throwaway private
# key, after one connection. All files of a key are of the same stopped machine:
#   OUT/qemu-KEY.raw                  pmemsave: physical addresses are file offsets
#   OUT/guest/qemu-KEY.elf, qemu-paging-KEY.elf, qemu-KEY.kdump-zlib (flattened)    dump-guest-memory
#   OUT/guest/qemu-KEY.lime           from the raw image and the guest's /proc/iomem
#   OUT/guest/qemu-KEY.log, .registers    the server's process, maps and page frames, told by the guest itself; CPU state
# Needs Debian's qemu-system-x86, busybox-static, cpio, openssl, python3, dpkg; a kernel package with a serial console
# (KERNEL=linux-image-….deb; without it the one of linux-image-cloud-amd64 is downloaded). Keys as make-dumps.sh makes them.
# With FRAGMENTED=1 neighbouring pages of a process lie apart in physical memory; files are then named qemu-fragmented-KEY….
# With Debian's makedumpfile, libsnappy1v5, liblzo2-2 and libzstd1 there are also .kdump (not flattened, zlib),
# .kdump-snappy, .kdump-lzo and .kdump-zstd: QEMU of Debian writes zlib only.
# usage: [MEMORY=MB] [CPU=MODEL] [FRAGMENTED=1] guest.sh OUT [KEY…]
set -u
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/keys" "$1/guest"
out=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- rsa2048 rsa4096 p256 p384 ed25519
memory=${MEMORY:-160}
fragmented=${FRAGMENTED:+fragmented}
kernel=${KERNEL:+$(realpath "$KERNEL")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
# Keys only: no runtime is asked for, and no key that is there is made anew.
KEYS="$*" bash "$here/make-dumps.sh" "$out" true > /dev/null || exit 1

# ── the guest: a kernel and, in memory, busybox, openssl and what that is linked to ──
if [ -z "$kernel" ]; then
  apt-get download -q "$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-\)/\1/p' | head -1)" > /dev/null || exit 1
  kernel=$(echo "$work"/linux-image-*.deb)
fi
dpkg-deb -x "$kernel" kernel || exit 1
mkdir -p root/{bin,proc,sys,dev,etc,lib,lib64,tmp,usr/lib/ssl}
cp /bin/busybox /usr/bin/split "$(command -v openssl)" root/bin/
ldd "$(command -v openssl)" | grep -o '/[^ ]*' | while read -r library; do
  mkdir -p "root$(dirname "$library")" && cp -L "$library" "root$library"
done
cp /usr/lib/ssl/openssl.cnf root/usr/lib/ssl/ 2>/dev/null || : > root/usr/lib/ssl/openssl.cnf
find kernel -name qemu_fw_cfg.ko -exec cp {} root/ \;
install -m 755 "$here/guest-init.sh" root/init

for key; do
  name=qemu-${fragmented:+fragmented-}$key
  log=$out/guest/$name.log
  cp "$out/keys/$key.crt" root/cert.pem
  cp "$out/keys/$key.pem" root/key.pem
  (cd root && find . | cpio --quiet -o -H newc | gzip -1) > initramfs
  rm -f qmp "$log"
  qemu-system-x86_64 -accel tcg -cpu "${CPU:-qemu64,+rdrand}" -m "$memory" -nodefaults -display none -no-reboot \
    -device vmcoreinfo -kernel kernel/boot/vmlinuz-* -initrd initramfs -append "console=ttyS0 quiet panic=-1 $fragmented" \
    -serial "file:$log" -qmp unix:qmp,server,nowait & pid=$!
  for _ in $(seq 300); do grep -q '^ready' "$log" 2>/dev/null && break; kill -0 "$pid" 2>/dev/null || break; sleep 1; done
  if grep -q '^ready' "$log"; then
    tr -d '\r' < "$log" > log && mv log "$log"
    python3 "$here/guest-dump.py" qmp $((memory << 20)) "$out/$name.raw" "$out/guest" "$name" | sed "s/^/$name /"
    kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null
    python3 "$here/guest-lime.py" "$out/$name.raw" "$log" "$out/guest/$name.lime"
    if command -v makedumpfile > /dev/null; then
      rm -f "$out/guest/$name.kdump"
      makedumpfile -R "$out/guest/$name.kdump" < "$out/guest/$name.kdump-zlib" > makedumpfile.out || tail -3 makedumpfile.out >&2
      for form in snappy lzo zstd; do
        python3 "$here/guest-kdump.py" "$out/guest/$name.kdump" $form "$out/guest/$name.kdump-$form" || rm -f "$out/guest/$name.kdump-$form"
      done
    fi
  else
    echo "not ready: $name" >&2; tail -5 "$log" >&2; kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null
  fi
done
