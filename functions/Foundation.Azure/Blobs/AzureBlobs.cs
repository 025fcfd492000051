using System.Globalization;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using BlobInfo = Foundation.Protocols.BlobInfo;
using BlobPage = Foundation.Protocols.Page<Foundation.Protocols.BlobInfo>;

namespace Foundation.Azure.Blobs;

/// <summary>Blobs in one container of an Azure storage account. The service stamps times itself.</summary>
/// <param name="container">Made when the first write misses it.</param>
/// <param name="random">Marks each write, so that it is known again when its reply was lost.</param>
public sealed class AzureBlobs(BlobContainerClient container, RandomSource random) : IBlobs
{
    private const string WriteMark = "write";
    private const int PageMax = 5000;

    // One request: a blob is written whole or not at all, and its condition is checked once.
    private static readonly StorageTransferOptions Whole = new()
    {
        InitialTransferSize = BlobLimits.BytesMax, MaximumTransferSize = BlobLimits.BytesMax,
    };

    /// <inheritdoc/>
    public ValueTask<BlobInfo?> PutAsync(
        string name, ReadOnlyMemory<byte> content, string? ifMatch, DateTimeOffset now, CancellationToken ct)
    {
        BlobLimits.Check(name, content);
        var mark = string.Create(CultureInfo.InvariantCulture, $"{random.NextSeed():x8}{random.NextSeed():x8}");
        var options = new BlobUploadOptions
        {
            Conditions = Conditions(ifMatch),
            Metadata = new Dictionary<string, string> { [WriteMark] = mark },
            TransferOptions = Whole,
        };
        var blob = container.GetBlobClient(name);
        return AzureFailures.GuardAsync<BlobInfo?>("Writing a blob", () => PutAsync(blob, content, options, mark, ct), ct);
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string name, long offset, int? length, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length ?? 0, nameof(length));
        var blob = container.GetBlobClient(name);
        return AzureFailures.GuardAsync<ReadOnlyMemory<byte>?>("Reading a blob", () => GetAsync(blob, offset, length, ct), ct);
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string name, CancellationToken ct) => AzureFailures.GuardAsync(
        "Deleting a blob", async () => (await container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: ct)).Value, ct);

    /// <inheritdoc/>
    public ValueTask<BlobPage> ListAsync(string prefix, int limit, string? cursor, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return AzureFailures.GuardAsync("Listing blobs", () => ListPageAsync(prefix, Math.Min(limit, PageMax), cursor, ct), ct);
    }

    private static BlobRequestConditions? Conditions(string? ifMatch) => ifMatch switch
    {
        null => null,
        "" => new BlobRequestConditions { IfNoneMatch = ETag.All },
        _ => new BlobRequestConditions { IfMatch = new ETag(ifMatch) },
    };

    private async Task<BlobInfo?> PutAsync(
        BlobClient blob, ReadOnlyMemory<byte> content, BlobUploadOptions options, string mark, CancellationToken ct)
    {
        try
        {
            return await UploadAsync(blob, content, options, ct);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            if (options.Conditions?.IfMatch is not null)
            {
                return null;
            }

            await container.CreateIfNotExistsAsync(cancellationToken: ct);
            return await UploadAsync(blob, content, options, ct);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            // The client's own retry meets what its first try wrote, when only the reply was lost.
            return await FindOwnAsync(blob, mark, ct);
        }
    }

    private static async Task<BlobInfo> UploadAsync(
        BlobClient blob, ReadOnlyMemory<byte> content, BlobUploadOptions options, CancellationToken ct)
    {
        var stored = (await blob.UploadAsync(BinaryData.FromBytes(content), options, ct)).Value;
        return new BlobInfo(blob.Name, content.Length, Tag(stored.ETag), stored.LastModified);
    }

    private static async Task<BlobInfo?> FindOwnAsync(BlobClient blob, string mark, CancellationToken ct)
    {
        try
        {
            var found = (await blob.GetPropertiesAsync(cancellationToken: ct)).Value;
            return found.Metadata.TryGetValue(WriteMark, out var written) && written == mark
                ? new BlobInfo(blob.Name, found.ContentLength, Tag(found.ETag), found.LastModified)
                : null;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    private static async Task<ReadOnlyMemory<byte>?> GetAsync(BlobClient blob, long offset, int? length, CancellationToken ct)
    {
        try
        {
            if (length == 0)
            {
                return (await blob.ExistsAsync(ct)).Value ? ReadOnlyMemory<byte>.Empty : null;
            }

            var options = new BlobDownloadOptions { Range = offset == 0 && length is null ? default : new HttpRange(offset, length) };
            return (await blob.DownloadContentAsync(options, ct)).Value.Content.ToMemory();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
        catch (RequestFailedException e) when (e.Status == 416)
        {
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    private async Task<BlobPage> ListPageAsync(string prefix, int limit, string? cursor, CancellationToken ct)
    {
        try
        {
            var options = new GetBlobsOptions { Prefix = prefix.Length == 0 ? null : prefix };
            await foreach (var page in container.GetBlobsAsync(options, ct).AsPages(cursor, limit))
            {
                var next = string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken;
                if (page.Values.Count > 0 || next is null)
                {
                    return new BlobPage([.. page.Values.Select(ToInfo)], next);
                }
            }
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            // Nothing was ever written.
        }

        return new BlobPage([], null);
    }

    // Listings give it bare, other answers in quotes.
    private static string Tag(ETag tag) => tag.ToString().Trim('"');

    private static BlobInfo ToInfo(BlobItem item) => new(
        item.Name, item.Properties.ContentLength ?? 0, Tag(item.Properties.ETag ?? default), item.Properties.LastModified ?? default);
}
