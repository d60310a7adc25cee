-- What a server of schema 0001 had written: a patient, a value of hers, and one of hers and another's.
INSERT INTO log (type, id, version, at, actor, method, patients) VALUES
  ('Patient', 'anna', 1, 1, 'x', 1, 'anna'),
  ('Observation', 'o1', 1, 2, 'x', 1, 'anna'),
  ('Observation', 'o2', 1, 3, 'x', 1, 'anna bo');
INSERT INTO head SELECT seq, type, id, seq, version, at, 1 = 2, patients FROM log;
INSERT INTO body SELECT seq, CAST('{"resourceType":"' || type || '","id":"' || id || '"}' AS BYTES) FROM log;
INSERT INTO about (patient, rid) VALUES ('anna', 1), ('anna', 2), ('anna', 3), ('bo', 3);
INSERT INTO index_reference (rid, parameter, type, id) VALUES
  (2, 2121673253, 'Patient', 'anna'),
  (3, 2121673253, 'Patient', 'anna');
INSERT INTO index_date (rid, parameter, lo, hi) VALUES
  (2, 457587661, 1581120000000000, 1581206400000000),
  (3, 457587661, 1589760000000000, 1589846400000000);
