using System.Text;

namespace Foundation.Embedded.Sqlite;

/// <summary>Blobs as chunks in the store's file: one thing to copy, to lock and to close.</summary>
public sealed class SqliteBlobs(SqliteStore store) : IBlobs
{
    /// <summary>What one group writes of a blob.</summary>
    private const int PieceBytes = 16 * SqliteBlobRows.ChunkBytes;

    /// <inheritdoc/>
    public async ValueTask<BlobInfo?> PutAsync(
        string name, ReadOnlyMemory<byte> content, string? ifMatch, DateTimeOffset now, CancellationToken ct)
    {
        BlobLimits.Check(name, content);
        var id = await store.RunAsync(new WorkJob<long>(0, static state => state.Blobs.NextId(), ct));
        for (var start = 0; start < content.Length; start += PieceBytes)
        {
            var (from, piece) = (start, content.Slice(start, Math.Min(PieceBytes, content.Length - start)));
            await store.RunAsync(new WorkJob<bool>(
                piece.Length,
                state =>
                {
                    state.Blobs.WriteChunks(id, from / SqliteBlobRows.ChunkBytes, piece.Span);
                    return true;
                },
                ct));
        }

        var at = now.ToUnixTimeMilliseconds();
        var put = new WorkJob<bool>(0, state => state.Blobs.Put(name, id, content.Length, ifMatch, at), CancellationToken.None);
        return await store.RunAsync(put)
            ? new BlobInfo(name, content.Length, SqliteBlobRows.Tag(id), DateTimeOffset.FromUnixTimeMilliseconds(at))
            : null;
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string name, long offset, int? length, CancellationToken ct)
    {
        BlobLimits.CheckName(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length ?? 0, nameof(length));
        return store.Readers.ReadAsync((name, offset, length), static (reader, s) => Get(reader.Database, s.name, s.offset, s.length), ct);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string name, CancellationToken ct)
    {
        BlobLimits.CheckName(name);
        return await store.RunAsync(new WorkJob<bool>(0, state => state.Blobs.Delete(name), ct));
    }

    /// <inheritdoc/>
    public ValueTask<Page<BlobInfo>> ListAsync(string prefix, int limit, string? cursor, CancellationToken ct)
    {
        ReadLimits.CheckLimit(limit);
        return store.Readers.ReadAsync(
            (prefix, limit, cursor), static (reader, s) => List(reader.Database, s.prefix, s.limit, s.cursor), ct);
    }

    private static ReadOnlyMemory<byte>? Get(SqliteDatabase database, string name, long offset, int? length)
    {
        // One transaction, so that a blob replaced meanwhile is not read half old, half new.
        database.Execute("BEGIN");
        try
        {
            using var find = database.Once("SELECT id, length FROM blobs WHERE name = ?1");
            find.BindText(1, Encoding.UTF8.GetBytes(name));
            if (!find.Read())
            {
                return null;
            }

            var (id, stored) = (find.Long(0), find.Long(1));
            var start = Math.Min(offset, stored);
            var content = new byte[(int)Math.Min(length ?? int.MaxValue, stored - start)];
            Fill(database, id, start, content);
            return content;
        }
        finally
        {
            database.Execute("COMMIT");
        }
    }

    private static void Fill(SqliteDatabase database, long id, long start, Span<byte> content)
    {
        using var chunks = database.Once("SELECT data FROM chunks WHERE id >= ?1 AND id < ?2 ORDER BY id");
        chunks.Bind(1, (id << SqliteBlobRows.ChunkBits) | (start / SqliteBlobRows.ChunkBytes));
        chunks.Bind(2, (id + 1) << SqliteBlobRows.ChunkBits);
        var skip = (int)(start % SqliteBlobRows.ChunkBytes);
        while (!content.IsEmpty && chunks.Read())
        {
            var data = chunks.Bytes(0)[skip..];
            data = data[..Math.Min(data.Length, content.Length)];
            data.CopyTo(content);
            content = content[data.Length..];
            skip = 0;
        }

        if (!content.IsEmpty)
        {
            throw new InvalidOperationException($"Blob {id} lacks {content.Length} bytes");
        }
    }

    private static Page<BlobInfo> List(SqliteDatabase database, string prefix, int limit, string? cursor)
    {
        using var list = database.Once(
            "SELECT name, length, id, at FROM blobs WHERE name >= ?1 AND name < ?2 AND name > ?3 ORDER BY name LIMIT ?4");
        list.BindText(1, Encoding.UTF8.GetBytes(prefix)).BindText(2, Encoding.UTF8.GetBytes(prefix + '\u007f'));
        list.BindText(3, Encoding.UTF8.GetBytes(cursor ?? "")).Bind(4, limit + 1);
        var found = new List<BlobInfo>();
        while (list.Read())
        {
            if (found.Count == limit)
            {
                return new Page<BlobInfo>(found, found[^1].Name);
            }

            var (name, at) = (Encoding.UTF8.GetString(list.Bytes(0)), DateTimeOffset.FromUnixTimeMilliseconds(list.Long(3)));
            found.Add(new BlobInfo(name, list.Long(1), SqliteBlobRows.Tag(list.Long(2)), at));
        }

        return new Page<BlobInfo>(found, null);
    }
}
