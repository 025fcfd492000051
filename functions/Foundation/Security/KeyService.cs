using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Foundation.Security;

/// <summary>A key as read: its row and state.</summary>
internal readonly record struct StoredKey(Row Row, ApiKey Key);

/// <summary>A key with the secret that is answered once.</summary>
internal readonly record struct IssuedKey(StoredKey Stored, string? Secret);

/// <summary>Makes, lists, rotates and revokes keys. Whoever may call it may do everything: its endpoints need <see cref="ScopeRules.Admin"/>.</summary>
internal sealed class KeyService(
    IStore store, Committer committer, IdFactory ids, KeyRing ring, TimeProvider time, RandomSource random, IOptions<SecurityOptions> options,
    ILogger<KeyService> logger)
{
    private const int TriesMax = 16;

    /// <summary>How long an old secret stays good after a rotation that says nothing.</summary>
    public static readonly TimeSpan GraceDefault = TimeSpan.FromDays(1);

    /// <summary>The longest grace.</summary>
    public static readonly TimeSpan GraceMax = TimeSpan.FromDays(30);

    public async ValueTask<Outcome<IssuedKey>> CreateAsync(Caller caller, KeyRequest request, bool dryRun, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (KeyRequestCheck.Faults(request, now) is { Count: > 0 } faults)
        {
            return new Problem(ApiErrors.Invalid, faults.Count == 1 ? faults[0].Message : $"{faults.Count} errors.") { Faults = faults };
        }

        if (await store.CountAsync(KeyTables.Shard, "keys/", options.Value.KeysMax, ct) >= options.Value.KeysMax)
        {
            return new Problem(KeyErrors.TooMany, $"At most {options.Value.KeysMax} keys may exist.");
        }

        while (true)
        {
            var (secret, hash) = NewSecret();
            var key = NewKey(caller, request, hash, now);
            var write = new Write.Insert(KeyRows.Key(key.Id), KeyRows.State(key), default, KeyDecider.Due(key));
            if (dryRun)
            {
                return new IssuedKey(new StoredKey(new Row(write.Key, default, write.State, default, write.Due), key), Secret: null);
            }

            // A conflict is another process that minted the same id in the same millisecond: the next one is free.
            if (await committer.CommitAsync(KeyTables.Shard, [write], ct) is CommitResult.Committed committed)
            {
                ring.Learn(key);
                logger.KeyCreated(key.Id.ToText(KeyTables.IdPrefix), Texts.Clip(key.Name), caller.KeyId);
                return new IssuedKey(new StoredKey(new Row(write.Key, committed.Versions[0], write.State, default, write.Due), key), KeyToken.Write(key.Id, secret));
            }
        }
    }

    public async ValueTask<Page<StoredKey>> ListAsync(Listing listing, CancellationToken ct)
    {
        var page = await store.ListAsync(KeyTables.Shard, new KeyRange(KeyTables.Keys), listing, ct);
        return new Page<StoredKey>([.. page.Items.Select(r => new StoredKey(r, KeyRows.Read(r)))], page.Next);
    }

    /// <summary>One key by its id or its token's id, or null.</summary>
    public async ValueTask<StoredKey?> FindAsync(string text, CancellationToken ct) =>
        ids.TryParse(text, KeyTables.IdPrefix, out var id) && await store.FindAsync(KeyTables.Shard, KeyRows.Key(id), ct) is { } row
            ? new StoredKey(row, KeyRows.Read(row))
            : null;

    public async ValueTask<Outcome<IssuedKey>> RotateAsync(
        Caller caller, string id, TimeSpan? grace, Func<Row, Problem?>? precondition, bool dryRun, CancellationToken ct)
    {
        var patience = grace ?? GraceDefault;
        if (patience > GraceMax)
        {
            var message = $"At most {Durations.Format(GraceMax)} of grace are allowed.";
            return new Problem(ApiErrors.Invalid, message) { Faults = [new Fault("/grace", ApiErrors.InvalidValue.Code, message)] };
        }

        var (secret, hash) = NewSecret();
        var changed = await ApplyAsync(id, new KeyCommand.Rotate(hash, patience), precondition, dryRun, ct);
        if (changed.Problem is { } problem)
        {
            return problem;
        }

        if (dryRun)
        {
            return new IssuedKey(changed.Value, Secret: null);
        }

        logger.KeyRotated(id, caller.KeyId);
        return new IssuedKey(changed.Value, KeyToken.Write(changed.Value.Key.Id, secret));
    }

    public async ValueTask<Outcome<StoredKey>> RevokeAsync(
        Caller caller, string id, Func<Row, Problem?>? precondition, bool dryRun, CancellationToken ct)
    {
        var changed = await ApplyAsync(id, new KeyCommand.Revoke(caller.KeyId), precondition, dryRun, ct);
        if (changed.Ok && !dryRun)
        {
            logger.KeyRevoked(id, caller.KeyId);
        }

        return changed;
    }

    /// <summary>Deletes keys that ended long ago; the last row of all stays.</summary>
    public async ValueTask DeleteEndedAsync(CancellationToken ct)
    {
        const int PerLook = 100;
        var until = time.GetUtcNow().ToUnixTimeMilliseconds() + 1;
        var due = await store.ListDueAsync(KeyTables.Shard, new LaneRange(KeyTables.EndingLane, To: until), new Listing(PerLook), ct);
        foreach (var row in due.Items)
        {
            var others = await store.ListAsync(KeyTables.Shard, new KeyRange(KeyTables.Keys), new Listing(2), ct);
            var key = KeyRows.Read(row);
            Write write = others.Items.Any(r => r.Key != row.Key)
                ? new Write.Delete(row.Reference)
                : new Write.Replace(row.Reference, row.State, KeyDecider.Kept(key));
            // A conflict is a change meanwhile: the row is looked at again when it is due.
            if (await committer.CommitAsync(KeyTables.Shard, [write], ct) is CommitResult.Committed && write is Write.Delete)
            {
                ring.Forget(key.Id);
            }
        }
    }

    private async ValueTask<Outcome<StoredKey>> ApplyAsync(
        string id, KeyCommand command, Func<Row, Problem?>? precondition, bool dryRun, CancellationToken ct)
    {
        for (var tries = 0; tries < TriesMax; tries++)
        {
            if (await FindAsync(id, ct) is not { } stored)
            {
                return new Problem(KeyErrors.NotFound);
            }

            if (precondition?.Invoke(stored.Row) is { } refused)
            {
                return refused;
            }

            switch (KeyDecider.Decide(stored.Key, command, time.GetUtcNow()))
            {
                case KeyDecision.Refused no:
                    return new Problem(KeyErrors.Of(no.Refusal));
                case KeyDecision.Unchanged:
                    return stored;
                case KeyDecision.Accepted accepted when dryRun:
                    return stored with { Key = accepted.State };
                case KeyDecision.Accepted accepted when await TryCommitAsync(stored.Row, accepted.State, ct) is { } after:
                    return after;
            }
        }

        return new Problem(KeyErrors.Contended) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    private async ValueTask<StoredKey?> TryCommitAsync(Row row, ApiKey after, CancellationToken ct)
    {
        var write = new Write.Replace(row.Reference, KeyRows.State(after), KeyDecider.Due(after));
        if (await committer.CommitAsync(KeyTables.Shard, [write], ct) is not CommitResult.Committed committed)
        {
            return null;
        }

        ring.Learn(after);
        return new StoredKey(row with { Version = committed.Versions[0], State = write.State, Due = write.Due }, after);
    }

    private ApiKey NewKey(Caller caller, KeyRequest request, byte[] hash, DateTimeOffset now) => new()
    {
        Id = ids.Mint(KeyTables.IdPrefix, 0),
        Number = 1,
        Name = request.Name.Trim(),
        Hash = hash,
        Roles = [.. (request.Roles ?? []).Distinct()],
        Scopes = [.. (request.Scopes ?? []).Distinct(StringComparer.Ordinal)],
        Services = [.. (request.Services ?? []).Distinct(StringComparer.Ordinal)],
        Tenant = request.Tenant,
        CreatedAt = now,
        CreatedBy = caller.KeyId,
        ExpiresAt = KeyRequestCheck.End(request, now),
    };

    private (byte[] Secret, byte[] Hash) NewSecret()
    {
        var secret = new byte[KeyToken.SecretBytes];
        random.Fill(secret);
        return (secret, KeyToken.Hash(secret));
    }
}
