#! skip tls pipelined
# RFC 5804 §2.2: the capabilities are told anew
S: ...
S= "STARTTLS"
S: ...
S= OK
C: STARTTLS
S: OK
C! starttls
S= "IMPLEMENTATION" "Malleposte"
S: ...
S= OK
C: STARTTLS
S: NO
C: AUTHENTICATE "PLAIN" "AGFsaWNlAHNlY3JldA=="
S: OK
C: LOGOUT
S: OK
S! closed
