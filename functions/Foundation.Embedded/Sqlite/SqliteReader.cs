using System.Text;

namespace Foundation.Embedded.Sqlite;

/// <summary>One read connection with its statements. Each method sees one state of the file: the newest committed.</summary>
internal sealed class SqliteReader : IDisposable
{
    private const int CacheKibibytes = 1_024;

    /// <summary>A page ends early at this many bytes, so that a listing of large bodies does not fill the memory.</summary>
    private const int PageBytesMax = 8 * 1024 * 1024;

    private const string Body = "(SELECT data FROM bodies WHERE bodies.id = rows.b)";
    private const string ByKey = "FROM rows WHERE t = ?1 AND k >= ?2 AND k < ?3 ORDER BY k";
    private const string ByDue = "FROM rows WHERE l = ?1 AND (a, t, k) > (?2, ?3, ?4) AND (a, t, k) < (?5, ?6, ?7) ORDER BY";

    private readonly SqliteDatabase _database;
    private readonly SqliteCatalogue _catalogue;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _lane;
    private readonly SqliteStatement _count;
    private readonly Dictionary<(bool Due, bool Descending, bool Bodies), SqliteStatement> _lists = [];
    private readonly byte[] _from = new byte[SqliteKeys.KeyBytesMax];
    private readonly byte[] _to = new byte[SqliteKeys.KeyBytesMax];
    private readonly byte[] _place = new byte[SqliteKeys.KeyBytesMax];
    private byte[] _laneBytes = [];
    private string _laneText = "";

    public SqliteReader(string path, SqliteCatalogue catalogue)
    {
        _catalogue = catalogue;
        _database = SqliteDatabase.Open(path, create: false, CacheKibibytes);
        _database.Execute("PRAGMA query_only=1");
        _find = _database.Prepare($"SELECT t, k, v, l, a, p, s, {Body} FROM rows WHERE t = ?1 AND k = ?2");
        _lane = _database.Prepare("SELECT l, a FROM rows WHERE l >= ?1 AND l < ?2 ORDER BY l, a LIMIT 1");
        _count = _database.Prepare("SELECT count(*) FROM (SELECT 1 FROM rows WHERE l >= ?1 AND l < ?2 LIMIT ?3)");
        foreach (var descending in new[] { false, true })
        {
            var order = descending ? "DESC" : "ASC";
            foreach (var bodies in new[] { false, true })
            {
                var columns = $"SELECT t, k, v, l, a, p, s, {(bodies ? Body : "NULL")}";
                _lists[(false, descending, bodies)] = _database.Prepare($"{columns} {ByKey} {order} LIMIT ?4");
                _lists[(true, descending, bodies)] = _database.Prepare($"{columns} {ByDue} a {order}, t {order}, k {order} LIMIT ?8");
            }
        }
    }

    public Row? Find(int table, RowKey key)
    {
        _find.Bind(1, table).Bind(2, SqliteKeys.Key(key, _from));
        if (!_find.Read())
        {
            return null;
        }

        try
        {
            return RowOf(_find);
        }
        finally
        {
            _find.Reset();
        }
    }

    public Page<Row> List(int table, KeyRange range, Listing listing)
    {
        var cursor = listing.Cursor is null ? (RowKey?)null : ListCursor.Key(range.Table, listing.Cursor);
        var from = range.From is { } first ? SqliteKeys.Key(first, _from) : [];
        var to = range.To is { } last ? SqliteKeys.Key(last, _to) : SqliteKeys.AfterAll;
        if (cursor is { } told && !listing.Descending)
        {
            var after = SqliteKeys.After(told, _place);
            from = after.SequenceCompareTo(from) > 0 ? after : from;
        }
        else if (cursor is { } end)
        {
            var before = SqliteKeys.Key(end, _place);
            to = before.SequenceCompareTo(to) < 0 ? before : to;
        }

        var list = _lists[(false, listing.Descending, listing.WithBodies)];
        list.Bind(1, table).Bind(2, from).Bind(3, to).Bind(4, listing.Limit + 1);
        return Page(list, listing, static row => ListCursor.Of(row.Key));
    }

