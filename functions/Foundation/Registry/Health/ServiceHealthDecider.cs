using System.Text.Json;

namespace Foundation.Registry.Health;

/// <summary>
/// The rule of entity <c>registry</c>, key = service. Reports carry totals and runs, so a lost one is made good by the next; the shell
/// around it drops doubled and reversed ones by the source's number.
/// </summary>
internal sealed class ServiceHealthDecider(RegistryOptions options) : IEntityDecider
{
    public const string EntityKind = "registry";

    /// <summary>Instances that are kept: the state is a row of at most 32 KiB. The rest is left to each process's own eyes.</summary>
    public const int InstancesMax = 48;

    /// <summary>Processes that are kept per instance.</summary>
    public const int SourcesMax = 8;

    /// <summary>Processes that are kept in all.</summary>
    public const int AllSourcesMax = 96;

    private static readonly TimeSpan SourceLife = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MemberLife = TimeSpan.FromHours(1);

    public string Kind => EntityKind;

    /// <summary>Reads the entity's state.</summary>
    public static ServiceHealth Read(ReadOnlyMemory<byte> state) => state.IsEmpty
        ? ServiceHealth.Empty
        : JsonSerializer.Deserialize(state.Span, RegistryJson.Default.ServiceHealth) ?? ServiceHealth.Empty;

    public ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> state, Signal signal, DateTimeOffset now)
    {
        var report = JsonSerializer.Deserialize(signal.Body.Span, RegistryJson.Default.HealthReport)
            ?? throw new JsonException("An empty health report");
        return JsonSerializer.SerializeToUtf8Bytes(Apply(Read(state), signal.Source, report, now), RegistryJson.Default.ServiceHealth);
    }

    /// <summary>The state after a report.</summary>
    internal ServiceHealth Apply(ServiceHealth before, string source, HealthReport report, DateTimeOffset now)
    {
        var instances = new Dictionary<string, MemberHealth>(before.Instances, StringComparer.Ordinal);
        foreach (var (name, told) in report.Instances.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var known = instances.GetValueOrDefault(name);
            if (known is not null && told.Generation < known.Generation)
            {
                continue;
            }

            var member = Merge(known?.Generation == told.Generation ? known : null, source, told, now);
            var fresh = told.RefusedRun > 0 || told.FailedRun > 0;
            // While it is ejected, what was under way before still fails: that is no new reason.
            if (fresh
                && !(member.Ejection?.Until > now)
                && OutlierRule.Cause(member, Spare(instances, name, report.Up, now), options.Outliers) is { } cause)
            {
                member = member with { Ejection = OutlierRule.Next(member.Ejection, cause, now, options.Outliers) };
            }

            instances[name] = member;
        }

        return new ServiceHealth { Instances = Bounded(instances, now) };
    }

    private bool Spare(Dictionary<string, MemberHealth> instances, string name, int up, DateTimeOffset now) =>
        instances.Count(p => p.Key != name && p.Value.Ejection?.Until > now) + 1 <= up * options.Outliers.MaxEjectedShare;

    private static MemberHealth Merge(MemberHealth? known, string source, ReportedHealth told, DateTimeOffset now)
    {
        var last = known?.Sources.GetValueOrDefault(source) ?? new SourceHealth();
        var sources = (known?.Sources ?? [])
            .Where(s => s.Key != source && s.Value.At + SourceLife > now)
            .OrderByDescending(s => s.Value.At)
            .Take(SourcesMax - 1)
            // An answer to anybody shows that it can be reached: the runs of the others are over.
            .Select(s => told.Successes > last.Successes
                ? KeyValuePair.Create(s.Key, s.Value with { RefusedRun = 0, FailedRun = 0 })
                : s)
            .ToDictionary(StringComparer.Ordinal);
        sources[source] = new SourceHealth
        {
            Successes = told.Successes, Failures = told.Failures, Refusals = told.Refusals,
            RefusedRun = told.RefusedRun, FailedRun = told.FailedRun, At = now,
        };
        return new MemberHealth
        {
            Generation = told.Generation,
            Successes = (known?.Successes ?? 0) + Math.Max(0, told.Successes - last.Successes),
            Failures = (known?.Failures ?? 0) + Math.Max(0, told.Failures - last.Failures),
            Refusals = (known?.Refusals ?? 0) + Math.Max(0, told.Refusals - last.Refusals),
            LastSeen = now,
            Ejection = known?.Ejection,
            Sources = sources,
        };
    }

    private static Dictionary<string, MemberHealth> Bounded(Dictionary<string, MemberHealth> instances, DateTimeOffset now)
    {
        var kept = instances
            .Where(p => p.Value.LastSeen + MemberLife > now || p.Value.Ejection?.RecoveredAt > now)
            .OrderByDescending(p => p.Value.Ejection?.RecoveredAt ?? DateTimeOffset.MinValue)
            .ThenByDescending(p => p.Value.Sources.Values.Sum(s => s.RefusedRun + s.FailedRun))
            .ThenByDescending(p => p.Value.LastSeen)
            .ThenBy(p => p.Key, StringComparer.Ordinal)
            .Take(InstancesMax)
            .ToList();
        var left = AllSourcesMax;
        return kept.Select((p, index) =>
        {
            // Each that comes later keeps at least one process: the one that spoke last.
            var share = Math.Max(1, left - (kept.Count - index - 1));
            var sources = p.Value.Sources.OrderByDescending(s => s.Value.At).Take(share).ToDictionary(StringComparer.Ordinal);
            left -= sources.Count;
            return KeyValuePair.Create(p.Key, p.Value with { Sources = sources });
        }).ToDictionary(StringComparer.Ordinal);
    }
}
