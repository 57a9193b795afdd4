"""Who has an account here, what he may do, and where he is signed in.

Owns accounts with their preferences, password hashes, sessions and devices, access and refresh tokens. Words: an
*account* is a row of `users`; it is *closing* from the moment its owner deletes it until it is erased; a *session* is
one signed-in device with its chain of refresh tokens; a *series* is failed answers in a row, which lock. What people
may do is kept by `roles`, what else proves a person by `credentials`, providers by `sign_on`, what people say of
themselves by `people`.
"""
