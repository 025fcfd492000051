using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;

namespace Foundation.Azure.Tables;

/// <summary>One table per space; made when the first commit misses it, so that no start waits for it.</summary>
internal sealed class TableDirectory(AzureStorageClients clients, AzureTablesOptions options)
{
    private readonly ConcurrentDictionary<string, TableClient> _tables = new();
    private readonly ConcurrentDictionary<string, TableClient> _once = new();

    public TableClient Get(Space space) => Get(space.Name);

    /// <summary>The table without retries, for commits.</summary>
    public TableClient GetOnce(Space space) =>
        _once.GetOrAdd(space.Name, name => clients.TablesOnce.GetTableClient(options.TablePrefix + name));

    public Partition Partition(Shard shard)
    {
        ReadLimits.Check(shard, options.Shards);
        return new Partition(Get(shard.Space), shard);
    }

    /// <summary>Reads one entity by persisted names, for maintenance that knows no declared space.</summary>
    public async Task<TableEntity?> ReadAsync(string space, string partition, string key, string[] select, CancellationToken ct)
    {
        var found = await Get(space).GetEntityIfExistsAsync<TableEntity>(partition, key, select, ct);
        return found.HasValue ? found.Value : null;
    }

    public ValueTask<bool> CreateAsync(Space space, CancellationToken ct) => AzureFailures.GuardAsync(
        $"Making the table of {space.Name}",
        async () =>
        {
            try
            {
                await Get(space).CreateIfNotExistsAsync(ct);
                return true;
            }
            catch (RequestFailedException e) when (e.Status == 409)
            {
                // Another process makes it, or it is still being deleted; the commit tries again.
                return false;
            }
        },
        ct);

    private TableClient Get(string space) => _tables.GetOrAdd(space, name => clients.Tables.GetTableClient(options.TablePrefix + name));
}
