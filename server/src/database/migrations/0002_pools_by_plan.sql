-- Which pools are on a plan, or in a state: `GET /accounts?plan=…&status=…`, and the plans in use that an
-- edited catalog must keep. A charge changes none of these columns, so it stays an update in place (HOT).

create index pool_plan on pool (project_id, plan) where plan is not null;
create index pool_base_plan on pool (project_id, base_plan) where base_plan is not null;
create index pool_subscription_status on pool (project_id, subscription_status)
  where subscription_status is not null;
