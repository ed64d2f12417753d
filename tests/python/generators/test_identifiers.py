"""Identifiers carry the check digits that their standards ask for."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from generators.core.identifiers import isrc, iswc, upc
from generators.core.tables import uuids


def test_upc_of_a_known_article() -> None:
    # 036000 29145 2 is the worked example of the GS1 standard.
    assert upc(np.array([36_000]), np.array([29_145])).to_pylist() == ["036000291452"]


def test_iswc_of_known_works() -> None:
    # T-034.524.680-1 (the standard's example) and T-000.000.001-0 (the first one issued).
    assert iswc(np.array([34_524_680, 1])).to_pylist() == ["T0345246801", "T0000000010"]


def test_isrc_is_put_together() -> None:
    made = isrc(["IN", "BR"], np.array([1]), np.array([11 * 1296 + 35]), np.array([2019]), np.array([42]))
    assert made.to_pylist() == ["BRB0Z1900042"]


def test_uuids_are_of_version_four_and_differ() -> None:
    made = uuids(42, "users", np.arange(500)).to_pylist()
    assert len(set(made)) == 500
    assert all(len(text) == 36 and text[14] == "4" and text[19] in "89ab" for text in made)
    assert pa.array(made).equals(uuids(42, "users", np.arange(500)))
