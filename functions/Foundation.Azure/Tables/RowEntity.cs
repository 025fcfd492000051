using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace Foundation.Azure.Tables;

/// <summary>A row as an entity. Names are persisted: frozen.</summary>
internal static class RowEntity
{
    /// <summary>The size of a binary property.</summary>
    public const int ChunkBytes = 64 * 1024;

    /// <summary>Larger bodies stand in a blob.</summary>
    public const int InlineBytesMax = 4 * ChunkBytes;

    /// <summary>All but the body. The time stamp is what the version is made of.</summary>
    public static readonly string[] WithoutBody = [P.RowKeyName, P.Timestamp, P.Chain, P.State, P.Lane, P.At, P.Promptness];

    /// <summary>What tells whose commits wrote a row.</summary>
    public static readonly string[] Stamps = [P.RowKeyName, P.Timestamp, P.Chain];

    /// <summary>What names a row in a delete.</summary>
    public static readonly string[] References = [P.RowKeyName, P.Timestamp, P.Chain, P.Lane, P.At, P.Promptness];

    /// <summary>The key alone.</summary>
    public static readonly string[] Keys = [P.RowKeyName];

    /// <summary>What an index entry says.</summary>
    public static readonly string[] Entry = [P.RowKeyName, P.RowName];

    /// <summary>The name of a large body's blob.</summary>
    public static readonly string[] BodyBlobName = [P.RowKeyName, P.BodyBlob];

    public static TableEntity Insert(string partition, Write.Insert write, string? blob, CommitId commit)
    {
        var entity = Changed(partition, write.Target, write.State, write.Due, ChainAfter(write, commit));
        if (blob is not null)
        {
            entity[P.BodyBlob] = blob;
            return entity;
        }

        for (var (offset, i) = (0, 0); offset < write.Body.Length; offset += ChunkBytes, i++)
        {
            entity[BodyName(i)] = write.Body[offset..Math.Min(offset + ChunkBytes, write.Body.Length)].ToArray();
        }

        return entity;
    }

    // Merged into the stored one: the body is never sent again, so a row that waits nowhere says so by an empty lane.
    public static TableEntity Replace(string partition, Write.Replace write, CommitId commit) =>
        Changed(partition, write.Key, write.State, write.Due, ChainAfter(write, commit));

    public static CommitChain ChainAfter(Write write, CommitId commit) =>
        (write is Write.Replace r ? CommitChain.Read(r.Before.Version).Chain : default).Then(commit);

    public static TableEntity IndexEntry(string partition, Due due, RowKey key)
    {
        var (entry, whole) = EntityKeys.Due(due, key);
        var entity = new TableEntity(partition, entry);
        if (!whole)
        {
            entity[P.RowName] = EntityKeys.Row(key);
        }

        return entity;
    }

    public static TableEntity Marker(string partition, string slot, CommitId commit) =>
        new(partition, slot) { [P.Chain] = default(CommitChain).Then(commit).Stamps.ToArray() };

    public static Row ToRow(TableEntity entity, Table table, ReadOnlyMemory<byte> body)
    {
        var (_, name) = EntityKeys.ReadRow(entity.RowKey);
        return new Row(EntityKeys.ToKey(table, name), Version(entity), entity.GetBinary(P.State), body, DueOf(entity));
    }

    public static RowReference ToReference(TableEntity entity, Table table) =>
        new(EntityKeys.ToKey(table, EntityKeys.ReadRow(entity.RowKey).Name), Version(entity), DueOf(entity));

    public static Due? DueOf(TableEntity entity) => entity.GetString(P.Lane) is { Length: > 0 } lane
        ? new Due(lane, entity.GetInt64(P.At) ?? 0, (Promptness)(entity.GetInt32(P.Promptness) ?? 0))
        : null;

    public static RowVersion Version(TableEntity entity) => ChainOf(entity).ToVersion(ETagOf(entity).ToString());

    public static CommitChain ChainOf(TableEntity entity) => new(entity.GetBinary(P.Chain));

    public static string RowOf(TableEntity entry) => entry.GetString(P.RowName) ?? EntityKeys.RowOfEntry(entry.RowKey);

    public static string? BlobOf(TableEntity entity) => entity.GetString(P.BodyBlob);

    public static string Text(CommitId commit) => commit.Value.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>The chunks of an inline body, joined.</summary>
    public static ReadOnlyMemory<byte> InlineBody(TableEntity entity)
    {
        if (entity.GetBinary(BodyName(0)) is not { } first)
        {
            return default;
        }

        if (first.Length < ChunkBytes)
        {
            return first;
        }

        using var joined = new MemoryStream();
        joined.Write(first);
        for (var i = 1; i < InlineBytesMax / ChunkBytes && entity.GetBinary(BodyName(i)) is { } chunk; i++)
        {
            joined.Write(chunk);
        }

        return joined.ToArray();
    }

    private static TableEntity Changed(string partition, RowKey key, ReadOnlyMemory<byte> state, Due? due, CommitChain chain) =>
        new(partition, EntityKeys.Row(key))
        {
            [P.State] = state.ToArray(),
            [P.Lane] = due?.Lane ?? "",
            [P.At] = due?.At ?? 0L,
            [P.Promptness] = (int)(due?.Promptness ?? 0),
            [P.Chain] = chain.Stamps.ToArray(),
        };

    // The tag is the time stamp in other clothes; an answer with chosen properties may leave the tag out.
    private static ETag ETagOf(TableEntity entity) => entity.ETag != default
        ? entity.ETag
        : new ETag($"W/\"datetime'{Uri.EscapeDataString(Written(entity))}'\"");

    private static string Written(TableEntity entity) => entity.Timestamp!.Value.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static string BodyName(int chunk) => P.Body + chunk.ToString(CultureInfo.InvariantCulture);

    private static class P
    {
        public const string RowKeyName = "RowKey";
        public const string Timestamp = "Timestamp";
        public const string State = "State";
        public const string Body = "Body";
        public const string BodyBlob = "BodyBlob";
        public const string Lane = "Lane";
        public const string At = "At";
        public const string Promptness = "Promptness";
        public const string Chain = "Commits";
        public const string RowName = "Row";
    }
}
