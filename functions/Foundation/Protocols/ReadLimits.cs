namespace Foundation.Protocols;

/// <summary>The bounds of reads; every store enforces them, so that what runs on one runs on all.</summary>
public static class ReadLimits
{
    /// <summary>The most that one page may be asked to hold.</summary>
    public const int PageMax = 1000;

    /// <summary>Throws when the shard does not exist.</summary>
    public static void Check(Shard shard, int shards)
    {
        if ((uint)shard.Number >= (uint)shards)
        {
            throw new ArgumentException($"There is no shard {shard}; the store has {shards}", nameof(shard));
        }
    }

    /// <summary>Throws when the shard does not exist, or a table is not of its space.</summary>
    public static void Check(Shard shard, int shards, Table table)
    {
        Check(shard, shards);
        if (table.Space.Name != shard.Space.Name)
        {
            throw new ArgumentException($"{table} is not of space {shard.Space.Name}", nameof(table));
        }
    }

    /// <summary>Throws when a key range mixes tables.</summary>
    public static void Check(KeyRange range)
    {
        if ((range.From is { } from && from.Table != range.Table) || (range.To is { } to && to.Table != range.Table))
        {
            throw new ArgumentException($"The bounds of a range of {range.Table} are not of it", nameof(range));
        }
    }

    /// <summary>Throws when a page limit is out of range.</summary>
    public static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, PageMax);
    }
}
