{% test not_empty_string(model, column_name, trim_whitespace=true) %}
select {{ column_name }} as empty_text
from {{ model }}
where {{ "trim(" ~ column_name ~ ")" if trim_whitespace else column_name }} = ''
{% endtest %}
