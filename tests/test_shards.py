from artgraph.shards import ShardStore, shard_bounds


def test_shards_cover_every_row_once():
    assert shard_bounds(0, 4) == []
    assert shard_bounds(9, 4) == [(0, 4), (4, 8), (8, 9)]


def test_work_with_other_parameters_is_thrown_away_and_half_shards_too(tmp_path):
    old = ShardStore(tmp_path, ".shards-gram-", "a" * 64)
    old.put("000000000.json", [1, 2])
    other = ShardStore(tmp_path, ".shards-color-", "c" * 64)
    (old.path / ".tmp-1-000000001.json").write_text("[")
    assert ShardStore(tmp_path, ".shards-gram-", "a" * 64).get("000000000.json") == [1, 2]
    assert not (old.path / ".tmp-1-000000001.json").exists()
    ShardStore(tmp_path, ".shards-gram-", "b" * 64)
    assert not old.path.exists()
    assert other.path.exists()
