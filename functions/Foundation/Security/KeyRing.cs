using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Foundation.Security;

/// <summary>A key in memory, with the caller it makes.</summary>
internal sealed record KnownKey(ApiKey Key, Caller Caller, long ReadAt);

/// <summary>
/// The keys that were used lately, so that a request costs no read. A single process learns of its own changes at once; with several
/// processes a key is believed for <see cref="SecurityOptions.BelieveFor"/> and then read again.
/// </summary>
internal sealed class KeyRing(
    IStore store, IdFactory ids, HostProfile profile, TimeProvider time, IOptions<SecurityOptions> options, SecurityInstruments instruments)
{
    private readonly ConcurrentDictionary<UInt128, KnownKey> _known = new();
    private int _existence; // 0 unknown, 1 no key, 2 at least one: a key's row is never the last to be deleted, so 2 stays 2

    /// <summary>How many keys are held.</summary>
    internal int Count => _known.Count;

    /// <summary>The key of an id, or null when there is none or the id was not minted here.</summary>
    public ValueTask<KnownKey?> FindAsync(ResourceId id, CancellationToken ct) =>
        _known.TryGetValue(id.Value, out var known) && (profile.SingleProcess || time.GetElapsedTime(known.ReadAt) < options.Value.BelieveFor)
            ? ValueTask.FromResult<KnownKey?>(known)
            : ReadAsync(id, ct);

    /// <summary>Whether any key was ever made.</summary>
    public async ValueTask<bool> AnyAsync(CancellationToken ct)
    {
        var existence = Volatile.Read(ref _existence);
        if (existence == 2 || (existence == 1 && profile.SingleProcess))
        {
            return existence == 2;
        }

        var first = await store.ListAsync(KeyTables.Shard, new KeyRange(KeyTables.Keys), new Listing(1), ct);
        if (first.Items.Count > 0)
        {
            Volatile.Write(ref _existence, 2);
            return true;
        }

        // A key that was made meanwhile has set 2, which stays.
        return Interlocked.CompareExchange(ref _existence, 1, 0) == 2;
    }

    /// <summary>Whether a key that manages the deployment works now. Walks the keys: only asked for the bootstrap key.</summary>
    public async ValueTask<bool> AnyActiveAdminAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        string? cursor = null;
        do
        {
            var page = await store.ListAsync(KeyTables.Shard, new KeyRange(KeyTables.Keys), new Listing(1000, cursor), ct);
            if (page.Items.Select(KeyRows.Read).Any(k => k.IsAdmin && k.StatusAt(now) == KeyStatus.Active))
            {
                return true;
            }

            cursor = page.Next;
        }
        while (cursor is not null);
        return false;
    }

    /// <summary>Takes over what this process has committed.</summary>
    public KnownKey Learn(ApiKey key)
    {
        Volatile.Write(ref _existence, 2);
        Evict();
        var learnt = new KnownKey(key, CallerOf(key), time.GetTimestamp());
        // A slow read that began before a revocation must not bring the old state back: the higher number stays.
        return _known.AddOrUpdate(key.Id.Value, learnt, (_, present) => present.Key.Number > key.Number ? present : learnt);
    }

    /// <summary>Forgets a deleted key.</summary>
    public void Forget(ResourceId id) => _known.TryRemove(id.Value, out _);

    private async ValueTask<KnownKey?> ReadAsync(ResourceId id, CancellationToken ct)
    {
        // A forged id is refused unread.
        if (!ids.TryParse(id.ToText(KeyTables.IdPrefix), KeyTables.IdPrefix, out _))
        {
            return null;
        }

        instruments.Read();
        if (await store.FindAsync(KeyTables.Shard, KeyRows.Key(id), ct) is { } row)
        {
            return Learn(KeyRows.Read(row));
        }

        Forget(id);
        return null;
    }

    // Rare and coarse: a deployment with more keys in use than the cache holds pays a read per key again.
    private void Evict()
    {
        if (_known.Count >= options.Value.CachedKeysMax)
        {
            instruments.Evicted(_known.Count);
            _known.Clear();
        }
    }

    private static Caller CallerOf(ApiKey key) =>
        new(key.Id.ToText(KeyTables.IdPrefix), key.Tenant ?? Caller.DefaultTenant, KeyRoles.Expand(key)) { Services = KeyRoles.ServicesOf(key) };
}
