{#-
    What a generic test reads as its model, on PostgreSQL: the rows that its config `where` takes, and, where `sonic build`
    says that earlier ones were tested (decision 109), of these the ones that came since. Other tests, full refreshes and
    what is not a build read all rows; so does DuckDB, which no setting of the session tells.
-#}
{% macro postgres__get_where_subquery(relation) -%}
    {%- set conditions = [config.get('where'), came_since_tested()] | select | list -%}
    {%- if not conditions -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set filtered -%}
        (select * from {{ relation }} where ({{ conditions | join(') and (') }})) dbt_subquery
    {%- endset -%}
    {{ return(filtered) }}
{%- endmacro %}

{#- The load up to which rows need not be tested again; none where all rows are. -#}
{% macro tested_load_id() -%}
    {%- if execute and target.type == 'postgres' and flags.WHICH == 'build' and not flags.FULL_REFRESH -%}
        {%- set told = run_query("select nullif(current_setting('sonic.tested_load_id', true), '')").rows[0][0] -%}
        {{ return(none if told is none else told | int) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

{#-
    Condition for the rows of a test's model that came since; none where the test has to read all. Only tests that judge
    each row by itself can be asked so, and a key if old rows cannot hold it too. Known by its load is what is new

    - of an incremental model, by the row's own load: each row that an increment works out has a newer one
    - of a table that staging judges, by the ids of which a row came: what counts of them is known from all copies

    What changes at closes alone (`told_at_closes` in the model's meta) has nothing new until another month has closed.
    A view's rows are judged each day where they are kept or come from (`judged_in`), and by itself with all rows. What is
    written once and stays has an instant or day that says when (`told_by`): it is new from the data date then on. What is
    written for open months has its month (`booked_by`): it is new from the month that was open then on.
-#}
{% macro came_since_tested() -%}
    {%- set test = model.test_metadata -%}
    {%- if not execute or test.name not in tests_of_rows() or not model.attached_node -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set tested = graph.nodes[model.attached_node] -%}
    {%- if tested.config.meta.told_at_closes -%}
        {{ return(none if a_month_closed_since_tested() else 'false') }}
    {%- endif -%}
    {%- if tested.config.meta.judged_in -%}
        {{ return(none if tested_load_id() is none else 'false') }}
    {%- endif -%}
    {%- if tested.config.meta.told_by -%}
        {{ return(told_since_tested(tested.config.meta.told_by, tested.config.meta.told_of)) }}
    {%- endif -%}
    {%- if tested.config.meta.booked_by -%}
        {{ return(booked_since_tested(tested.config.meta.booked_by)) }}
    {%- endif -%}
    {#- Rows that have the same key are of the same load where the key names it. -#}
    {%- if test.name == 'primary_key' and 'load_id' in test.kwargs.columns -%}
        {%- set load_id = tested_load_id() -%}
        {{ return(none if load_id is none else 'load_id > ' ~ load_id) }}
    {%- endif -%}
    {%- set load_id = tested_load_id() -%}
    {%- if load_id is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- if is_known_by_load(tested, test) -%}
        {{ return('load_id > ' ~ load_id) }}
    {%- endif -%}
    {%- set judged = judged_table(tested.name, test.kwargs.of) -%}
    {%- if judged is none -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(is_one_of(judged.id, ids_since(arrived_rows(judged.table), judged.id, load_id))) }}
{%- endmacro %}

{#-
    Condition for what has been told since the load up to which rows need not be tested again.

    told_of   ids of whom may be told later than of others, each with the raw tables of which something came then
-#}
{% macro told_since_tested(column, told_of=none) -%}
    {%- set tested = tested_load_id() -%}
    {%- if tested is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set conditions = [column ~ ' >= ' ~ data_date(loads_until(tested))] -%}
    {%- for id, tables in (told_of or {}).items() -%}
        {%- for table in tables -%}
            {%- do conditions.append(is_one_of(id, ids_since(arrived_rows(table), id, tested))) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(conditions | join(' or ')) }}
{%- endmacro %}

{#- The loads, without the database: a manifest that several share names the first one's. -#}
{% macro loads_relation() -%}
    {%- set loads = graph.sources['source.' ~ project_name ~ '.ops.loads'] -%}
    {{ return(api.Relation.create(schema=loads.schema, identifier=loads.identifier)) }}
{%- endmacro %}

{#- Whether a month has closed since the load up to which rows need not be tested again; so it has where all are. -#}
{% macro a_month_closed_since_tested() -%}
    {%- set tested = tested_load_id() -%}
    {%- if tested is none -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set open = 'select ' ~ open_month_of(loads_until(tested)) ~ ' < ' ~ open_month_of(loads_relation()) -%}
    {{ return(run_query(open).rows[0][0]) }}
{%- endmacro %}

{#-
    Condition for rows of months that were open at the load up to which rows need not be tested again, or came later; none
    where all are tested. The month stands in it as it is: of one that it does not know the server expects a third of all.
-#}
{% macro booked_since_tested(column) -%}
    {%- set tested = tested_load_id() -%}
    {%- if tested is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set month = run_query('select ' ~ open_month_of(loads_until(tested))).rows[0][0] -%}
    {{ return(column ~ " >= cast('" ~ month ~ "' as date)") }}
{%- endmacro %}

{#- The first month that is open to what arrives the day after these loads. -#}
{% macro open_month_of(loads) -%}
    {{ month_start(add_days(data_date(loads), 1 - month_close_days() | int)) }}
{%- endmacro %}

{#- Loads up to one, in brackets. -#}
{% macro loads_until(load_id) -%}
    (select * from {{ loads_relation() }} where load_id <= {{ load_id }})
{%- endmacro %}

{#- Generic tests that judge each row by itself, beside the rows that its keys name. -#}
{% macro tests_of_rows() -%}
    {{ return([
        'accepted_range', 'accepted_values', 'expect_column_values_to_be_between', 'expression_is_true', 'fact_keys',
        'not_null', 'not_null_columns', 'primary_key', 'relationships'
    ]) }}
{%- endmacro %}

{#-
    An incremental model whose rows have their load, a key being judged if the server keeps it unique among all rows;
    staging that takes every row of a raw table, as that has its load and one row a key; and a view of such rows side by
    side (`told_by_load`).
-#}
{% macro is_known_by_load(tested, test) -%}
    {%- if 'load_id' in tested.columns and tested.name in keeping_tables() | map(attribute='staged') -%}
        {{ return(true) }}
    {%- elif tested.config.meta.told_by_load -%}
        {{ return(true) }}
    {%- elif tested.config.materialized != 'incremental' or 'load_id' not in tested.columns -%}
        {{ return(false) }}
    {%- elif test.name != 'primary_key' -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set key = [test.kwargs.columns] if test.kwargs.columns is string else test.kwargs.columns -%}
    {%- set keeping = [] -%}
    {%- for index in tested.config.get('indexes') or [] if index.unique and index.columns | sort == key | sort -%}
        {%- do keeping.append(index) -%}
    {%- endfor -%}
    {{ return(keeping | length > 0) }}
{%- endmacro %}

{#-
    The raw table, or none, of which a model has one row for each accepted or judged row, and the id that finds its rows.

    of  the raw table, where it is known
-#}
{% macro judged_table(name, of=none) -%}
    {%- for table in rejecting_tables() if (
        table.name == of
        if of else name in (table.base, table.base | replace('base_', 'stg_'), table.checked, table.staged)
    ) -%}
        {{ return({'table': table.name, 'id': finding_column(table)}) }}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}

{#- The column of a raw table's key that finds few rows: its id, or of a key without one what counts up, as its day. -#}
{% macro finding_column(table) -%}
    {{ return(table.key[0] if table.key[0].endswith('_id') else table.key[-1]) }}
{%- endmacro %}

{#- A raw table, without the database: a manifest that several share names the first one's. -#}
{% macro arrived_rows(table) -%}
    {%- set raw = graph.sources['source.' ~ project_name ~ '.raw.' ~ table] -%}
    {{ return(api.Relation.create(schema=raw.schema, identifier=raw.identifier)) }}
{%- endmacro %}

{#-
    Parts of a relation of which a row came after a load: for `conserved`. Of rows that staging judges by their id they are
    found by the raw table's index, as what counts is known from all copies.
-#}
{% macro parts_since(relation, part, load_id) -%}
    {%- set judged = judged_table(relation.identifier) -%}
    {%- if judged is not none and part == [judged.id] -%}
        select arrived.{{ part[0] }} as part_1
        from {{ arrived_rows(judged.table) }} as arrived
        where arrived.load_id > {{ load_id }}
    {%- else -%}
        select
            {% for column in part -%}
            {{ column }} as part_{{ loop.index }}{{ "," if not loop.last }}
            {% endfor -%}
        from {{ relation }}
        where load_id > {{ load_id }}
    {%- endif -%}
{%- endmacro %}

{#- Whether the rows of a test's model are judged where they are kept (`judged_in`), which then says what came of both. -#}
{% macro is_judged_elsewhere() -%}
    {{ return(execute and graph.nodes[model.attached_node].config.meta.judged_in is defined) }}
{%- endmacro %}

{#- Whether a row is of a touched part: found by the index of the columns first, as `where_account_days_of` does. -#}
{% macro is_touched_part(part) -%}
    ({{ part | join(', ') }}) in (select * from touched)
    {%- for column in part %}
        and {{ is_one_of(column, 'select touched.part_' ~ loop.index ~ ' from touched') }}
    {%- endfor -%}
{%- endmacro %}

{#-
    In a singular test: where a row came since `tested`, the load up to which rows need not be tested again, if any.

    judged, id  raw table of a relation that judges its rows, and the column that finds them
-#}
{% macro where_came_since(tested, judged=none, id=none) -%}
    {%- if tested is not none -%}
        where
            load_id > {{ tested }}
            {%- if judged %}
            and {{ is_one_of(id, ids_since(judged, id, tested)) }}
            {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- Ids of a raw table of which a row came after a load. -#}
{% macro ids_since(raw, id, load_id) -%}
    select arrived.{{ id }} from {{ raw }} as arrived where arrived.load_id > {{ load_id }}
{%- endmacro %}
