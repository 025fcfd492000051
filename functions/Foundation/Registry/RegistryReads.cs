using Foundation.Registry.View;

namespace Foundation.Registry;

/// <summary>What a list of instances is asked for; null is "any".</summary>
internal sealed record InstanceFilter
{
    public string? Capability { get; init; }

    public string? Service { get; init; }

    /// <summary>The full name of one instance.</summary>
    public string? Name { get; init; }

    public string? Tag { get; init; }

    public string? Zone { get; init; }

    public string? Version { get; init; }

    public string? Environment { get; init; }

    public InstanceStatus? Status { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    public bool Holds(Instance instance, DateTimeOffset now) =>
        (Capability is null || instance.Offers(Capability))
        && (Service is null || instance.Service == Service)
        && (Name is null || instance.FullName == Name)
        && (Tag is null || instance.Tags.Contains(Tag))
        && (Zone is null || instance.Zone == Zone)
        && (Version is null || instance.Version == Version)
        && (Environment is null || instance.Environment == Environment)
        && (Status is null || instance.StatusAt(now) == Status)
        && Labels.All(l => instance.Labels.TryGetValue(l.Key, out var value) && value == l.Value)
        && (Since is null || instance.Source?.RegisteredAt >= Since)
        && (Until is null || instance.Source?.RegisteredAt < Until);
}

/// <summary>Reads the registry: one instance from its rows, lists from the view.</summary>
internal sealed class RegistryReads(
    RegistryRows rows, RegistryLoader loader, RegistryView view, IStore store, RegistryInstruments instruments, TimeProvider time)
{
    /// <summary>One instance with the version of its row.</summary>
    public async ValueTask<Outcome<(InstanceResource Resource, RowVersion Version)>> GetAsync(
        string service, string instance, CancellationToken ct)
    {
        var stored = await FindAsync(service, instance, ct);
        if (stored.Problem is { } problem)
        {
            return problem;
        }

        var (member, version) = (stored.Value.Member!, stored.Value.InstanceRow!.Version);
        var now = time.GetUtcNow();
        var resource = InstanceAnswers.Resource(member.Instance, member.Lease, view.Snapshot.Find(member.Instance.FullName), now);
        // A lease that has ended is ended, also where this view has not looked again yet.
        var ended = member.Instance.Live && member.Deadline <= now;
        return (ended ? resource with { Status = InstanceStatus.Down, Since = member.Deadline!.Value } : resource, version);
    }

    /// <summary>What happened to one instance, newest first.</summary>
    public async ValueTask<Outcome<IReadOnlyList<InstanceMoment>>> HistoryAsync(string service, string instance, CancellationToken ct)
    {
        var stored = await FindAsync(service, instance, ct);
        return stored.Problem is { } problem ? problem : stored.Value.Member!.Instance.History.Reverse().ToList();
    }

    /// <summary>Why one instance is as it is.</summary>
    public async ValueTask<Outcome<InstanceExplanation>> ExplainAsync(string service, string instance, CancellationToken ct)
    {
        await RefreshAsync(ct);
        return view.Snapshot.Find(service, instance) is { } known
            ? InstanceAnswers.Explain(known, time.GetUtcNow())
            : NotFound(service, instance);
    }

    /// <summary>Instances that match, by name or by age.</summary>
    /// <param name="filter">What they must be.</param>
    /// <param name="newestFirst">By registration, newest or oldest first; null: by name.</param>
    /// <param name="limit">1–1000.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<Page<InstanceResource>> ListAsync(
        InstanceFilter filter, bool? newestFirst, int limit, string? after, CancellationToken ct)
    {
        await RefreshAsync(ct);
        var now = time.GetUtcNow();
        var sign = newestFirst == true ? -1 : 1;
        var order = Comparer<string>.Create((left, right) => sign * string.CompareOrdinal(left, right));
        var page = view.Snapshot.All
            .Where(i => i.Source is not null && filter.Holds(i, now))
            .Select(i => (Place: Place(i, newestFirst), Instance: i))
            .Where(m => after is null || order.Compare(m.Place, after) > 0)
            .OrderBy(m => m.Place, order)
            .Take(limit + 1)
            .ToList();
        return new Page<InstanceResource>(
            [.. page.Take(limit).Select(m => InstanceAnswers.Resource(m.Instance, now)).OfType<InstanceResource>()],
            page.Count > limit ? page[limit - 1].Place : null);
    }

    /// <summary>How many match.</summary>
    public async ValueTask<int> CountAsync(InstanceFilter filter, CancellationToken ct)
    {
        await RefreshAsync(ct);
        var now = time.GetUtcNow();
        return view.Snapshot.All.Count(i => filter.Holds(i, now));
    }

