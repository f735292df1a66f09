"""Colleagues by their e-mail address, where records know them by their label or id."""

from collections.abc import Iterable

from verifier.web.rooms import rooms


def name_people(labels: Iterable[str]) -> dict[str, str]:
    """Name each of *labels*, ``user:usr_…`` or ``usr_…``; whoever is no person keeps the label."""
    users = rooms().access.staffing.users
    found = {label: users.find(label.removeprefix("user:")) for label in labels}
    return {label: user.email if user else label for label, user in found.items()}
