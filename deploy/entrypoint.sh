#!/bin/sh
# What a container does, by a word: web <service>, worker <service>, slow <service>, mail, scheduler, migrate; anything
# else is run as it stands.
set -eu
quiet="--without-gossip --without-mingle --without-heartbeat"
case "${1:-}" in
web)
    mkdir -p "$PROMETHEUS_MULTIPROC_DIR"
    exec gunicorn -c deploy/gunicorn.conf.py "services.$2.wsgi:application"
    ;;
worker) exec celery -A "services.$2.worker" worker -n "$2@%h" -c 1 -Q "$2,$2.relay" $quiet ;;
slow) exec nice celery -A "services.$2.worker" worker -n "$2.slow@%h" -c 1 -Q "$2.slow" --max-tasks-per-child 50 $quiet ;;
mail) exec celery -A services.notifications.worker worker -n "mail@%h" -P solo -Q notifications.mail $quiet ;;
scheduler) exec python -m services.scheduler ;;
migrate) for service in accounts journal notifications reports; do python -m "services.$service.cli" migrate; done ;;
*) exec "$@" ;;
esac
