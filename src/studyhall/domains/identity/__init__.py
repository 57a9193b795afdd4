"""Who has an account here, what he may do, and where he is signed in.

Owns accounts with their preferences, password hashes, sessions and devices, access and refresh tokens, roles and
permissions. Words: an *account* is a row of `users`; a *session* is one signed-in device with its chain of refresh
tokens; a *permission* is a key like `admin.users`, granted by *roles*; a *series* is failed answers in a row, which
lock. What else proves a person is kept by `credentials`, providers by `sign_on`, what people say of themselves by
`people`.
"""
