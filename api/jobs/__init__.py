"""Jobs: what takes longer than a request waits goes on, tells how far it is, and keeps its result for a while."""

from api.jobs.face import router
from api.jobs.jobs import MOST, Ask, Jobs
from api.jobs.spool import Spool
from api.jobs.waiting import coming, jobs_of, response

__all__ = ["MOST", "Ask", "Jobs", "Spool", "coming", "jobs_of", "response", "router"]