    public Page<Row> ListDue(Shard shard, int part, LaneRange range, Listing listing)
    {
        var list = _lists[(true, listing.Descending, listing.WithBodies)];
        Span<byte> lane = stackalloc byte[SqliteKeys.LaneBytesMax];
        list.BindText(1, SqliteKeys.Lane(part, range.Lane, lane));
        // The empty key of table −1 stands before all rows of its time.
        list.Bind(2, range.From ?? 0).Bind(3, -1).Bind(4, []);
        list.Bind(5, range.To ?? long.MaxValue).Bind(6, range.To is null ? long.MaxValue : -1).Bind(7, []);
        if (listing.Cursor is not null)
        {
            var (at, key) = ListCursor.Due(shard.Space, listing.Cursor);
            var table = _catalogue.FindTable(key.Table, shard.Number)
                ?? throw new ArgumentException($"Not a cursor of this listing: {listing.Cursor}", nameof(listing));
            if (!listing.Descending && at >= (range.From ?? 0))
            {
                list.Bind(2, at).Bind(3, table).Bind(4, SqliteKeys.Key(key, _from));
            }
            else if (listing.Descending && at < (range.To ?? long.MaxValue))
            {
                list.Bind(5, at).Bind(6, table).Bind(7, SqliteKeys.Key(key, _from));
            }
        }

        list.Bind(8, listing.Limit + 1);
        return Page(list, listing, static row => ListCursor.Of(row.Due!.Value.At, row.Key));
    }

    public List<LaneSummary> Lanes(int part, string prefix, string? after, int limit)
    {
        Span<byte> buffer = stackalloc byte[SqliteKeys.LaneBytesMax];
        Span<byte> end = stackalloc byte[SqliteKeys.LaneBytesMax];
        var lanes = new List<LaneSummary>();
        var lower = after is not null && string.CompareOrdinal(after, prefix) >= 0
            ? SqliteKeys.Lane(part, after, buffer, suffix: 1)
            : SqliteKeys.Lane(part, prefix, buffer);
        _lane.BindText(2, SqliteKeys.Lane(part, prefix, end, suffix: 127));
        _database.Execute("BEGIN");
        try
        {
            while (lanes.Count < limit)
            {
                _lane.BindText(1, lower);
                if (!_lane.Read())
                {
                    break;
                }

                var summary = new LaneSummary(LaneOf(_lane.Bytes(0)), _lane.Long(1));
                _lane.Reset();
                lanes.Add(summary);
                lower = SqliteKeys.Lane(part, summary.Lane, buffer, suffix: 1);
            }
        }
        finally
        {
            _database.Execute("COMMIT");
        }

        return lanes;
    }

    public long Count(int part, string prefix, long atMost)
    {
        Span<byte> buffer = stackalloc byte[SqliteKeys.LaneBytesMax];
        _count.BindText(1, SqliteKeys.Lane(part, prefix, buffer));
        _count.BindText(2, SqliteKeys.Lane(part, prefix, buffer, suffix: 127)).Bind(3, Math.Max(0, atMost));
        _count.Read();
        var count = _count.Long(0);
        _count.Reset();
        return count;
    }

    /// <summary>The connection, for the few reads of blobs.</summary>
    public SqliteDatabase Database => _database;

    public void Dispose() => _database.Dispose();

    private Page<Row> Page(SqliteStatement list, Listing listing, Func<Row, string> cursor)
    {
        var rows = new List<Row>(Math.Min(listing.Limit, 128));
        var bytes = 0L;
        try
        {
            while (list.Read())
            {
                if (rows.Count == listing.Limit || bytes > PageBytesMax)
                {
                    list.Reset();
                    return new Page<Row>(rows, cursor(rows[^1]));
                }

                rows.Add(RowOf(list));
                bytes += rows[^1].Body.Length + rows[^1].State.Length;
            }
        }
        catch
        {
            list.Reset();
            throw;
        }

        return new Page<Row>(rows, null);
    }

    private Row RowOf(SqliteStatement row)
    {
        var table = _catalogue.TableOf((int)row.Long(0));
        var due = row.IsNull(3) ? (Due?)null : new Due(LaneOf(row.Bytes(3)), row.Long(4), (Promptness)row.Long(5));
        return new Row(
            SqliteKeys.Key(table, row.Bytes(1)), new RowVersion(row.Long(2)), row.Bytes(6).ToArray(), row.Bytes(7).ToArray(), due);
    }

    /// <summary>The lane's text; neighbours in a listing share it.</summary>
    private string LaneOf(ReadOnlySpan<byte> stored)
    {
        if (!stored.SequenceEqual(_laneBytes))
        {
            _laneBytes = stored.ToArray();
            _laneText = Encoding.UTF8.GetString(SqliteKeys.LaneOf(stored));
        }

        return _laneText;
    }
}
