"""A report as apport writes it, with a core. usage: PYTHONPATH=APPORT crash.py CORE OUT"""
import sys

import problem_report

report = problem_report.ProblemReport(date="Tue Jan  2 03:04:05 2024")
report["ExecutablePath"] = "/usr/bin/openssl"
report["Signal"] = "11"
report["CoreDump"] = open(sys.argv[1], "rb").read()
with open(sys.argv[2], "wb") as file:
    report.write(file)
