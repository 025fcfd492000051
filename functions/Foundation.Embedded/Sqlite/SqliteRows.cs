namespace Foundation.Embedded.Sqlite;

/// <summary>
/// The writer's statements over rows. A conflict is found before anything of its commit is written, or what was inserted is
/// taken back, so that a group needs no savepoints.
/// </summary>
internal sealed class SqliteRows
{
    private readonly SqliteDatabase _database;
    private readonly SqliteCatalogue _catalogue;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _insertBody;
    private readonly SqliteStatement _move;
    private readonly SqliteStatement _stay;
    private readonly SqliteStatement _look;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _deleteBody;
    private readonly SqliteStatement _range;
    private readonly byte[] _key = new byte[SqliteKeys.KeyBytesMax];
    private readonly byte[] _lane = new byte[SqliteKeys.LaneBytesMax];
    private long _nextBody;

    public SqliteRows(SqliteDatabase database, SqliteCatalogue catalogue)
    {
        (_database, _catalogue) = (database, catalogue);
        _insert = database.Prepare(
            "INSERT INTO rows(t, k, v, l, a, p, s, b) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING");
        _insertBody = database.Prepare("INSERT INTO bodies(id, data) VALUES(?1, ?2)");
        _move = database.Prepare("UPDATE rows SET v = ?3, l = ?4, a = ?5, p = ?6, s = ?7 WHERE t = ?1 AND k = ?2 AND v = ?8");
        // Naming no column of the index spares its rewrite; the place is a condition, so a wrong claim cannot leave it behind.
        _stay = database.Prepare("UPDATE rows SET v = ?3, p = ?6, s = ?7 WHERE t = ?1 AND k = ?2 AND v = ?8 AND l IS ?4 AND a IS ?5");
        _look = database.Prepare("SELECT v, b, l, a FROM rows WHERE t = ?1 AND k = ?2");
        _delete = database.Prepare("DELETE FROM rows WHERE t = ?1 AND k = ?2");
        _deleteBody = database.Prepare("DELETE FROM bodies WHERE id = ?1");
        _range = database.Prepare("SELECT k, b FROM rows WHERE t = ?1 AND k >= ?2 AND k < ?3 ORDER BY k LIMIT ?4");
        _nextBody = database.Number("SELECT max(id) FROM bodies") + 1;
    }

    /// <summary>Writes a commit, or returns the key that is not as named and leaves everything as it was.</summary>
    public RowKey? Apply(Commit commit, long version)
    {
        var writes = commit.Writes;
        var part = _catalogue.FindPart(commit.Shard)!.Value;
        if (writes.Length == 1)
        {
            return One(writes[0], commit.Shard.Number, part, version) ? null : writes[0].Key;
        }

        foreach (var write in writes)
        {
            if (write is not Write.Insert && !Holds(write, commit.Shard.Number, part))
            {
                return write.Key;
            }
        }

        // Inserts first: one that conflicts is undone by deleting those before it, while a replaced state would be gone.
        for (var i = 0; i < writes.Length; i++)
        {
            if (writes[i] is Write.Insert insert && !Insert(insert, commit.Shard.Number, part, version))
            {
                Undo(writes.AsSpan()[..i], commit.Shard.Number);
                return insert.Key;
            }
        }

        foreach (var write in writes)
        {
            if (write is not Write.Insert && !One(write, commit.Shard.Number, part, version))
            {
                throw new InvalidOperationException($"{write.Key} changed between its check and its write");
            }
        }

        return null;
    }

    /// <summary>Whether a commit whose outcome is in doubt is in the file.</summary>
    public bool Contains(Commit commit, long version)
    {
        foreach (var write in commit.Writes)
        {
            if (write is not Write.Delete)
            {
                return Look(Id(write.Key, commit.Shard.Number), write.Key) is { } row && row.Version == version;
            }
        }

        var last = commit.Writes[^1].Key;
        return Look(Id(last, commit.Shard.Number), last) is null;
    }

