namespace Foundation.Protocols.Memory;

/// <summary>The rows of one shard in key order, with their due index. Not thread-safe: the store's lock guards it.</summary>
internal sealed class MemoryShard
{
    private const string AfterAll = "\uffff";
    private static readonly Table First = new("", new Space("none"), KeyForm.Text);
    private static readonly Table Last = new(AfterAll, new Space("none"), KeyForm.Text);

    private readonly Dictionary<RowKey, Row> _rows = [];
    private readonly SortedSet<RowKey> _keys = [];
    private readonly SortedSet<Entry> _due = [];

    public Row? Find(RowKey key) => _rows.GetValueOrDefault(key);

    /// <summary>The first row that is not as a write names it, or null.</summary>
    public RowKey? Conflict(Commit commit)
    {
        foreach (var write in commit.Writes)
        {
            var stored = Find(write.Key);
            if (write is Write.Insert ? stored is not null : stored is null || stored.Version != Before(write).Version)
            {
                return write.Key;
            }

            if (write is not Write.Insert && stored!.Due != Before(write).Due)
            {
                throw new ArgumentException($"{write.Key} is due {stored.Due}, not {Before(write).Due} as its write names");
            }
        }

        return null;
    }

    public void Apply(Write write, RowVersion version)
    {
        switch (write)
        {
            case Write.Insert insert:
                Put(new Row(insert.Key, version, insert.State.ToArray(), insert.Body.ToArray(), insert.Due), null);
                break;
            case Write.Replace replace:
                var stored = _rows[replace.Key];
                Put(stored with { Version = version, State = replace.State.ToArray(), Due = replace.Due }, stored.Due);
                break;
            default:
                Remove(write.Key);
                break;
        }
    }

    public List<RowKey> DeleteRange(KeyRange range)
    {
        var keys = Keys(range, null, descending: false).ToList();
        keys.ForEach(Remove);
        return keys;
    }

    public Page<Row> List(KeyRange range, Listing listing)
    {
        var cursor = listing.Cursor is null ? (RowKey?)null : ListCursor.Key(range.Table, listing.Cursor);
        return Page(Keys(range, cursor, listing.Descending), listing, static row => ListCursor.Of(row.Key));
    }

    public Page<Row> ListDue(Space space, LaneRange range, Listing listing)
    {
        Entry? cursor = null;
        if (listing.Cursor is not null)
        {
            var (at, key) = ListCursor.Due(space, listing.Cursor);
            cursor = new Entry(range.Lane, at, key);
        }

        var from = new Entry(range.Lane, range.From ?? 0, new RowKey(First, ""));
        var to = range.To is { } end
            ? new Entry(range.Lane, end, new RowKey(First, ""))
            : new Entry(range.Lane, long.MaxValue, new RowKey(Last, ""));
        var entries = View(_due, from, to, cursor, listing.Descending);
        return Page(entries.Select(static e => e.Key), listing, static row => ListCursor.Of(row.Due!.Value.At, row.Key));
    }

    public List<LaneSummary> Lanes(string prefix, string? after, int limit)
    {
        var lanes = new List<LaneSummary>();
        var lower = after is not null && string.CompareOrdinal(after, prefix) >= 0 ? after + '\0' : prefix;
        while (lanes.Count < limit && FirstFrom(lower) is { } entry && entry.Lane.StartsWith(prefix, StringComparison.Ordinal))
        {
            lanes.Add(new LaneSummary(entry.Lane, entry.At));
            lower = entry.Lane + '\0';
        }

        return lanes;
    }

    public long Count(string prefix, long atMost)
    {
        var count = 0L;
        foreach (var _ in View(_due, Start(prefix), Start(prefix + AfterAll), null, descending: false))
        {
            if (count >= atMost)
            {
                break;
            }

            count++;
        }

        return Math.Min(count, Math.Max(0, atMost));
    }

    private static RowReference Before(Write write) => write is Write.Replace r ? r.Before : ((Write.Delete)write).Before;

    private static Entry Start(string lane) => new(lane, 0, new RowKey(First, ""));

    private Entry? FirstFrom(string lane)
    {
        var first = _due.GetViewBetween(Start(lane), Start(AfterAll)).Min;
        return first.Lane is null ? null : first; // the minimum of an empty view is the default
    }

    private void Put(Row row, Due? before)
    {
        _rows[row.Key] = row;
        _keys.Add(row.Key);
        Unindex(row.Key, before);
        if (row.Due is { } due)
        {
            _due.Add(new Entry(due.Lane, due.At, row.Key));
        }
    }

    private void Remove(RowKey key)
    {
        if (_rows.Remove(key, out var row))
        {
            _keys.Remove(key);
            Unindex(key, row.Due);
        }
    }

    private void Unindex(RowKey key, Due? before)
    {
        if (before is { } due)
        {
            _due.Remove(new Entry(due.Lane, due.At, key));
        }
    }

    private IEnumerable<RowKey> Keys(KeyRange range, RowKey? cursor, bool descending)
    {
        var byId = range.Table.Keys == KeyForm.Id;
        var from = range.From ?? (byId ? new RowKey(range.Table, UInt128.Zero) : new RowKey(range.Table, ""));
        var open = byId ? new RowKey(range.Table, UInt128.MaxValue) : new RowKey(range.Table, AfterAll);
        var keys = View(_keys, from, range.To ?? open, cursor, descending, openEnd: range.To is null);
        return keys;
    }

    /// <summary>Items from (inclusive) to (exclusive unless open), after the cursor in the direction.</summary>
    private static IEnumerable<T> View<T>(SortedSet<T> set, T from, T to, T? cursor, bool descending, bool openEnd = false)
        where T : struct, IComparable<T>
    {
        var (low, high) = cursor is not { } place ? (from, to)
            : descending ? (from, place.CompareTo(to) < 0 ? place : to)
            : (place.CompareTo(from) > 0 ? place : from, to);
        if (low.CompareTo(high) > 0)
        {
            return [];
        }

        var view = set.GetViewBetween(low, high);
        return (descending ? view.Reverse() : view)
            .Where(item => (openEnd || item.CompareTo(to) < 0) && (cursor is not { } told || item.CompareTo(told) != 0));
    }

    private Page<Row> Page(IEnumerable<RowKey> keys, Listing listing, Func<Row, string> cursor)
    {
        var rows = keys.Take(listing.Limit + 1).Select(key => _rows[key]).ToList();
        if (rows.Count <= listing.Limit)
        {
            return new Page<Row>(Bodies(rows, listing), null);
        }

        rows.RemoveAt(listing.Limit);
        return new Page<Row>(Bodies(rows, listing), cursor(rows[^1]));
    }

    private static List<Row> Bodies(List<Row> rows, Listing listing) =>
        listing.WithBodies ? rows : rows.ConvertAll(static row => row with { Body = default });

    private readonly record struct Entry(string Lane, long At, RowKey Key) : IComparable<Entry>
    {
        public int CompareTo(Entry other)
        {
            var byLane = string.CompareOrdinal(Lane, other.Lane);
            if (byLane != 0)
            {
                return byLane;
            }

            var byTime = At.CompareTo(other.At);
            return byTime != 0 ? byTime : Key.CompareTo(other.Key);
        }
    }
}
