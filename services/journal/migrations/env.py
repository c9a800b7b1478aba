from services.common.migrate import run_environment
from services.journal.models import Base

run_environment(Base.metadata)
