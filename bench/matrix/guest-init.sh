#!/bin/busybox sh
# /init of guest.sh's virtual machine: a TLS server, one connection, then facts about the server on the serial console.
PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
echo 0 > /proc/sys/kernel/kptr_restrict
# With it, the kernel tells the machine where its VMCOREINFO is; ELF and kdump files then hold that note.
[ ! -s /qemu_fw_cfg.ko ] || insmod /qemu_fw_cfg.ko
ifconfig lo 127.0.0.1 up
# As after weeks: most free memory is single pages with used ones between them, so neighbours in a process lie apart.
if grep -q fragmented /proc/cmdline; then
  mkdir /fill && mount -t tmpfs -o size=100%,nr_inodes=0 fill /fill
  free=$(sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo)
  head -c $(((free - 16384) * 3 / 4))k /dev/zero | split -a 4 -b 4096 - /fill/x
  rm /fill/*[acegikmoqsuwy]
  echo "FREE PAGES ($(ls /fill | wc -l) single ones in use between)"
  cat /proc/buddyinfo
fi
mkfifo /never && exec 9<> /never
openssl s_server -accept 127.0.0.1:4433 -cert /cert.pem -key /key.pem > /server.out 2>&1 < /never & pid=$!
until grep -q ACCEPT /server.out 2> /dev/null; do sleep 1; done
# The file system is memory: without this every image would hold the file as well.
dd if=/dev/zero of=/key.pem bs=1 count="$(stat -c %s /key.pem)" conv=notrunc 2> /dev/null
rm /key.pem
(sleep 1; echo Q) | openssl s_client -connect 127.0.0.1:4433 > /client.out 2>&1
grep 'Cipher is [TE]' /client.out
echo "PROCESS $pid"
grep -E '^(Name|Pid|PPid|VmRSS):' "/proc/$pid/status"
echo MAPS
cat "/proc/$pid/maps"
# Where each page of the heap is: one line of little-endian u64 per page, bits 0-54 the frame's number.
heap=$(sed -n 's/ .*\[heap\]$//p' "/proc/$pid/maps")
echo "PAGEMAP $heap"
first=$((0x${heap%-*} / 4096)) last=$((0x${heap#*-} / 4096))
dd if="/proc/$pid/pagemap" bs=8 skip=$first count=$((last - first)) 2> /dev/null | hexdump -v -e '8/1 "%02x" "\n"'
echo IOMEM
cat /proc/iomem
echo KALLSYMS
grep -E ' (_text|_stext|_end|init_task|init_mm|init_top_pgt|phys_base|page_offset_base|vmemmap_base|linux_banner|runqueues|__per_cpu_offset)$' /proc/kallsyms
echo VERSION
cat /proc/version
echo ready
while :; do sleep 1000; done
