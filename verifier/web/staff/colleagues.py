"""Colleagues by their e-mail address, where records know them by their label or id."""

from collections.abc import Iterable

from verifier.web.rooms import rooms


def name_people(labels: Iterable[str]) -> dict[str, str]:
    """Name each of *labels*, ``user:usr_…`` or ``usr_…``; whoever is no person keeps the label."""
    ids = {label: label.removeprefix("user:") for label in labels}
    users = rooms().access.staffing.users.find_all(set(ids.values()))
    addresses = {user.id: user.email for user in users}
    return {label: addresses.get(user_id, label) for label, user_id in ids.items()}
