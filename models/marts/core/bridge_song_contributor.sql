with
songs as (
    select distinct song_id
    from {{ ref('dim_song') }}
),

credits as (
    select
        song_id,
        artist_id,
        role as contributor_role,
        credit_position
    from {{ ref('stg_catalog__song_artists') }}
),

main_credits as (
    select
        songs.song_id,
        coalesce(credits.artist_id, {{ unknown_key() }}) as artist_id,
        coalesce(credits.credit_position, 1) as credit_position,
        1000000 as pool_ppm,
        1 as equal_share
    from songs
    left join credits
        on
            songs.song_id = credits.song_id
            and credits.contributor_role = 'main'
),

weighed as (
    {{ allocate('main_credits', 'song_id', 'artist_id', 'pool_ppm', 'equal_share') }}
),

every_credit as (
    select
        main_credits.song_id,
        main_credits.artist_id,
        'main' as contributor_role,
        main_credits.credit_position,
        weighed.allocated as weight_ppm
    from main_credits
    inner join weighed
        on
            main_credits.song_id = weighed.song_id
            and main_credits.artist_id = weighed.artist_id
    union all
    select
        song_id,
        artist_id,
        contributor_role,
        credit_position,
        cast(0 as bigint) as weight_ppm
    from credits
    where contributor_role <> 'main'
),

final as (
    select
        song_id,
        artist_id,
        contributor_role,
        credit_position,
        weight_ppm,
        {{ micro_decimal('weight_ppm') }} as weight
    from every_credit
)

select * from final
