/* What: the run asks for a rule set that the seeds do not hold.
   Matters: no rule applies, and every county would look undecided.
   Do: name a rule set of seeds/rule_sets.csv. */
select run.rule_set
from {{ ref('int_run') }} as run
anti join {{ ref('rule_sets') }} as rule_sets on run.rule_set = rule_sets.rule_set
