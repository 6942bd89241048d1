"""Sends requests with credentials to the address in argv, and keeps what a program of its kind keeps."""
import base64
import http.client
import json
import sys
import time

port, plan = int(sys.argv[1]), json.loads(sys.stdin.readline())
connection = http.client.HTTPConnection("127.0.0.1", port)
basic = base64.b64encode(f"robot:{plan['basic']}".encode()).decode()
connection.request("GET", "/held", headers={
    "Authorization": "Basic " + basic,
    "Cookie": f"theme=dark; sessionid={plan['cookie']}",
})
settings = {
    "libpq": f"host=db.internal port=5432 dbname=billing user=app password={plan['libpq']} sslmode=require",
    "odbc": f"Driver={{ODBC Driver 18 for SQL Server}};Server=db.internal;Uid=app;Pwd={plan['odbc']};Encrypt=yes",
    "docker": json.dumps({"auths": {"registry.internal": {
        "auth": base64.b64encode(f"robot:{plan['docker']}".encode()).decode()}}}),
}
del plan
print("ready", flush=True)
time.sleep(600)
