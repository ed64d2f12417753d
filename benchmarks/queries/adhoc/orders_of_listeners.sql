-- Whether those who buy from an artist hear that artist.
select
    items.order_status,
    count(distinct items.order_item_id) as items,
    count(distinct streams.user_id) as buyers_who_listen
from marts.fct_order_items as items
left join marts.dim_song as songs on items.artist_id = songs.main_artist_id
left join marts.fct_streams as streams
    on
        songs.song_key = streams.song_key
        and items.user_id = streams.user_id
group by items.order_status
order by items.order_status