    /// <summary>Deletes the first rows of a range; fewer than asked when it is empty then.</summary>
    public List<RowKey> DeleteSome(int table, KeyRange range, int limit)
    {
        var doomed = new List<(byte[] Key, long? Body)>(limit);
        _range.Bind(1, table).Bind(4, limit);
        _range.Bind(2, range.From is { } from ? SqliteKeys.Key(from, _key) : []);
        _range.Bind(3, range.To is { } to ? SqliteKeys.Key(to, _key) : SqliteKeys.AfterAll);
        while (_range.Read())
        {
            doomed.Add((_range.Bytes(0).ToArray(), _range.IsNull(1) ? null : _range.Long(1)));
        }

        foreach (var (key, body) in doomed)
        {
            _delete.Bind(1, table).Bind(2, key).Run();
            DeleteBody(body);
        }

        return doomed.ConvertAll(d => SqliteKeys.Key(range.Table, d.Key));
    }

    private bool One(Write write, int shard, int part, long version) => write switch
    {
        Write.Insert insert => Insert(insert, shard, part, version),
        Write.Replace replace => Replace(replace, shard, part, version),
        _ => Delete(((Write.Delete)write).Before, shard),
    };

    private bool Insert(Write.Insert write, int shard, int part, long version)
    {
        _insert.Bind(1, Id(write.Key, shard)).Bind(2, SqliteKeys.Key(write.Key, _key)).Bind(3, version);
        BindDue(_insert, write.Due, part);
        _insert.Bind(7, write.State.Span);
        if (write.Body.IsEmpty)
        {
            _insert.BindNull(8).Run();
            return _database.Changes == 1;
        }

        _insert.Bind(8, _nextBody).Run();
        if (_database.Changes != 1)
        {
            return false;
        }

        _insertBody.Bind(1, _nextBody++).Bind(2, write.Body.Span).Run();
        return true;
    }

    private bool Replace(Write.Replace write, int shard, int part, long version)
    {
        var statement = write.Before.Due is { } before && write.Due is { } after
            ? before.At == after.At && before.Lane == after.Lane ? _stay : _move
            : write.Before.Due is null && write.Due is null ? _stay : _move;
        statement.Bind(1, Id(write.Key, shard)).Bind(2, SqliteKeys.Key(write.Key, _key)).Bind(3, version);
        BindDue(statement, write.Due, part);
        statement.Bind(7, write.State.Span).Bind(8, write.Before.Version.Number).Run();
        return _database.Changes == 1;
    }

    private bool Delete(RowReference before, int shard)
    {
        var table = Id(before.Key, shard);
        if (Look(table, before.Key) is not { } row || row.Version != before.Version.Number)
        {
            return false;
        }

        _delete.Bind(1, table).Bind(2, SqliteKeys.Key(before.Key, _key)).Run();
        DeleteBody(row.Body);
        return true;
    }

    private bool Holds(Write write, int shard, int part)
    {
        var before = write is Write.Replace r ? r.Before : ((Write.Delete)write).Before;
        _look.Bind(1, Id(before.Key, shard)).Bind(2, SqliteKeys.Key(before.Key, _key));
        if (!_look.Read())
        {
            return false;
        }

        var holds = _look.Long(0) == before.Version.Number
            && (before.Due is { } due
                ? _look.Long(3) == due.At && _look.Bytes(2).SequenceEqual(SqliteKeys.Lane(part, due.Lane, _lane))
                : _look.IsNull(2));
        _look.Reset();
        return holds;
    }

    private (long Version, long? Body)? Look(int table, RowKey key)
    {
        _look.Bind(1, table).Bind(2, SqliteKeys.Key(key, _key));
        if (!_look.Read())
        {
            return null;
        }

        var row = (_look.Long(0), _look.IsNull(1) ? (long?)null : _look.Long(1));
        _look.Reset();
        return row;
    }

    private void Undo(ReadOnlySpan<Write> writes, int shard)
    {
        foreach (var write in writes)
        {
            if (write is Write.Insert insert)
            {
                var table = Id(insert.Key, shard);
                var body = Look(table, insert.Key)?.Body;
                _delete.Bind(1, table).Bind(2, SqliteKeys.Key(insert.Key, _key)).Run();
                DeleteBody(body);
            }
        }
    }

    private void DeleteBody(long? body)
    {
        if (body is { } id)
        {
            _deleteBody.Bind(1, id).Run();
        }
    }

    private void BindDue(SqliteStatement statement, Due? due, int part)
    {
        if (due is { } d)
        {
            statement.BindText(4, SqliteKeys.Lane(part, d.Lane, _lane)).Bind(5, d.At).Bind(6, (long)d.Promptness);
        }
        else
        {
            statement.BindNull(4).BindNull(5).BindNull(6);
        }
    }

    private int Id(RowKey key, int shard) => _catalogue.TableForWriter(key.Table, shard);
}
