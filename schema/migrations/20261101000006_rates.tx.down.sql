DROP FUNCTION certflow_take_request;
DROP TABLE request_windows;
