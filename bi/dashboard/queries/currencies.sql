-- How many micro-units make the smallest unit of each currency, and how many decimals it is written with.
select
    currency_code,
    minor_units,
    micro_per_minor,
    is_reporting_currency
from marts.dim_currency
order by currency_code
