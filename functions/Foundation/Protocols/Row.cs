namespace Foundation.Protocols;

/// <summary>An opaque version of a row, for conditional writes: a number or, on Azure, an ETag.</summary>
/// <param name="Number">The store's number.</param>
/// <param name="Tag">The store's tag, where numbers do not suffice.</param>
public readonly record struct RowVersion(long Number, string? Tag = null);

/// <summary>How a due row gets its attention.</summary>
public enum Promptness
{
    /// <summary>Only listed: no wake-up at any time.</summary>
    Listed,

    /// <summary>Nobody is told: embedded wakes at <c>At</c>, Azure's sweeper within 60 s after it.</summary>
    Sweep,

    /// <summary>A wake-up is sent for <c>At</c>.</summary>
    Prompt,
}

/// <summary>
/// Where a row waits and when it next wants attention. The index order is (lane, at, key); rows of different tables that share
/// lane and time stand in an order of the store's own.
/// </summary>
/// <param name="Lane">A named waiting line: kebab-case segments joined by <c>/</c>; 1–300 printable ASCII characters.</param>
/// <param name="At">Unix milliseconds, 0 or more.</param>
/// <param name="Promptness">How it gets its attention.</param>
public readonly record struct Due(string Lane, long At, Promptness Promptness);

/// <summary>What names a stored row in a conditional write: its key, its version and the index entry it owns.</summary>
public readonly record struct RowReference(RowKey Key, RowVersion Version, Due? Due);

/// <summary>The durable state of one thing.</summary>
/// <param name="Key">Table and id or text.</param>
/// <param name="Version">Changes with every write.</param>
/// <param name="State">Rewritten as a whole; at most <see cref="CommitLimits.StateBytesMax"/> bytes.</param>
/// <param name="Body">Written once, at insert; empty when a listing left bodies out.</param>
/// <param name="Due">Where it waits, if anywhere.</param>
public sealed record Row(RowKey Key, RowVersion Version, ReadOnlyMemory<byte> State, ReadOnlyMemory<byte> Body, Due? Due)
{
    /// <summary>Names this version of the row in a write.</summary>
    public RowReference Reference => new(Key, Version, Due);
}

/// <summary>A page of a listing.</summary>
/// <param name="Items">May be shorter than the limit while <paramref name="Next"/> is present.</param>
/// <param name="Next">Where to go on, or null at the end. Opaque.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>A range of keys of one table, from inclusive, to exclusive; null is open.</summary>
public sealed record KeyRange(Table Table, RowKey? From = null, RowKey? To = null)
{
    /// <summary>All keys with a text prefix.</summary>
    public static KeyRange Prefix(Table table, string prefix) => new(table, new RowKey(table, prefix), new RowKey(table, prefix + '\uffff'));
}

/// <summary>A range of one lane by time, from inclusive, to exclusive; null is open.</summary>
public sealed record LaneRange(string Lane, long? From = null, long? To = null);

/// <summary>How a listing is read.</summary>
/// <param name="Limit">1–1000.</param>
/// <param name="Cursor">
/// The <see cref="Page{T}.Next"/> of the page before, of the same range and direction; it is a place, so rows that come or go
/// meanwhile neither double nor hide others. A malformed one throws <see cref="ArgumentException"/>.
/// </param>
/// <param name="Descending">Greatest first.</param>
/// <param name="WithBodies">Whether bodies are read too.</param>
public sealed record Listing(int Limit = 100, string? Cursor = null, bool Descending = false, bool WithBodies = false);

/// <summary>A lane that holds rows.</summary>
/// <param name="Lane">Its name.</param>
/// <param name="EarliestAt">The least <c>At</c> in it, Unix milliseconds.</param>
public readonly record struct LaneSummary(string Lane, long EarliestAt);
