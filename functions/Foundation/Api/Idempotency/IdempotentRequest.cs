using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Foundation.Api;

/// <summary>A request with an <c>Idempotency-Key</c> on its way through its endpoint.</summary>
internal sealed class IdempotentRequest(IdempotencyRows rows, IdFactory ids, IdempotencyOptions options, ILogger logger, Shard shard, RowKey key, string hash)
{
    private StoredIdempotency? _stored;

    /// <summary>Whether an earlier try of the same request left ids behind: what stands under them already is not created again.</summary>
    public bool Repeated { get; private init; }

    /// <summary>The same request, going on where an earlier try stopped.</summary>
    public IdempotentRequest GoingOn(StoredIdempotency stored) =>
        new(rows, ids, options, logger, shard, key, hash) { _stored = stored, Repeated = stored.Record.BaseId is not null };

    /// <summary>
    /// Stores the ids before anything is created under them, or gives those of the earlier try. 409 when the same request is running, 422
    /// when the key was used with another body.
    /// </summary>
    public async ValueTask<Outcome<IReadOnlyList<ResourceId>>> ReserveAsync(string prefix, IReadOnlyList<int> shards, CancellationToken ct)
    {
        if (_stored?.Record is { BaseId: { } earlier, Shards: { } kept } && ResourceId.TryRead(earlier, out var first)) return Derive(first, prefix, kept);
        var baseId = ids.MintBase(Math.Max(1, shards.Count));
        var record = (_stored?.Record ?? rows.Begin(hash)) with { BaseId = baseId.ToString(), Shards = [.. shards.Select(number => checked((byte)number))] };
        var written = _stored is null
            ? await rows.InsertAsync(shard, key, record, ct)
            : await rows.ReplaceAsync(shard, _stored.Row, record, ct);
        if (written is null) return await LostRaceAsync(ct);
        _stored = written;
        return Derive(baseId, prefix, record.Shards);
    }

    /// <summary>Keeps the answer for repeats, or opens the request for another try when it may not be kept.</summary>
    public async ValueTask FinishAsync(HttpResponse response, ReadOnlyMemory<byte> body, Problem? problem)
    {
        var again = response.StatusCode >= StatusCodes.Status500InternalServerError || problem is { Error.Retry: RetryAdvice.Later } or { RetryAfter: not null };

        // What was refused before anything was stored may be corrected and sent again with the same key.
        if (_stored is null && (again || response.StatusCode >= StatusCodes.Status400BadRequest)) return;
        if (again) await ReleaseAsync();
        else await StoreAsync(_stored?.Record ?? rows.Begin(hash), ToAnswer(response, body));
    }

    /// <summary>Opens the request for another try: its endpoint failed or its caller left.</summary>
    public async ValueTask ReleaseAsync()
    {
        if (_stored is { Record.Status: IdempotencyStatus.Running } stored) await TryWriteAsync(stored.Record with { Status = IdempotencyStatus.Open });
    }

    private async ValueTask StoreAsync(IdempotencyRecord record, IdempotentAnswer answer)
    {
        // An answer that was made again from the rows is stored already.
        if (record.Status != IdempotencyStatus.Answered) await TryWriteAsync(record with { Status = IdempotencyStatus.Answered, Answer = answer });
    }

    // The request itself has done its work: a record that cannot be written must not turn its answer into an error. A repeat then waits
    // until it may take over. The caller's own cancellation does not count here.
    private async ValueTask TryWriteAsync(IdempotencyRecord record)
    {
        try
        {
            var written = _stored is { } stored
                ? await rows.ReplaceAsync(shard, stored.Row, record, CancellationToken.None)
                : await rows.InsertAsync(shard, key, record, CancellationToken.None);
            _stored = written ?? _stored;
        }
        catch (StoreUnavailableException e)
        {
            logger.IdempotencyNotStored(e);
        }
    }

    private async ValueTask<Outcome<IReadOnlyList<ResourceId>>> LostRaceAsync(CancellationToken ct)
    {
        var winner = await rows.FindAsync(shard, key, ct);
        return winner is not null && winner.Record.Hash != hash ? Mismatch() : InProgress(options);
    }

    private Outcome<IReadOnlyList<ResourceId>> Derive(ResourceId first, string prefix, byte[] shards)
    {
        var derived = new ResourceId[shards.Length];
        for (var i = 0; i < shards.Length; i++) derived[i] = ids.Derive(first, prefix, shards[i], i);
        return derived;
    }

    /// <summary>422: another body under a used key.</summary>
    public static Problem Mismatch() => new(ApiErrors.IdempotencyMismatch);

    /// <summary>409: the first is still running.</summary>
    public static Problem InProgress(IdempotencyOptions options) => new(ApiErrors.IdempotencyInProgress) { RetryAfter = options.RetryAfter };

    private static IdempotentAnswer ToAnswer(HttpResponse response, ReadOnlyMemory<byte> body)
    {
        var json = default(RawJson);
        var kept = body.IsEmpty || RawJson.TryParse(body.ToArray(), out json);
        return new IdempotentAnswer(
            response.StatusCode, Text(response.Headers.Location), Text(response.Headers.ETag), response.ContentType, kept ? json : default, !kept);
    }

    private static string? Text(Microsoft.Extensions.Primitives.StringValues header) => header.Count == 0 ? null : header.ToString();
}
