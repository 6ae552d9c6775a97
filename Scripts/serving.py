"""Apus for the check scripts: a server, which it starts on a free port, watches and stops; the tools; and what held."""
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import time
import urllib.request


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    def __init__(self, apus, environment):
        self.url = f"http://127.0.0.1:{free_port()}"
        self.environment = {**os.environ, **environment, "OLLAMA_HOST": self.url.removeprefix("http://")}
        self.log = open(os.environ.get("APUS_SERVER_LOG", os.devnull), "a")
        self.process = subprocess.Popen([apus, "serve"], env=self.environment, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 20
        while True:
            try:
                urllib.request.urlopen(self.url, timeout=1).read()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"apus serve did not answer on {self.url} (exit code {self.process.poll()})")
                time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()
        self.log.close()

    def post(self, path, body, timeout=300):
        """The response, open for reading."""
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return urllib.request.urlopen(request, timeout=timeout)

    def json(self, path, body):
        with self.post(path, body) as response:
            return json.load(response)

    def command(self, apus, *arguments, timeout=600):
        """Standard output of a command of the CLI against this server."""
        done = subprocess.run([apus, *arguments], env=self.environment, capture_output=True, text=True,
                              timeout=timeout)
        if done.returncode:
            raise SystemExit(f"apus {' '.join(arguments)} failed with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    # What /proc tells of the server's process.

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def resident_bytes(self):
        return self.status_bytes("VmRSS")

    def peak_resident_bytes(self):
        return self.status_bytes("VmHWM")

    def status_bytes(self, field):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
        raise SystemExit("the server is gone")

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def probe(apus, *arguments):
    """What a tool prints as JSON."""
    output = subprocess.run([apus, "probe", *map(str, arguments), "--json"], check=True, capture_output=True, text=True)
    return json.loads(output.stdout.strip().splitlines()[-1])


class Checks:
    """Counts what held; prints the closing line that test runners print."""

    def __init__(self):
        self.passed = self.failed = 0

    def expect(self, holds, what):
        print(("ok      " if holds else "FAILED  ") + what, flush=True)
        if holds:
            self.passed += 1
        else:
            self.failed += 1

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        raise SystemExit(1 if self.failed else 0)
