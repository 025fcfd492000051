using Azure;
using Azure.Data.Tables;

namespace Foundation.Azure.Tables;

/// <summary>The reads of one shard: a point, or a range of keys in order.</summary>
internal sealed class Partition(TableClient table, Shard shard)
{
    /// <summary>Azure's bound of one answer.</summary>
    public const int PageMax = ReadLimits.PageMax;

    private readonly string _partition = EntityKeys.Partition(shard);

    /// <summary>Reads one entity, or null.</summary>
    public ValueTask<TableEntity?> FindAsync(string key, IEnumerable<string>? select, CancellationToken ct) => AzureFailures.GuardAsync(
        $"Reading {shard}",
        async () =>
        {
            var found = await table.GetEntityIfExistsAsync<TableEntity>(_partition, key, select, ct);
            return found.HasValue ? found.Value : null;
        },
        ct);

    /// <summary>Reads the first entities of a key range, from inclusive, to exclusive.</summary>
    public ValueTask<EntityPage> ReadAsync(string from, string to, int top, string[]? select, CancellationToken ct) =>
        AzureFailures.GuardAsync($"Reading {shard}", () => ReadOrNoneAsync(from, to, top, select, ct), ct);

    /// <summary>Deletes the stamps of commits that nobody can ask for any more; a page per call, the rest another day.</summary>
    public ValueTask<int> DeleteOldMarkersAsync(DateTimeOffset before, CancellationToken ct) => AzureFailures.GuardAsync(
        $"Cleaning {shard}",
        async () =>
        {
            var (from, to) = EntityKeys.Markers;
            var page = await ReadAsync(from, to, PageMax, RowEntity.Stamps, ct);
            var old = page.Items.Where(e => e.Timestamp < before).ToList();
            foreach (var batch in old.Chunk(CommitLimits.OperationsMax))
            {
                var deletes = batch.Select(e => new TableEntity(_partition, e.RowKey));
                await table.SubmitTransactionAsync(
                    deletes.Select(e => new TableTransactionAction(TableTransactionActionType.Delete, e, ETag.All)), ct);
            }

            return old.Count;
        },
        ct);

    private async Task<EntityPage> ReadOrNoneAsync(string from, string to, int top, string[]? select, CancellationToken ct)
    {
        try
        {
            return await ReadPagesAsync(from, to, top, select, ct);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // The table is made by the first commit.
            return new EntityPage([], false);
        }
    }

    // Azure ends an answer early at 4 MiB, 5 s or a partition server's edge; only then is there a second page.
    private async Task<EntityPage> ReadPagesAsync(string from, string to, int top, string[]? select, CancellationToken ct)
    {
        var filter = $"PartitionKey eq '{_partition}' and RowKey ge {Literal(from)} and RowKey lt {Literal(to)}";
        var size = Math.Min(top, PageMax);
        var items = new List<TableEntity>();
        await foreach (var page in table.QueryAsync<TableEntity>(filter, size, select, ct).AsPages())
        {
            items.AddRange(page.Values);
            if (items.Count >= top || page.ContinuationToken is null)
            {
                return new EntityPage(items, page.ContinuationToken is not null);
            }
        }

        return new EntityPage(items, false);
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

/// <summary>Entities in key order.</summary>
/// <param name="Items">The first of the range; a few more than asked for may come.</param>
/// <param name="More">Whether the range may hold more.</param>
internal readonly record struct EntityPage(List<TableEntity> Items, bool More);
