#!/usr/bin/env python3
"""Writes what Dovecot answers for every NAME.eml here to NAME.txt.

oracle.py HOST PORT USER PASSWORD: an IMAP server of Dovecot 2.3 with an empty account.
The first line is ENVELOPE, the second BODY, the third BODYSTRUCTURE; literals are written as
{n}CRLF followed by their bytes, as on the wire.
"""
import glob
import os
import socket
import sys


class Wire:
    def __init__(self, host, port):
        self.file = socket.create_connection((host, port)).makefile("rwb")
        self.file.readline()

    def send(self, data):
        self.file.write(data)
        self.file.flush()

    def response(self):
        """One response: lines joined over literals."""
        data = b""
        while True:
            line = self.file.readline()
            data += line
            if line.endswith(b"}\r\n"):
                data += self.file.read(int(line[line.rindex(b"{") + 1 : -3]))
            else:
                return data

    def command(self, data):
        self.send(b"a " + data + b"\r\n")
        found = []
        while True:
            response = self.response()
            if response.startswith(b"a "):
                if not response.startswith(b"a OK"):
                    raise SystemExit(response.decode())
                return found
            found.append(response)


def main():
    host, port, user, password = sys.argv[1:]
    wire = Wire(host, int(port))
    wire.command(f"LOGIN {user} {password}".encode())
    here = os.path.dirname(os.path.abspath(__file__))
    wire.command(b"SELECT INBOX")
    for number, path in enumerate(sorted(glob.glob(here + "/*.eml")), 1):
        message = open(path, "rb").read()
        wire.command(b"APPEND INBOX {%d+}\r\n%s" % (len(message), message))
        lines = []
        for item in ("ENVELOPE", "BODY", "BODYSTRUCTURE"):
            found = [r for r in wire.command(b"FETCH %d %s" % (number, item.encode())) if b"FETCH (" + item.encode() + b" " in r]
            start = b"* %d FETCH (%s " % (number, item.encode())
            lines.append(found[0][len(start) : -3])
        with open(path[:-4] + ".txt", "wb") as out:
            out.write(b"\n".join(lines) + b"\n")


main()
