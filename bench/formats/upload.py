"""What curl sends of a form with a dump, as a crash collector receives it. usage: upload.py DUMP OUT"""
import http.server
import subprocess
import sys


class Sink(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        with open(sys.argv[2], "wb") as file:
            file.write(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Sink)
curl = subprocess.Popen(["curl", "-s", "-H", "Expect:", "-F", "prod=Example", "-F", f"upload_file_minidump=@{sys.argv[1]}",
                         f"http://127.0.0.1:{server.server_port}/"])
server.handle_request()
curl.wait()
