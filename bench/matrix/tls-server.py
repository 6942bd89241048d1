"""A TLS server: one certificate, answers connections with a line. usage: tls-server.py PORT CERT KEY"""
import socket
import ssl
import sys

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])  # OpenSSL reads the file: Python never holds its text.
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("ready", flush=True)
while True:
    try:
        connection, _ = listener.accept()
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.sendall(b"hello\n")
    except OSError:
        pass
