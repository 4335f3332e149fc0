-- What of an app is no secret stands open beside the sealed values, so that a statement about posts reads the
-- limits and prices of the app that they go out with. Apps that were stored before told of neither.
alter table platform_apps add column open_values jsonb not null default '{}';
