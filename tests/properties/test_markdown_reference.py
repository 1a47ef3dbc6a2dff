"""Random markup, converted as the converter that made the seeds converts it."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given, settings

from corrigenda.reading.markdown import to_markdown
from tests.conftest import ROOT
from tests.properties.test_normalise_properties import MARKUP


@pytest.fixture(scope="module")
def reference() -> Iterator[Callable[[str], str]]:
    """The reference converter: a program that answers frames on its standard output."""
    program = ROOT.parent / "shared" / "tools" / "reference-converter"
    if not program.is_file():
        pytest.skip("the reference converter is not beside this checkout")
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        requests, answers = process.stdin, process.stdout
        assert requests is not None
        assert answers is not None

        def convert(html: str) -> str:
            data = html.encode()
            requests.write(struct.pack(">I", len(data)) + data)
            requests.flush()
            (length,) = struct.unpack(">I", answers.read(4))
            return answers.read(length).decode()

        yield convert
        requests.close()


@pytest.mark.corpus
@given(html=MARKUP)
@settings(max_examples=400, deadline=None)
@example("<b><a href='http://'>a</a> </b><i>b</i>")
@example("<ul><li>- a</ul><br><img src=x><ol start=-3><li># b<li>c</ol>")
@example("<blockquote><pre>a\nb</pre></blockquote><h2>c<blockquote>d #</blockquote>#</h2>")
def test_any_markup_is_converted_as_the_reference_converts_it(reference, html):
    html = html.replace("~", "-")  # a fence of mixed marks, which is none, is escaped there
    assert to_markdown(html) == reference(html)
