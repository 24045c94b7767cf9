# RFC 5804 §2.1
S: ...
S= OK
C: AUTHENTICATE "PLAIN"
S= ""
C: {20+}
C: AGFsaWNlAHNlY3JldA==
S: OK
C: UNAUTHENTICATE
S: OK
C: AUTHENTICATE "PLAIN"
S= ""
C: "*"
S: NO "authentication cancelled"
C: AUTHENTICATE "PLAIN" "AGFsaWNlAHdyb25n"
S: NO "wrong name or password"
C: AUTHENTICATE "NONSENSE"
S: NO "no such mechanism"
C: AUTHENTICATE "PLAIN" "***"
S: NO "not base 64"
C: FROBNICATE
S: NO "unknown command"
C: SETACTIVE
S: NO
C: NOOP
S= OK
# A literal before login that nobody needs
C: PUTSCRIPT "x" {100000+}
S: BYE
S! closed
