"""`EmergencyMail`: tells everybody in charge at once that somebody broke the glass, and says it once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from verifier.access.emergency import Emergency
from verifier.access.people import User
from verifier.access.ports import Emergencies, Users
from verifier.access.roles import Role

AGAIN: Final = timedelta(minutes=5)  # until somebody else tries what one process took and did not finish
SUBJECT: Final = "Benefits verifier: somebody reads another facility's records in an emergency"

SendTo = Callable[[Sequence[str], str, str], None]  # addresses, subject, text


@dataclass(frozen=True, slots=True)
class EmergencyMail:
    """Sends to all administrators but who reads, as nobody reviews their own emergency."""

    users: Users
    emergencies: Emergencies
    send: SendTo
    site: str

    def send_due(self, now: datetime) -> int:
        """Tell of every emergency that was not told of yet; return how many were told.

        Raises:
            Unavailable: the mail server did not take it; it is tried again after `AGAIN`.
        """
        due = self.emergencies.take_untold(now, now + AGAIN)
        for emergency in due:
            if addresses := [user.email for user in self.users.listing() if _is_in_charge(user, emergency)]:
                self.send(addresses, SUBJECT, write_alert(emergency, self.site))
            self.emergencies.told(emergency.id)
        return len(due)


def write_alert(emergency: Emergency, site: str) -> str:
    """Say who and until when; not why, as a reason may name a patient, nor where, as a program is named."""
    return (
        f"{emergency.user_id} reads the records of a facility that is not theirs, "
        f"until {emergency.ends_at:%Y-%m-%d %H:%M} UTC.\n\n"
        f"{site}/staff/emergencies/ (sign in) says why, and is where somebody other than they reviews it "
        f"({emergency.id}).\n"
    )


def _is_in_charge(user: User, emergency: Emergency) -> bool:
    return Role.ADMIN in user.roles and user.disabled_at is None and user.id != emergency.user_id
