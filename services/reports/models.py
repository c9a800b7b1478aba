"""All tables of reports in one place, for migrations and for the test that compares both."""

from services.reports.base import Base
from services.reports.jobs.models import ReportFile, ReportJob, Snapshot
from services.reports.schools.models import School

__all__ = ["Base", "ReportFile", "ReportJob", "School", "Snapshot"]
