-- Incidents: where, how bad, how long.
select
    incidents.incident_id,
    incidents.started_date,
    services.service_name,
    services.region,
    incidents.severity,
    incidents.cause,
    incidents.title,
    incidents.outage_minutes,
    incidents.counts_against_uptime,
    incidents.is_open
from marts.fct_incidents as incidents
inner join marts.dim_service as services on incidents.service_id = services.service_id
order by incidents.started_at, incidents.incident_id
