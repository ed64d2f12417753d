-- The build whose results the marts hold, the last day it knows, and the first day that has listeners.
select
    builds.build_id,
    builds.status,
    builds.data_date,
    (select min(users.date_day) from marts.mart_active_users as users) as first_day
from ops.builds as builds
where builds.build_id = (select max(last_build.build_id) from ops.builds as last_build)
