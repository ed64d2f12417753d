"""Which TCP port on 127.0.0.1 the embedded server uses."""

import os
import random
import socket

from sonic.errors import SonicError, UsageError

ADDRESS = "127.0.0.1"
PORT_VARIABLE = "SONIC_PG_PORT"
AUTOMATIC_PORTS = range(25432, 26432)
"""Below the range from which systems take ports for outgoing connections, so that the port stays ours."""


def is_free(port: int) -> bool:
    """Whether nothing listens on `port` of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def demanded() -> int | None:
    """The port that `$SONIC_PG_PORT` asks for, if any."""
    text = os.environ.get(PORT_VARIABLE, "").strip()
    if not text:
        return None
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise UsageError(f"{text!r} is no usable port", PORT_VARIABLE, "Give a number from 1024 to 65535.")
    return int(text)


def choose(remembered: int | None) -> int:
    """A free port: the demanded one, else the remembered one, else any of `AUTOMATIC_PORTS`."""
    wanted = demanded()
    if wanted is not None:
        if not is_free(wanted):
            raise SonicError(
                f"Port {wanted} is taken by another program",
                f"{ADDRESS}:{wanted}, asked for by {PORT_VARIABLE}",
                f"Stop that program, or set {PORT_VARIABLE} to a free port, or unset it to have one chosen.",
            )
        return wanted
    if remembered is not None and is_free(remembered):
        return remembered
    for port in random.sample(AUTOMATIC_PORTS, k=len(AUTOMATIC_PORTS)):
        if is_free(port):
            return port
    raise SonicError(
        "No free port was found",
        f"{ADDRESS}, ports {AUTOMATIC_PORTS.start} to {AUTOMATIC_PORTS.stop - 1}",
        f"Stop a program that listens there, or set {PORT_VARIABLE} to a free port.",
    )
