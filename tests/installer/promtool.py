"""Lets promtool judge the metrics and the alerting rules.

    promtool.py PROMTOOL METRICS_SAMPLE_PROGRAM
"""

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "installer" / "fleet" / "alerts.yml"


def main():
    promtool, program = sys.argv[1:]
    text = subprocess.run([program], check=True, capture_output=True).stdout
    metrics = subprocess.run([promtool, "check", "metrics"], input=text, check=False,
                             capture_output=True)
    # It exits with 0 on some complaints; silence is what is wanted.
    if metrics.returncode != 0 or metrics.stdout or metrics.stderr:
        sys.exit((metrics.stdout + metrics.stderr).decode())
    subprocess.run([promtool, "check", "rules", RULES], check=True)
    cases = (ROOT / "tests" / "installer" / "alerts_test.yml").read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "alerts_test.yml"
        file.write_text(cases.replace("- ALERTS", f"- {RULES}"), "utf-8")
        subprocess.run([promtool, "test", "rules", file], check=True)


main()
