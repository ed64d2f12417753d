{#- On PostgreSQL the words are found by an index; elsewhere the text is read. -#}
with
documents as (
    select * from {{ ref('mart_search_documents') }}
)

select
    document_kind,
    document_id,
    title,
    subtitle,
    popularity,
    boost
from documents
where {{ has_word('search_text', var('search_word', 'midnight')) }}
order by boost desc, document_kind asc, document_id asc
limit 20
