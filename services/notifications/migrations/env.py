from services.common.migrate import run_environment
from services.notifications.models import Base

run_environment(Base.metadata)
