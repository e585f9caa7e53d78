"""Says who may open a route: roles, authorities and levels, declared beside the route and walked by a test.

The database enforces the same again by whose rows it shows; a rule here only decides which doors a person meets at all.
"""

from dataclasses import dataclass
from typing import Final

from nenghao.db.people import Person

UNIT: Final = "unit"
STATISTICIAN: Final = "statistician"
AUDITOR: Final = "auditor"
SYSTEM_ADMIN: Final = "system_admin"
SECURITY_ADMIN: Final = "security_admin"
AUDIT_ADMIN: Final = "audit_admin"
ROLES: Final = (UNIT, STATISTICIAN, AUDITOR, SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN)

STATISTICS: Final = "statistics"
ENERGY_SAVING: Final = "energy_saving"
MARKET_SUPERVISION: Final = "market_supervision"
ECOLOGY: Final = "ecology"
AUTHORITIES: Final = (STATISTICS, ENERGY_SAVING, MARKET_SUPERVISION, ECOLOGY)
LEVELS: Final = ("county", "city", "province", "nation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Whom a route is for. An empty set of authorities, levels or offices asks nothing of that kind.

    Authorities and levels are asked of government people only, offices of a unit's people only.
    """

    roles: frozenset[str]
    authorities: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    is_public: bool = False

    def allows(self, person: Person) -> bool:
        """Whether the person may open the route."""
        if person.role not in self.roles:
            return False
        if person.role == UNIT:
            return not self.offices or person.office in self.offices
        if person.authority is None:  # the three administrators
            return True
        return (not self.authorities or person.authority in self.authorities) and (
            not self.levels or person.level in self.levels
        )


def for_roles(
    *roles: str, authorities: tuple[str, ...] = (), levels: tuple[str, ...] = (), offices: tuple[str, ...] = ()
) -> Rule:
    """A rule for roles.

    Raises: ValueError where one of the words is none.
    """
    for given, known in ((roles, ROLES), (authorities, AUTHORITIES), (levels, LEVELS)):
        if wrong := set(given) - set(known):
            raise ValueError(f"a rule names {sorted(wrong)}; known are {known}")
    return Rule(
        roles=frozenset(roles),
        authorities=frozenset(authorities),
        levels=frozenset(levels),
        offices=frozenset(offices),
    )


#: Everybody who has signed in.
SIGNED_IN: Final = for_roles(*ROLES)
#: Also who has not: the sign-in itself and the health of the process, never a figure.
PUBLIC: Final = Rule(roles=frozenset(ROLES), is_public=True)
