namespace Foundation.Protocols;

/// <summary>What is known of a blob.</summary>
/// <param name="Name">1–400 printable ASCII characters without <c>\</c>; segments, none empty or with a dot at its end, joined by <c>/</c>.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Tag">For conditional writes.</param>
/// <param name="ModifiedAt">When it was written.</param>
public sealed record BlobInfo(string Name, long Length, string Tag, DateTimeOffset ModifiedAt);

/// <summary>Large immutable-ish bytes beside the rows: archives, snapshots, big bodies.</summary>
public interface IBlobs
{
    /// <summary>Writes a blob whole.</summary>
    /// <param name="name">The name.</param>
    /// <param name="content">At most 64 MiB.</param>
    /// <param name="ifMatch">Null: overwrite; <c>""</c>: only when absent; else only when the tag is this.</param>
    /// <param name="now">The time it is stamped with where the store has no clock of its own (to the millisecond).</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>What was stored, or null when the condition failed.</returns>
    ValueTask<BlobInfo?> PutAsync(string name, ReadOnlyMemory<byte> content, string? ifMatch, DateTimeOffset now, CancellationToken ct);

    /// <summary>Reads a blob or a part of it (clipped at its end; empty past it), or null when absent.</summary>
    ValueTask<ReadOnlyMemory<byte>?> GetAsync(string name, long offset, int? length, CancellationToken ct);

    /// <summary>Deletes; false when it was absent.</summary>
    ValueTask<bool> DeleteAsync(string name, CancellationToken ct);

    /// <summary>Blobs under a prefix (empty: all), in ordinal order of their names.</summary>
    ValueTask<Page<BlobInfo>> ListAsync(string prefix, int limit, string? cursor, CancellationToken ct);
}

/// <summary>The bounds of blobs; every implementation enforces them.</summary>
public static class BlobLimits
{
    /// <summary>Characters of a name.</summary>
    public const int NameCharsMax = 400;

    /// <summary>Bytes of one blob.</summary>
    public const int BytesMax = 64 * 1024 * 1024;

    /// <summary>Throws when a name is malformed: also for what Azure would store under another name (empty segments, a dot at an end).</summary>
    public static void CheckName(string name)
    {
        if (name.Length is 0 or > NameCharsMax || name.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ArgumentException($"A blob's name has 1–{NameCharsMax} printable ASCII characters", nameof(name));
        }

        if ($"/{name}/".Contains("//", StringComparison.Ordinal) || $"{name}/".Contains("./", StringComparison.Ordinal) || name.Contains('\\', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{name}' has an empty segment, a segment that ends with a dot, or a backslash", nameof(name));
        }
    }

    /// <summary>Throws when a name or content is out of bounds.</summary>
    public static void Check(string name, ReadOnlyMemory<byte> content)
    {
        CheckName(name);
        if (content.Length > BytesMax)
        {
            throw new ArgumentException($"The blob {name} has {content.Length} bytes; at most {BytesMax} are allowed", nameof(content));
        }
    }
}
