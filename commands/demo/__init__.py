"""A small replica of the first site, served on loopback.

``items`` is what the replica publishes, ``pages`` how its pages look, ``site`` serves
them. ``corrigenda demo`` tells its story with it, and the tests run against it.
"""
