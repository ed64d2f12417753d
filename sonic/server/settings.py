"""Settings of the embedded server: analytics for a few sessions on a small machine, safe in a crash."""

import os

from sonic.server.ports import ADDRESS

MIB = 1 << 20


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def render(port: int) -> str:
    """The text of the server's own configuration file, sized to this machine's memory and cores."""
    memory = _memory_bytes() // MIB
    cores = os.cpu_count() or 2
    shared = max(128, min(1024, memory // 8))
    settings: dict[str, str | int | float] = {
        "listen_addresses": f"'{ADDRESS}'",
        "port": port,
        "unix_socket_directories": "''",
        "password_encryption": "'scram-sha-256'",
        "max_connections": 60,
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "work_mem": f"{max(16, min(96, memory // 128))}MB",
        "hash_mem_multiplier": 2,
        "maintenance_work_mem": f"{max(64, min(512, memory // 32))}MB",
        "temp_buffers": "32MB",
        "max_locks_per_transaction": 512,
        "max_worker_processes": max(4, cores),
        # dbt's threads already fill a small machine
        "max_parallel_workers_per_gather": 0 if cores <= 2 else 2,
        "jit": "off",
        # the planner expects one row behind `where reject_rule is null` and the like, and then loops over thousands
        "enable_nestloop": "off",
        "random_page_cost": 1.1,
        "default_statistics_target": 100,
        # a crash may lose the last moments, which a load or build does again, but never tears a table
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "off",
        "wal_level": "minimal",
        "max_wal_senders": 0,
        "wal_buffers": "16MB",
        "min_wal_size": "256MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "autovacuum_naptime": "30s",
        "autovacuum_max_workers": 2,
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "datestyle": "'iso, ymd'",
        "lc_messages": "'C'",
        "log_checkpoints": "off",
        "log_line_prefix": "'%m [%p] '",
    }
    lines = [f"{name} = {value}" for name, value in settings.items()]
    return "\n".join(
        ["# written by `sonic server start`; yours go into postgresql.conf, after the include", *lines, ""]
    )
