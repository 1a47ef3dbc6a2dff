"""The data: what each table holds, questions asked often, and SQL for everybody."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from corrigenda.table import write_csv
from review.parts.queries import QUERIES
from review.web import access, public_sql
from review.web.access import DATABASE, PUBLIC_TABLES, read
from storage.queries.dictionary import dictionary

_LONGEST = 20_000


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/data``."""
    whole = await access.may_review(datasette, request)
    tables = await read(datasette, dictionary)
    context = {
        "tables": [t for t in tables if whole or t.name in public_sql.PUBLIC],
        "browsable": {t.name for t in tables if whole or t.name in PUBLIC_TABLES},
        "queries": QUERIES,
    }
    return Response.html(
        await datasette.render_template("corrigenda/data.html", context, request=request)
    )


async def sql(request: Request, datasette: Datasette) -> Response:
    """Answer ``/data/sql?sql=…`` and ``/data/sql?q=NAME``, as a page, JSON or CSV."""
    canned = QUERIES.get(request.args.get("q") or "")
    statement = (request.args.get("sql") or (canned.sql if canned else "")).strip()[:_LONGEST]
    values = {name: request.args.get(name) or "" for name in request.args if name not in ("sql",)}
    form = request.url_vars.get("format") or ""
    path = Path(str(datasette.get_database(DATABASE).path))
    found, refused = None, ""
    if statement:
        most = public_sql.MOST if form else public_sql.MOST_SHOWN
        try:
            found = await datasette.get_database(DATABASE).execute_fn(
                lambda _: public_sql.run(path, statement, values, most=most)
            )
        except public_sql.Refused as error:
            refused = str(error)
    if form == "json":
        told = {"ok": found is not None, "error": refused or None}
        rows = [dict(zip(found.columns, r, strict=True)) for r in found.rows] if found else []
        return Response.json(told | {"rows": rows}, status=400 if refused else 200)
    if form == "csv" and found is not None:
        return _csv(found)
    context = {
        "sql": statement,
        "found": found,
        "refused": refused,
        "canned": canned,
        "values": values,
        "most": public_sql.MOST_SHOWN,
        "public": sorted(public_sql.PUBLIC),
        "query": urlencode([(n, v) for n in request.args if (v := request.args.get(n))]),
    }
    return Response.html(
        await datasette.render_template("corrigenda/sql.html", context, request=request),
        status=400 if refused else 200,
    )


def _csv(found: public_sql.Rows) -> Response:
    out = io.StringIO(newline="")
    names = [f"{name}" for name in found.columns]
    write_csv(out, (dict(zip(names, row, strict=True)) for row in found.rows), names)
    return Response(
        out.getvalue().encode(),
        content_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="query.csv"'},
    )
