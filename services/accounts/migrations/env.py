from services.accounts.models import Base
from services.common.migrate import run_environment

run_environment(Base.metadata)
