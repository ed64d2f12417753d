-- A week's plays by operating system.
select
    devices.os,
    devices.device_type,
    count(*) as plays,
    count(distinct streams.user_id) as listeners
from marts.fct_streams as streams
inner join marts.dim_device as devices on streams.device_id = devices.device_id
where streams.local_date between date '2026-02-01' and date '2026-02-07'
group by devices.os, devices.device_type
order by plays desc
