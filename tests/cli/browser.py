"""A headless Chromium, driven over its debugging pipe: what a page looks like and what it asks for.

Nothing but the standard library: commands and answers are JSON, each ended by a NUL byte.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

# Whatever hangs here is a failure; a loaded machine needs some seconds to start a browser.
TIMEOUT_S = 90

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]


def find():
    """The browser's program, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """One browser with one page."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="ppt-omp-browser-")
        command_read, self.command_write = os.pipe()
        self.answer_read, answer_write = os.pipe()

        def connect():
            # The browser reads commands from 3 and writes answers to 4.
            os.dup2(os.dup(command_read), 3)
            os.dup2(os.dup(answer_write), 4)

        self.process = subprocess.Popen(
            [find(), *FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=connect,
        )
        os.close(command_read)
        os.close(answer_write)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.events = []
        (target,) = [
            t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page"
        ]
        self.session = self.call(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self):
        os.close(self.command_write)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.answer_read)
        shutil.rmtree(self.profile, ignore_errors=True)

    def message(self, deadline):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.answer_read], [], [], deadline - time.monotonic())
            data = os.read(self.answer_read, 1 << 16) if ready else b""
            if not data:
                raise TimeoutError("the browser does not answer")
            self.buffer += data
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **params):
        """Sends a command and returns its result; events that come meanwhile are kept."""
        self.number += 1
        command = {"id": self.number, "method": method, "params": params}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.command_write, json.dumps(command).encode() + b"\0")
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            message = self.message(deadline)
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def open(self, path):
        """Loads a file and waits until it is shown."""
        self.events = []
        self.call("Page.navigate", url=f"file://{path}")
        deadline = time.monotonic() + TIMEOUT_S
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            self.events.append(self.message(deadline))

    def evaluate(self, script):
        """What an expression is, or what its promise comes to."""
        result = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def resize(self, width, height, phone=False):
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=phone,
        )  # fmt: skip

    def prefer(self, scheme, media="screen"):
        self.call(
            "Emulation.setEmulatedMedia",
            media=media,
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )

    def requests(self):
        """Every address that the page asked for."""
        return [
            e["params"]["request"]["url"]
            for e in self.events
            if e.get("method") == "Network.requestWillBeSent"
        ]

    def complaints(self):
        """Errors and warnings on the console, and exceptions."""
        methods = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
        return [e["params"] for e in self.events if e.get("method") in methods]

    def settle(self):
        """Waits until all pictures can be painted."""
        self.evaluate("Promise.all([...document.images].map(i => i.decode().catch(() => 0)))")

    def height(self):
        """Of the whole page, also of what is out of sight."""
        return self.evaluate("Math.ceil(document.documentElement.getBoundingClientRect().height)")

    def picture(self, left, top, width, height):
        """A part of the page as the bytes of a PNG, out of sight or not."""
        clip = {"x": left, "y": top, "width": width, "height": height, "scale": 1}
        shot = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])
