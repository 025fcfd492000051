using System.Globalization;

namespace Foundation.Protocols.Memory;

/// <summary>The reference of <see cref="IBlobs"/>: bytes in memory, gone with the process. Thread-safe by one lock.</summary>
public sealed class MemoryBlobs : IBlobs
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (BlobInfo Info, byte[] Content)> _blobs = new(StringComparer.Ordinal);
    private long _tag;

    /// <inheritdoc/>
    public ValueTask<BlobInfo?> PutAsync(
        string name, ReadOnlyMemory<byte> content, string? ifMatch, DateTimeOffset now, CancellationToken ct)
    {
        BlobLimits.Check(name, content);
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var tag = _blobs.TryGetValue(name, out var stored) ? stored.Info.Tag : "";
            if (ifMatch is not null && ifMatch != tag)
            {
                return new((BlobInfo?)null);
            }

            var stamp = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
            var info = new BlobInfo(name, content.Length, (++_tag).ToString(CultureInfo.InvariantCulture), stamp);
            _blobs[name] = (info, content.ToArray());
            return new(info);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string name, long offset, int? length, CancellationToken ct)
    {
        BlobLimits.CheckName(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length ?? 0, nameof(length));
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_blobs.TryGetValue(name, out var stored))
            {
                return new((ReadOnlyMemory<byte>?)null);
            }

            var start = (int)Math.Min(offset, stored.Content.Length);
            var count = Math.Min(length ?? int.MaxValue, stored.Content.Length - start);
            return new(stored.Content.AsMemory(start, count));
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string name, CancellationToken ct)
    {
        BlobLimits.CheckName(name);
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(_blobs.Remove(name));
        }
    }

    /// <inheritdoc/>
    public ValueTask<Page<BlobInfo>> ListAsync(string prefix, int limit, string? cursor, CancellationToken ct)
    {
        ReadLimits.CheckLimit(limit);
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var found = _blobs.Values.Select(static b => b.Info)
                .Where(b => b.Name.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(b.Name, cursor) > 0)
                .Take(limit + 1).ToList();
            if (found.Count <= limit)
            {
                return new(new Page<BlobInfo>(found, null));
            }

            found.RemoveAt(limit);
            return new(new Page<BlobInfo>(found, found[^1].Name));
        }
    }
}
