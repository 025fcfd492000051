using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Foundation.Api;

/// <summary>A record with the row it stands in.</summary>
internal sealed record StoredIdempotency(IdempotencyRecord Record, RowReference Row);

/// <summary>
/// The rows behind <c>Idempotency-Key</c>. They have a space of their own, in the shard of who, where and which key: beside the thing
/// created, a changed route or queue would send a repeat to another shard and double the thing.
/// </summary>
internal sealed class IdempotencyRows(
    IStore store, Committer committer, RandomSource random, TimeProvider time, HostProfile profile, IdempotencyOptions options)
{
    /// <summary>The lane of all records, due when they are forgotten.</summary>
    public const string Lane = "idempotency/kept";

    private const int DeletesPerCommit = 40;
    private const int CommitsPerWake = 25;
    private static readonly Space Space = new("idempotency");

    /// <summary>The table.</summary>
    public static Table Table { get; } = new("idempotency", Space, KeyForm.Text);

    /// <summary>This incarnation of the process.</summary>
    public string Process { get; } = $"{random.NextSeed():x8}{random.NextSeed():x8}";

    /// <summary>The row of a key.</summary>
    public (Shard Shard, RowKey Key) Place(Caller caller, string method, string path, string key)
    {
        var name = $"{caller.Tenant}\n{caller.KeyId}\n{method} {path}\n{key}";
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        return (new Shard(Space, (int)(StableHash.Of(digest) % (ulong)store.Shards)), new RowKey(Table, digest));
    }

    /// <summary>The record, or null; one whose time is over counts as gone.</summary>
    public async ValueTask<StoredIdempotency?> FindAsync(Shard shard, RowKey key, CancellationToken ct)
    {
        if (await store.FindAsync(shard, key, ct) is not { } row) return null;
        var record = JsonSerializer.Deserialize(row.State.Span, IdempotencyJson.Default.IdempotencyRecord)!;
        if (record.ExpiresAt > time.GetUtcNow()) return new StoredIdempotency(record, row.Reference);
        await committer.CommitAsync(shard, [new Write.Delete(row.Reference)], ct);
        return null;
    }

    /// <summary>A new record; null when another request was faster.</summary>
    public ValueTask<StoredIdempotency?> InsertAsync(Shard shard, RowKey key, IdempotencyRecord record, CancellationToken ct) =>
        WriteAsync(shard, record, due => new Write.Insert(key, Bytes(record), default, due), key, ct);

    /// <summary>A changed record; null when another request was faster.</summary>
    public ValueTask<StoredIdempotency?> ReplaceAsync(Shard shard, RowReference before, IdempotencyRecord record, CancellationToken ct) =>
        WriteAsync(shard, record, due => new Write.Replace(before, Bytes(record), due), before.Key, ct);

    /// <summary>A record of a request that begins now.</summary>
    public IdempotencyRecord Begin(string hash)
    {
        var now = time.GetUtcNow();
        return new IdempotencyRecord(hash, IdempotencyStatus.Running, Process, now, now + options.Retention);
    }

    /// <summary>Whether the first request is known or presumed to be lost.</summary>
    public bool MayTakeOver(IdempotencyRecord record) =>
        (profile.SingleProcess && record.Process != Process)
        || time.GetUtcNow() >= record.StartedAt + options.TakeOverAfter + profile.ClockSkew;

    /// <summary>Forgets what is over, a bounded number.</summary>
    public async ValueTask DeleteEndedAsync(Shard shard, CancellationToken ct)
    {
        var until = time.GetUtcNow().ToUnixTimeMilliseconds() + 1;
        for (var commits = 0; commits < CommitsPerWake; commits++)
        {
            var ended = await store.ListDueAsync(shard, new LaneRange(Lane, To: until), new Listing(DeletesPerCommit), ct);
            if (ended.Items.Count == 0) return;
            await committer.CommitAsync(shard, [.. ended.Items.Select(row => new Write.Delete(row.Reference))], ct);
        }
    }

    /// <summary>The bytes of a state; a body that does not fit is left out and made again.</summary>
    public static byte[] Bytes(IdempotencyRecord record)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(record, IdempotencyJson.Default.IdempotencyRecord);
        if (bytes.Length <= CommitLimits.StateBytesMax || record.Answer is not { } answer) return bytes;
        return JsonSerializer.SerializeToUtf8Bytes(
            record with { Answer = answer with { Body = default, Remade = true } }, IdempotencyJson.Default.IdempotencyRecord);
    }

    private async ValueTask<StoredIdempotency?> WriteAsync(
        Shard shard, IdempotencyRecord record, Func<Due, Write> write, RowKey key, CancellationToken ct)
    {
        var due = new Due(Lane, RoundedUp(record.ExpiresAt), Promptness.Sweep);
        return await committer.CommitAsync(shard, [write(due)], ct) is CommitResult.Committed committed
            ? new StoredIdempotency(record, new RowReference(key, committed.Versions[0], due))
            : null;
    }

    // Many records end together, so that the lane is looked at every ten minutes and not for each of them.
    private static long RoundedUp(DateTimeOffset instant)
    {
        const long Step = 600_000;
        return (instant.ToUnixTimeMilliseconds() + Step - 1) / Step * Step;
    }
}
