using System.Collections.Concurrent;
using Foundation.Registry.Health;
using Foundation.Registry.Leases;
using Microsoft.Extensions.Logging;

namespace Foundation.Registry.View;

/// <summary>Reads the registry's rows into the view: at start, and where several processes write whenever the view is too old.</summary>
internal sealed class RegistryLoader(
    IStore store,
    IEntities entities,
    RegistryView view,
    LeaseClock clock,
    LeaseDeadlines deadlines,
    HostProfile profile,
    RegistryOptions options,
    RegistryInstruments instruments,
    TimeProvider time,
    ILogger<RegistryLoader> logger) : IDisposable
{
    private const int RowsPerPage = 1_000;
    private const int HealthReadsPerRefresh = 32;
    private readonly SemaphoreSlim _reading = new(1);

    // Membership changes seldom and is read often: a row that is the same is not parsed again.
    private ConcurrentDictionary<string, (RowVersion Version, InstanceState State)> _parsed = new(StringComparer.Ordinal);
    private long? _membershipRead;
    private long? _leasesRead;
    private int _healthCursor;

    /// <summary>When the rows were last read; null before the first time.</summary>
    public DateTimeOffset? ReadAt { get; private set; }

    /// <summary>When this process first knew the registry.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>Whether the last read failed.</summary>
    public bool Degraded { get; private set; }

    /// <summary>Reads everything, unless that was done. Throws when the store cannot answer.</summary>
    public async ValueTask EnsureLoadedAsync(CancellationToken ct)
    {
        if (_leasesRead is not null)
        {
            return;
        }

        await _reading.WaitAsync(ct);
        try
        {
            if (_leasesRead is null)
            {
                await ReadAsync(withLeases: true, ct);
                await ReadHealthAsync([.. view.Snapshot.Services], ct);
                Since = clock.Now;
                logger.Loaded(view.Snapshot.Count);
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Reads again what is too old. Does not throw: the last known state stays.</summary>
    public async ValueTask RefreshAsync(CancellationToken ct)
    {
        if (_leasesRead is not null && (profile.SingleProcess || !TooOld(_membershipRead, options.MembershipFreshness)))
        {
            return;
        }

        try
        {
            await EnsureLoadedAsync(ct);
            await RefreshOnceAsync(ct);
        }
        catch (StoreUnavailableException e)
        {
            Degraded = true;
            logger.NotRead(e);
        }
    }

    public void Dispose() => _reading.Dispose();

    private async ValueTask RefreshOnceAsync(CancellationToken ct)
    {
        await _reading.WaitAsync(ct);
        try
        {
            // Whoever waited for another's read has what it wants.
            if (profile.SingleProcess || !TooOld(_membershipRead, options.MembershipFreshness))
            {
                return;
            }

            view.ObserveClock();
            var withLeases = TooOld(_leasesRead, options.LeaseFreshness);
            await ReadAsync(withLeases, ct);
            if (withLeases)
            {
                await ReadHealthAsync(NextServices(), ct);
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    private bool TooOld(long? readAt, TimeSpan bound) => readAt is not { } at || time.GetElapsedTime(at) >= bound;

    private async ValueTask ReadAsync(bool withLeases, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        view.BeginRead();
        var first = _leasesRead is null;
        var shards = Enumerable.Range(0, store.Shards).Select(n => new Shard(RegistryTables.Space, n)).ToArray();
        var parsed = new ConcurrentDictionary<string, (RowVersion Version, InstanceState State)>(StringComparer.Ordinal);
        var leases = new ConcurrentDictionary<string, LeaseState>(StringComparer.Ordinal);
        await ReadAsync(shards, RegistryTables.Instances, row => parsed[row.Key.Text!] = Parsed(row), ct);
        if (withLeases)
        {
            await ReadAsync(shards, RegistryTables.Leases, row => leases[row.Key.Text!] = RegistryJson.Lease(row), ct);
        }

        if (first && NobodyWasThere(leases.Values))
        {
            deadlines.Grant(clock.Now);
        }

        view.EndRead([.. parsed.Values.Select(p => p.State)], withLeases ? leases : null);
        _parsed = profile.SingleProcess ? [] : parsed;
        (_membershipRead, ReadAt, Degraded) = (started, clock.Now, false);
        _leasesRead = withLeases ? started : _leasesRead;
        instruments.Refreshed(time.GetElapsedTime(started));
    }

    private (RowVersion, InstanceState) Parsed(Row row) =>
        _parsed.TryGetValue(row.Key.Text!, out var known) && known.Version == row.Version ? known : (row.Version, RegistryJson.Instance(row));

    // A single process was not there to hear anybody while it was stopped. Where there are several, the others were, unless most leases
    // have ended: then nobody was.
    private bool NobodyWasThere(ICollection<LeaseState> leases)
    {
        var now = clock.Now;
        var running = leases.Where(l => l.Live && l.ExpiresAt is not null).ToList();
        var ended = running.Count(l => l.ExpiresAt + profile.ClockSkew <= now);
        return profile.SingleProcess || (ended > 0 && ended * 2 >= running.Count);
    }

    private Task ReadAsync(Shard[] shards, Table table, Action<Row> take, CancellationToken ct) =>
        Task.WhenAll(shards.Select(s => EachAsync(s, table, take, ct)));

    private async Task EachAsync(Shard shard, Table table, Action<Row> take, CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            var page = await store.ListAsync(shard, new KeyRange(table), new Listing(RowsPerPage, cursor), ct);
            foreach (var row in page.Items)
            {
                take(row);
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }

    // An entity is a read of its own: services take turns, so that a refresh costs the same however many there are.
    private string[] NextServices()
    {
        var services = view.Snapshot.Services.Order(StringComparer.Ordinal).ToArray();
        if (services.Length <= HealthReadsPerRefresh)
        {
            return services;
        }

        var from = _healthCursor % services.Length;
        _healthCursor = from + HealthReadsPerRefresh;
        return [.. services.Concat(services).Skip(from).Take(HealthReadsPerRefresh)];
    }

    private async ValueTask ReadHealthAsync(string[] services, CancellationToken ct)
    {
        foreach (var service in services)
        {
            if (await entities.ReadAsync(new EntityId(ServiceHealthDecider.EntityKind, service), ct) is { } state)
            {
                view.Apply(service, ServiceHealthDecider.Read(state));
            }
        }
    }
}
