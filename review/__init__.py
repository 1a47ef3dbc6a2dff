"""Where people look: the Datasette plugin, its templates and static files, the feeds.

=============== ====================================================================
``app``         a Datasette that serves one database with our pages
``server``      serving it from this process
``plugin``      the hooks: routes, permissions, headers
``access``      who is asking, sign-in links, what the public may see
``selection``   which changes a page or feed is about, from and to a query string
``queue``       the queue; ``change``, ``release``, ``overview``, ``search``: its peers
``marking``     what a reviewer does: mark, undo, suppress, lift
``words``       reasons and differences as a page shows them (pure)
``charts``      SVG (pure)
``feeds``       Atom, JSON Feed and CSV (pure)
=============== ====================================================================
"""
