-- Why: three roles, so that no bug of the service can change its own past. Run once, by the superuser, on an empty server:
--   rems_owner    owns the tables, runs migrations, is used by nothing else
--   rems_service  what the service connects as; the migrations grant it, table by table, what it may do
-- Passwords come from the environment variables REMS_OWNER_PASSWORD and REMS_SERVICE_PASSWORD (psql 14 or newer).
\getenv owner_password REMS_OWNER_PASSWORD
\getenv service_password REMS_SERVICE_PASSWORD

CREATE ROLE rems_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE rems_service LOGIN PASSWORD :'service_password';
CREATE DATABASE rems OWNER rems_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE rems FROM PUBLIC;
GRANT CONNECT ON DATABASE rems TO rems_service;
