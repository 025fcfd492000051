using Azure.Data.Tables;

namespace Foundation.Azure.Tables;

/// <summary>Pages through a range of entities in either direction.</summary>
/// <param name="partition">Where.</param>
/// <param name="metric">Where to look when the end is searched.</param>
/// <param name="from">The range, inclusive.</param>
/// <param name="to">The range, exclusive.</param>
/// <param name="searched">What the search for the end reads; a page of the same properties needs no further read.</param>
internal sealed class KeyPager(Partition partition, KeyMetric metric, string from, string to, string[] searched)
{
    private const int ChunkAim = Partition.PageMax * 3 / 4;

    /// <summary>One page, in the order asked for.</summary>
    /// <param name="select">What is read of each entity.</param>
    /// <param name="listing">Limit, cursor, direction.</param>
    /// <param name="ct">Cancels.</param>
    public ValueTask<Page<TableEntity>> PageAsync(string[]? select, Listing listing, CancellationToken ct)
    {
        ReadLimits.CheckLimit(listing.Limit);
        var cursor = PageCursor.Read(listing.Cursor, listing.Descending, metric.Prefix);
        return listing.Descending ? BackwardsAsync(select, listing.Limit, cursor, ct) : ForwardsAsync(select, listing.Limit, cursor, ct);
    }

    private async ValueTask<Page<TableEntity>> ForwardsAsync(string[]? select, int limit, PageCursor? cursor, CancellationToken ct)
    {
        var start = cursor is { } c && string.CompareOrdinal(c.Key, from) >= 0 ? c.Key + KeyCode.JustAfter : from;
        var page = await partition.ReadAsync(start, to, limit, select, ct);
        var items = page.Items.Take(limit).ToList();
        var more = page.More || page.Items.Count > limit;
        return new Page<TableEntity>(items, more && items.Count > 0 ? new PageCursor(items[^1].RowKey).ToString() : null);
    }

    private async ValueTask<Page<TableEntity>> BackwardsAsync(string[]? select, int limit, PageCursor? cursor, CancellationToken ct)
    {
        var end = cursor is { } c && string.CompareOrdinal(c.Key, to) < 0 ? c.Key : to;
        var chunk = await ChunkAsync(end, cursor, ct);
        if (chunk.Entities.Count == 0)
        {
            return new Page<TableEntity>([], null);
        }

        var items = chunk.Entities.TakeLast(limit).ToList();
        var last = items[0].RowKey;
        var done = chunk.Entities.Count <= limit && chunk.From == from;
        if (select != searched)
        {
            // The search read keys alone; the rows of the page are one more read, which may meet newer rows in between.
            items = (await partition.ReadAsync(last, end, Partition.PageMax, select, ct)).Items;
            done &= items.Count <= limit;
            items = [.. items.TakeLast(limit)];
            last = items.Count > 0 ? items[0].RowKey : last;
        }

        items.Reverse();
        // A chunk that is used up starts at the page's last key: then the next page need not look into it.
        var start = last == chunk.Entities[0].RowKey ? last : chunk.From;
        return new Page<TableEntity>(items, done ? null : new PageCursor(last, start, Width(chunk.Entities)).ToString());
    }

    /// <summary>How wide a chunk would be that nearly fills an answer, were the keys before as dense as these.</summary>
    private UInt128 Width(List<TableEntity> chunk)
    {
        var width = metric.ToNumber(chunk[^1].RowKey) - metric.ToNumber(chunk[0].RowKey);
        return width / (uint)chunk.Count * ChunkAim;
    }

    // The chunk that the page before came from may hold this one too; before it the next chunk is likely as wide.
    private async ValueTask<TailSearch.Chunk> ChunkAsync(string end, PageCursor? cursor, CancellationToken ct)
    {
        if (cursor is { Chunk: { } start } && string.CompareOrdinal(start, end) < 0)
        {
            var rest = await ReadKeysAsync(start, end, ct);
            if (rest.Items.Count > 0 && !rest.More)
            {
                return new TailSearch.Chunk(start, rest.Items);
            }
        }

        var before = cursor is { Chunk: { } s } && string.CompareOrdinal(s, end) < 0 ? s : end;
        return await new TailSearch(ReadKeysAsync, metric).LastAsync(from, before, cursor?.Width ?? 0, ct);
    }

    private ValueTask<EntityPage> ReadKeysAsync(string start, string end, CancellationToken ct) =>
        partition.ReadAsync(start, end, Partition.PageMax, searched, ct);
}
