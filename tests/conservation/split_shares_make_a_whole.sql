-- The shares in the right of a recording or work sum to 1,000,000 ppm on each day on which one begins or ends, so on
-- every day between; nothing is left only where the last ones have ended.
with
splits as (
    select * from {{ ref('bridge_revenue_split') }}
),

edges as (
    select
        right_type,
        song_id,
        work_id,
        valid_from as edge
    from splits
    union distinct
    select
        right_type,
        song_id,
        work_id,
        valid_to as edge
    from splits
),

sums as (
    select
        edges.right_type,
        edges.song_id,
        edges.work_id,
        edges.edge,
        max(edges.edge) over (partition by edges.right_type, edges.song_id, edges.work_id) as last_edge,
        coalesce(sum(splits.share_ppm), 0) as share_ppm
    from edges
    left join splits
        on
            edges.right_type = splits.right_type
            and edges.song_id = splits.song_id
            and edges.work_id = splits.work_id
            and edges.edge >= splits.valid_from
            and edges.edge < splits.valid_to
    group by
        edges.right_type,
        edges.song_id,
        edges.work_id,
        edges.edge
)

select *
from sums
where
    share_ppm <> 1000000
    and (share_ppm <> 0 or edge < last_edge)
