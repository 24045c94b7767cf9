"""Drives a POP3 server with Python's poplib: host port tls|stls|clear. Prints what it saw."""
import poplib
import ssl
import sys

host, port, how = sys.argv[1], int(sys.argv[2]), sys.argv[3]
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE

def connect():
    if how == "tls":
        return poplib.POP3_SSL(host, port, context=context, timeout=30)
    client = poplib.POP3(host, port, timeout=30)
    if how == "stls":
        client.stls(context)
    return client

client = connect()
print("capa", " ".join(sorted(client.capa())))
try:
    client.user("alice")
    client.pass_("wrong")
except poplib.error_proto as e:
    print("denied", e)
client.user("alice")
client.pass_("secret")
print("stat", *client.stat())
print("list", *[line.decode() for line in client.list()[1]])
ids = [line.decode().split(" ")[1] for line in client.uidl()[1]]
print("retr", client.retr(2)[1])
print("top", client.top(1, 0)[1])
client.dele(1)
client.dele(3)
client.rset()
client.dele(2)
client.quit()
client = connect()
client.user("alice")
client.pass_("secret")
left = [line.decode().split(" ")[1] for line in client.uidl()[1]]
print("left", left == [ids[0], ids[2]])
client.quit()
