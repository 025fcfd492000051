namespace Foundation.Embedded.Sqlite;

/// <summary>
/// Rows as last committed, each in the one slot that its key hashes to.
/// </summary>
/// <remarks>
/// Why it is never stale: the writer takes a group's rows out before its COMMIT and puts their new forms in after it, so while
/// the outcome is open readers ask the file. A reader may put in what it read only if no group began since before its read
/// (<see cref="Stamp"/> is unchanged and even). Both sides change slots under one lock; looking is without.
/// </remarks>
internal sealed class RowCache
{
    /// <summary>Rows above this are not worth their memory.</summary>
    private const int BytesMax = 4096;

    private readonly Lock _gate = new();
    private readonly Entry?[] _slots;
    private long _stamp;

    public RowCache(int rows) => _slots = new Entry[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rows)];

    /// <summary>Odd while a group's outcome is open.</summary>
    public long Stamp => Volatile.Read(ref _stamp);

    /// <summary>The row as last committed, with body, or null when it is not here.</summary>
    public Row? Find(int table, RowKey key) =>
        Volatile.Read(ref _slots[Slot(table, key)]) is { } entry && entry.Table == table && Same(entry.Row.Key, key) ? entry.Row : null;

    /// <summary>A reader puts in what it read, unless a group began meanwhile.</summary>
    public void Fill(long stamp, int table, Row row)
    {
        if ((stamp & 1) == 0 && Fits(row))
        {
            lock (_gate)
            {
                if (_stamp == stamp)
                {
                    _slots[Slot(table, row.Key)] = new Entry(table, row);
                }
            }
        }
    }

    /// <summary>Takes out the rows of a group whose COMMIT follows, keeping what a replace needs of them.</summary>
    public void Begin(List<RowChange> changes)
    {
        lock (_gate)
        {
            Volatile.Write(ref _stamp, _stamp + 1);
            foreach (var change in changes)
            {
                change.Before = Find(change.Table, change.Key);
                if (change.Before is not null)
                {
                    _slots[Slot(change.Table, change.Key)] = null;
                }
            }
        }
    }

    /// <summary>Puts in what the group made of its rows, or nothing when it was undone.</summary>
    public void End(List<RowChange> changes, bool committed)
    {
        lock (_gate)
        {
            foreach (var change in changes)
            {
                ref var slot = ref _slots[Slot(change.Table, change.Key)];
                var here = slot is { } entry && entry.Table == change.Table && Same(entry.Row.Key, change.Key) ? entry.Row : null;
                if (committed && change.After(here ?? change.Before) is { } row && Fits(row))
                {
                    slot = new Entry(change.Table, row);
                }
                else if (here is not null)
                {
                    slot = null;
                }
            }

            Volatile.Write(ref _stamp, _stamp + 1);
        }
    }

    private static bool Fits(Row row) => row.State.Length + row.Body.Length <= BytesMax;

    private static bool Same(RowKey a, RowKey b) => a.Id == b.Id && a.Text == b.Text;

    private int Slot(int table, RowKey key)
    {
        var hash = key.Text is { } text
            ? (uint)text.GetHashCode(StringComparison.Ordinal)
            : (uint)key.Id ^ (uint)(key.Id >> 32) ^ (uint)(key.Id >> 64);
        return (int)(((hash ^ ((uint)table * 0x9E3779B9)) * 0x85EBCA6B) >> 8) & (_slots.Length - 1);
    }

    private sealed record Entry(int Table, Row Row);
}

/// <summary>What a group does to one row, for the cache.</summary>
internal sealed class RowChange(int table, RowKey key, Write? write, long version)
{
    public int Table => table;

    public RowKey Key => key;

    /// <summary>The row before the group, when the cache had it.</summary>
    public Row? Before { get; set; }

    /// <summary>The row after the write, or null when it is gone or its body is not known.</summary>
    public Row? After(Row? before) => write switch
    {
        Write.Insert i => new Row(key, new RowVersion(version), i.State.ToArray(), i.Body.ToArray(), i.Due),
        Write.Replace r when before is not null =>
            before with { Version = new RowVersion(version), State = r.State.ToArray(), Due = r.Due },
        _ => null,
    };
}
