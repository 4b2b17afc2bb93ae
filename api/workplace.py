"""What jobs work on: the services, as `answers/jobs.py` names their parts."""

from answers.jobs import Workplace
from api.push.commanding import Commanding
from api.services import Services


def workplace_of(services: Services) -> Workplace:
    """The workplace of some services."""
    return Workplace(services.store, services.catalogue, services.control.secret, services.mirror, Commanding(services))
