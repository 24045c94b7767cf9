# RFC 5804 §2: a whole session
S= "IMPLEMENTATION" "Malleposte"
S: "SIEVE" "fileinto reject ereject envelope encoded-character vacation
S= "SASL" "PLAIN LOGIN"
S: ...
S= "VERSION" "1.0"
S= OK
C: LISTSCRIPTS
S= NO "log in first"
C: AUTHENTICATE "PLAIN" "AGFsaWNlAHNlY3JldA=="
S: OK
C: LISTSCRIPTS
S= OK
C: HAVESPACE "main" 1000
S= OK
C: HAVESPACE "main" 100000
S: NO (QUOTA/MAXSIZE)
C: PUTSCRIPT "main" {30+}
C: #comment
C: redirect "a@b.test";
S= OK
C: PUTSCRIPT "main" {13+}
C: #comment
C: kee
S: NO "line 2: found the end
C: PUTSCRIPT {3+}
C- a"b "keep;"\r\n
S= OK
C: SETACTIVE "main"
S= OK
C: LISTSCRIPTS
S= "a\"b"
S= "main" ACTIVE
S= OK
C: GETSCRIPT "main"
S= {30}
S= #comment
S= redirect "a@b.test";
S= OK
C: DELETESCRIPT "main"
S: NO (ACTIVE)
C: RENAMESCRIPT "main" "a\"b"
S: NO (ALREADYEXISTS)
C: RENAMESCRIPT "main" "new"
S= OK
C: LISTSCRIPTS
S= "a\"b"
S= "new" ACTIVE
S= OK
C: SETACTIVE "nowhere"
S: NO (NONEXISTENT)
C: SETACTIVE ""
S= OK
C: DELETESCRIPT "new"
S= OK
C: DELETESCRIPT "new"
S: NO (NONEXISTENT)
C: GETSCRIPT "new"
S: NO (NONEXISTENT)
C: CHECKSCRIPT "keep"
S: NO "line 1:
C: CHECKSCRIPT "require \"include\"; include \"later\";"
S: OK (WARNINGS) "line 1: there is no script \"later\" yet
C: NOOP "sync"
S= OK (TAG "sync") "done"
C: CAPABILITY
S: ...
S= "OWNER" "alice"
S= "VERSION" "1.0"
S= OK
C: UNAUTHENTICATE
S: OK
C: LISTSCRIPTS
S: NO
C: LOGOUT
S: OK
S! closed
