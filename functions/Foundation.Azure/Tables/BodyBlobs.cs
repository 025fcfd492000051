using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Foundation.Azure.Tables;

/// <summary>
/// Bodies that do not fit an entity. They are stored before the commit that names them, under a name with the commit's id: a commit
/// that fails leaves an orphan, and no name is ever used for other bytes.
/// </summary>
internal sealed class BodyBlobs(BlobContainerClient container, TableDirectory tables, int parallel)
{
    private const int PageSize = 500;

    // <space>/<shard>/<row's entity>!<commit>: no segment can end with a dot, which Azure would drop.
    private static string Name(Commit commit, RowKey key) =>
        $"{commit.Shard.Space.Name}/{EntityKeys.Partition(commit.Shard)}/{EntityKeys.Row(key)}!{RowEntity.Text(commit.Id)}";

    /// <summary>Stores the large bodies of a commit; the names by the order of its writes.</summary>
    public async ValueTask<IReadOnlyList<string?>> StoreAsync(Commit commit, CancellationToken ct)
    {
        var names = new string?[commit.Writes.Length];
        var large = Enumerable.Range(0, names.Length)
            .Where(i => commit.Writes[i] is Write.Insert { Body.Length: > RowEntity.InlineBytesMax })
            .ToList();
        foreach (var i in large)
        {
            names[i] = Name(commit, commit.Writes[i].Key);
        }

        await Bounded.ForEachAsync(large, parallel, i => PutAsync(names[i]!, ((Write.Insert)commit.Writes[i]).Body, ct));
        return names;
    }

    /// <summary>Reads a body.</summary>
    public ValueTask<ReadOnlyMemory<byte>> GetAsync(string name, CancellationToken ct) => AzureFailures.GuardAsync<ReadOnlyMemory<byte>>(
        "Reading a body",
        async () => (await container.GetBlobClient(name).DownloadContentAsync(ct)).Value.Content.ToMemory(),
        ct);

    /// <summary>Deletes bodies older than a moment that no row names.</summary>
    /// <returns>How many went.</returns>
    public ValueTask<int> DeleteOrphansAsync(DateTimeOffset before, CancellationToken ct) => AzureFailures.GuardAsync(
        "Deleting orphaned bodies",
        async () =>
        {
            var deleted = 0;
            try
            {
                await foreach (var page in container.GetBlobsAsync(cancellationToken: ct).AsPages(null, PageSize))
                {
                    var old = page.Values.Where(b => b.Properties.LastModified < before).Select(b => b.Name).ToList();
                    var orphans = await Bounded.SelectAsync(old, parallel, async n => await IsNamedAsync(n, ct) ? null : n);
                    var gone = orphans.OfType<string>();
                    await Bounded.ForEachAsync(gone, parallel, n => container.DeleteBlobIfExistsAsync(n, cancellationToken: ct));
                    deleted += orphans.Count(n => n is not null);
                }
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                // No large body was ever stored.
            }

            return deleted;
        },
        ct);

    private async Task<bool> IsNamedAsync(string blob, CancellationToken ct)
    {
        if (blob.Split('/') is not [var space, var shard, var rest] || rest.LastIndexOf(KeyCode.Separator) is not (> 0 and var end))
        {
            return true; // Not one of ours: leave it.
        }

        var row = await tables.ReadAsync(space, shard, rest[..end], RowEntity.BodyBlobName, ct);
        return row is not null && RowEntity.BlobOf(row) == blob;
    }

    private async Task PutAsync(string name, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var blob = container.GetBlobClient(name);
        await AzureFailures.GuardAsync<bool>(
            "Storing a body",
            async () =>
            {
                try
                {
                    await blob.UploadAsync(BinaryData.FromBytes(body), true, ct);
                }
                catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
                {
                    await container.CreateIfNotExistsAsync(cancellationToken: ct);
                    await blob.UploadAsync(BinaryData.FromBytes(body), true, ct);
                }

                return true;
            },
            ct);
    }
}
