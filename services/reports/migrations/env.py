from services.common.migrate import run_environment
from services.reports.models import Base

run_environment(Base.metadata)
