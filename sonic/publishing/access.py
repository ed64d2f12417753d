"""Roles of a semantic model: who reads which tables, rows and columns, as the marts' YAML says for every reader.

Power BI asks who has signed in; rows of an account's own are those whose id stands beside its name in
`ops.reader_scopes`. A table that a role does not read is hidden from it with its columns, not only emptied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sonic.publishing import dax
from sonic.publishing.model import Model
from sonic.publishing.stars import Table
from sonic.publishing.tmdl import Node, identity
from sonic.publishing.words import caption
from sonic.warehouse.roles import Role

SCOPES = "Reader Scopes"
"""The table of accounts and the ids that are theirs."""
ALL = "all"
OWN = "own"


@dataclass(frozen=True)
class Access:
    """What roles see of a model's tables."""

    model: Model
    roles: Mapping[str, Role]

    def nodes(self) -> Iterator[Node]:
        """The roles in TMDL."""
        for role in self.roles.values():
            node = Node("role", role.name, {"modelPermission": "read"}, description=f"Sees {role.about}.")
            node.children = [each for table in self.model.tables if (each := self._permission(role, table))]
            if role.scope:
                node.children.append(Node("tablePermission", SCOPES, default=_is_own(role)))
            yield node

    def _permission(self, role: Role, table: Table) -> Node | None:
        """What is kept from a role of a table; nothing if it sees all of it."""
        rows = table.mart.meta.get("readers", {}).get(role.name)
        if rows is None:
            return Node("tablePermission", table.caption, {"metadataPermission": "none"})
        withheld = [] if role.personal else [column.name for column in table.mart.columns if column.is_personal]
        condition = "" if rows == ALL else self._condition(role, table, rows)
        if not condition and not withheld:
            return None
        node = Node("tablePermission", table.caption, default=condition)
        node.children = [Node("columnPermission", caption(name), default="none") for name in withheld]
        return node

    def _condition(self, role: Role, table: Table, rows: Mapping[str, str]) -> str:
        """Which rows a role sees, in DAX; a mart that it has to be found in is asked by its own condition."""
        parts = []
        for column, where in rows.items():
            if where == OWN:
                ids = f"SELECTCOLUMNS(FILTER('{SCOPES}', {_is_own(role)}), \"ID\", '{SCOPES}'[ID])"
            else:
                other = self.model.table(where)
                seen = other.mart.meta["readers"][role.name]
                among = f"'{other.caption}'"
                if seen != ALL:
                    among = f"FILTER({among}, {self._condition(role, other, seen)})"
                ids = f"SELECTCOLUMNS({among}, \"ID\", '{other.caption}'[{caption(column)}])"
            parts.append(f"'{table.caption}'[{caption(column)}] IN {ids}")
        return " && ".join(parts)


def _is_own(role: Role) -> str:
    return f"'{SCOPES}'[Role] = {dax.text(role.name)} && '{SCOPES}'[Account] = USERPRINCIPALNAME()"


def scopes() -> Node:
    """The hidden table of accounts and their ids; empty where nobody has made the roles, so that nobody sees rows."""
    columns = (("Account", "account", "string"), ("Role", "role", "string"), ("ID", "id", "int64"))
    node = Node("table", SCOPES, {"isHidden": None, "lineageTag": identity(SCOPES)})
    node.children = [
        Node(
            "column",
            name,
            {
                "dataType": kind,
                "isHidden": None,
                "lineageTag": identity(SCOPES, name),
                "summarizeBy": "none",
                "sourceColumn": source,
            },
        )
        for name, source, kind in columns
    ]
    query = (
        "let\n"
        "    Source = PostgreSQL.Database(Server, Database, [CreateNavigationProperties = false]),\n"
        "    None = #table(type table [account = text, role = text, id = Int64.Type], {}),\n"
        '    Scopes = try Source{[Schema = "ops", Item = "reader_scopes"]}[Data] otherwise None\n'
        "in\n"
        "    Scopes"
    )
    node.children.append(Node("partition", SCOPES, {"mode": "import"}, default="m", source=query))
    return node