    /// <summary>Services, by name.</summary>
    public async ValueTask<Page<ServiceResource>> ServicesAsync(int limit, string? after, CancellationToken ct)
    {
        await RefreshAsync(ct);
        var now = time.GetUtcNow();
        var names = view.Snapshot.Services.Where(s => after is null || string.CompareOrdinal(s, after) > 0)
            .Order(StringComparer.Ordinal).Take(limit + 1).ToList();
        return new Page<ServiceResource>(
            [.. names.Take(limit).Select(n => Service(n, view.Snapshot.OfService(n), now))],
            names.Count > limit ? names[limit - 1] : null);
    }

    /// <summary>One service with its instances.</summary>
    public async ValueTask<Outcome<ServiceResource>> ServiceAsync(string service, CancellationToken ct)
    {
        await RefreshAsync(ct);
        var now = time.GetUtcNow();
        var members = view.Snapshot.OfService(service);
        if (members.Length == 0)
        {
            return new Problem(RegistryErrors.NotFound, $"No instance of '{Texts.Clip(service)}' is registered.");
        }

        var instances = members.Select(m => InstanceAnswers.Resource(m, now)).OfType<InstanceResource>();
        return Service(service, members, now) with { Instances = [.. instances] };
    }

    /// <summary>The registry itself.</summary>
    public async ValueTask<RegistryResource> RegistryAsync(CancellationToken ct)
    {
        await RefreshAsync(ct);
        var now = time.GetUtcNow();
        var snapshot = view.Snapshot;
        var byShard = snapshot.All.ToLookup(i => RegistryTables.NumberOf(i.Service, store.Shards));
        return new RegistryResource
        {
            Status = loader.Degraded ? "degraded" : "up",
            Since = loader.Since ?? now,
            Sizes = new RegistrySizes(snapshot.ServiceCount, snapshot.Count, snapshot.CapabilityCount),
            Counts = Counts(snapshot.All, now),
            Partitions = [.. Enumerable.Range(0, store.Shards)
                .Select(n => new RegistryPartition(n, byShard[n].Select(m => m.Service).Distinct().Count(), byShard[n].Count()))],
            Churn = instruments.Churn,
            ExpiryLag = instruments.ExpiryLag,
            ReadAt = loader.ReadAt ?? now,
        };
    }

    private async ValueTask<Outcome<StoredMember>> FindAsync(string service, string instance, CancellationToken ct)
    {
        if (!InstanceChecks.IsName(service) || !InstanceChecks.IsName(instance))
        {
            return NotFound(service, instance);
        }

        await RefreshAsync(ct);
        var stored = await rows.LoadAsync(service, instance, ct);
        return stored.Member is { Instance.Phase: not InstancePhase.Removed } ? stored : NotFound(service, instance);
    }

    private async ValueTask RefreshAsync(CancellationToken ct)
    {
        await loader.EnsureLoadedAsync(ct);
        await loader.RefreshAsync(ct);
    }

    private static ServiceResource Service(string name, Instance[] members, DateTimeOffset now)
    {
        var status = members.Min(m => m.StatusAt(now));
        var alike = members.Where(m => m.StatusAt(now) == status).Select(m => m.Since);
        return new ServiceResource
        {
            Name = name,
            Status = status,
            // It is up since the first of those that still are; it is down since the last one went.
            Since = status == InstanceStatus.Up ? alike.Min() : alike.Max(),
            Counts = Counts(members, now),
            Capabilities = [.. members.SelectMany(m => m.Capabilities).Select(c => c.Name).Distinct().Order(StringComparer.Ordinal)],
            Versions = [.. members.Select(m => m.Version).OfType<string>().Distinct().Order(StringComparer.Ordinal)],
        };
    }

    private static InstanceCounts Counts(Instance[] members, DateTimeOffset now)
    {
        var counts = members.CountBy(m => m.StatusAt(now)).ToDictionary();
        return new InstanceCounts(
            counts.GetValueOrDefault(InstanceStatus.Up),
            counts.GetValueOrDefault(InstanceStatus.Draining),
            counts.GetValueOrDefault(InstanceStatus.Down),
            members.Count(m => m.StatusAt(now) == InstanceStatus.Up && !m.EligibleAt(now)));
    }

    // ULIDs sort by time; the name makes the place readable and unique.
    private static string Place(Instance instance, bool? newestFirst) =>
        newestFirst is null ? instance.FullName : $"{instance.Source!.RegisteredAt.ToUnixTimeMilliseconds():D16}~{instance.FullName}";

    private static Problem NotFound(string service, string instance) =>
        RegistryErrors.ToProblem(InstanceRefusal.NotFound, Texts.Clip(RegistryTables.FullName(service, instance), 260));
}
