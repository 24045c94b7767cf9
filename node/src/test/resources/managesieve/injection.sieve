#! skip tls byte-by-byte whole
# What came in clear behind STARTTLS was never said
S: ...
S= OK
C: STARTTLS
C: AUTHENTICATE "PLAIN" "AGFsaWNlAHNlY3JldA=="
S: OK
C! starttls
S: ...
S= OK
C: LISTSCRIPTS
S= NO "log in first"
