# Keeps the files named as arguments as bytes, as text and as UTF-16, and waits to be dumped.
import sys, time
kept = []
for path in sys.argv[1:]:
    data = open(path, 'rb').read()
    if path.endswith('.utf16'):
        kept.append(data.decode('ascii').encode('utf-16-le'))
    else:
        kept.append(data)
data = None
print('ready', flush=True)
time.sleep(1000)
