# Cuts 64 KiB around the first place of a file's bytes out of a dump: excerpt.py DUMP NEEDLE OUT
import sys
dump, needle = open(sys.argv[1], 'rb').read(), open(sys.argv[2], 'rb').read()
at = dump.index(needle)
open(sys.argv[3], 'wb').write(dump[max(0, at - 30011):at + 35525])
