"""A gRPC server over TLS: BoringSSL, bundled with grpcio. usage: grpc-server.py PORT CERT KEY"""
import concurrent.futures
import gc
import sys
import time

import grpc


def serve(port, certificate, key):
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
    credentials = grpc.ssl_server_credentials([(open(key, "rb").read(), open(certificate, "rb").read())])
    server.add_secure_port(f"127.0.0.1:{port}", credentials)
    server.start()
    return server


held = serve(*sys.argv[1:])
gc.collect()
print("ready", flush=True)
time.sleep(120)
