using System.Globalization;
using System.Text;

namespace Foundation.Embedded.Sqlite;

/// <summary>
/// The writer's statements over blobs. Chunks are written first, under a new number and in small pieces, so that a large blob
/// never delays commits; the last step names the number. What no name points to is removed at the next start.
/// </summary>
internal sealed class SqliteBlobRows
{
    public const int ChunkBytes = 64 * 1024;
    public const int ChunkBits = 16;

    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _chunk;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _put;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _deleteChunks;
    private readonly byte[] _name = new byte[BlobLimits.NameCharsMax];
    private long _next;

    public SqliteBlobRows(SqliteDatabase database)
    {
        _database = database;
        _chunk = database.Prepare("INSERT INTO chunks(id, data) VALUES(?1, ?2)");
        _find = database.Prepare("SELECT id FROM blobs WHERE name = ?1");
        _put = database.Prepare(
            "INSERT INTO blobs(name, id, length, at) VALUES(?1, ?2, ?3, ?4) "
            + "ON CONFLICT DO UPDATE SET id = excluded.id, length = excluded.length, at = excluded.at");
        _delete = database.Prepare("DELETE FROM blobs WHERE name = ?1");
        _deleteChunks = database.Prepare("DELETE FROM chunks WHERE id >= ?1 AND id < ?2");
        _next = Math.Max(database.Number("SELECT max(id) FROM blobs"), database.Number("SELECT max(id) FROM chunks") >> ChunkBits);
    }

    /// <summary>The number of a new blob.</summary>
    public long NextId() => ++_next;

    /// <summary>Writes a piece whose first chunk has this index.</summary>
    public void WriteChunks(long id, int index, ReadOnlySpan<byte> content)
    {
        for (; !content.IsEmpty; index++)
        {
            var chunk = content[..Math.Min(ChunkBytes, content.Length)];
            _chunk.Bind(1, (id << ChunkBits) | (uint)index).Bind(2, chunk).Run();
            content = content[chunk.Length..];
        }
    }

    /// <summary>Names a written blob and removes the one it replaces. False, and the new one removed, when the condition fails.</summary>
    public bool Put(string name, long id, long length, string? ifMatch, long at)
    {
        var before = Find(name);
        if (ifMatch is not null && ifMatch != (before is { } tag ? Tag(tag) : ""))
        {
            DeleteChunks(id);
            return false;
        }

        _put.BindText(1, Utf8(name)).Bind(2, id).Bind(3, length).Bind(4, at).Run();
        if (before is { } replaced)
        {
            DeleteChunks(replaced);
        }

        return true;
    }

    public bool Delete(string name)
    {
        if (Find(name) is not { } id)
        {
            return false;
        }

        _delete.BindText(1, Utf8(name)).Run();
        DeleteChunks(id);
        return true;
    }

    /// <summary>Removes chunks that no blob names; returns how many.</summary>
    public int RemoveUnfinished()
    {
        _database.Execute("DELETE FROM chunks WHERE id >> 16 NOT IN (SELECT id FROM blobs)");
        return _database.Changes;
    }

    public static string Tag(long id) => id.ToString(CultureInfo.InvariantCulture);

    private long? Find(string name)
    {
        _find.BindText(1, Utf8(name));
        if (!_find.Read())
        {
            return null;
        }

        var id = _find.Long(0);
        _find.Reset();
        return id;
    }

    private void DeleteChunks(long id) => _deleteChunks.Bind(1, id << ChunkBits).Bind(2, (id + 1) << ChunkBits).Run();

    private ReadOnlySpan<byte> Utf8(string name) => _name.AsSpan(0, Encoding.UTF8.GetBytes(name, _name));
}
