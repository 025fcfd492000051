using System.Globalization;
using Foundation.Registry.View;

namespace Foundation.Registry;

/// <summary>Says what an instance is like: resources, reasons, explanations. Pure.</summary>
internal static class InstanceAnswers
{
    /// <summary>The answer to a heartbeat.</summary>
    public static HeartbeatAnswer Heartbeat(LeaseState lease) => new()
    {
        Status = InstanceFactory.Status(lease.Phase),
        LeaseExpiresAt = lease.ExpiresAt,
        HeartbeatEvery = Every(lease.Term),
        Generation = lease.Generation,
    };

    /// <summary>An instance of the view.</summary>
    public static InstanceResource? Resource(Instance instance, DateTimeOffset now) =>
        instance is { Source: { } source, Activity.Lease: { } lease } ? Resource(source, lease, instance, now) : null;

    /// <summary>An instance as its rows tell, with what the view adds.</summary>
    public static InstanceResource Resource(InstanceState state, LeaseState lease, Instance? known, DateTimeOffset now)
    {
        var spec = state.Spec;
        var current = known is not null && known.Generation == state.Generation ? known : null;
        var reasons = current is null ? [] : Reasons(current, now);
        var status = current is not null && !current.Activity.AliveAt(now) ? InstanceStatus.Down : InstanceFactory.Status(state.Phase);
        return new InstanceResource
        {
            Name = state.FullName,
            Service = state.Service,
            Instance = state.Name,
            Status = status,
            Since = status == InstanceStatus.Down && state.Live ? current?.Activity.Deadline ?? state.Since : state.Since,
            Reason = reasons.Count > 0 ? reasons[0].Code : null,
            LeaseExpiresAt = state.Live ? lease.ExpiresAt : null,
            HeartbeatEvery = Every(lease.Term),
            Generation = state.Generation,
            Endpoint = spec.Endpoint,
            Format = spec.Format,
            Capabilities = spec.Capabilities,
            Version = spec.Version,
            Environment = spec.Environment,
            Zone = spec.Zone,
            Tags = spec.Tags,
            Labels = spec.Labels,
            Weight = spec.Weight,
            MaxConcurrency = spec.MaxConcurrency,
            Lease = spec.Lease,
            Secret = spec.Secret,
            Load = lease.Load,
            Health = current?.Health is { } health ? Health(health, now) : null,
            RegisteredAt = state.RegisteredAt,
            RegisteredBy = state.KeyId,
            HeardAt = lease.HeardAt,
        };
    }

    /// <summary>Why an instance gets no work, or less than its share; the gravest first.</summary>
    public static IReadOnlyList<InstanceReason> Reasons(Instance instance, DateTimeOffset now)
    {
        List<InstanceReason> reasons = [];
        var fix = new InstanceFix("PUT", $"/api/services/{instance.Service}/instances/{instance.Name}");
        if (instance.Status == InstanceStatus.Down || !instance.Activity.AliveAt(now))
        {
            var since = instance.Status == InstanceStatus.Down ? instance.Since : instance.Activity.Deadline;
            reasons.Add(Reason(instance, "registry.lease-expired", "It was not heard within its lease.", since) with { Fix = fix });
        }
        else if (instance.Status == InstanceStatus.Draining)
        {
            reasons.Add(Reason(instance, "registry.draining", "It finishes what it has and takes nothing new.", instance.Since)
                with { Fix = new InstanceFix("POST", fix.Path + "/heartbeat") });
        }

        if (instance.Health is { } health && health.EjectedAt(now))
        {
            reasons.Add(Reason(instance, "registry.ejected", Times(health.Ejections), since: null) with { Until = health.EjectedUntil });
        }
        else if (!instance.Activity.TrustedAt(now))
        {
            reasons.Add(Reason(instance, "registry.ejected", "This process could not connect to it.", since: null)
                with { Until = instance.Activity.EjectedUntil });
        }
        else if (instance.Health is { } recovering && recovering.ShareAt(now) < 1)
        {
            var share = recovering.ShareAt(now).ToString("P0", CultureInfo.InvariantCulture);
            var detail = $"After an ejection it gets {share} of its share, growing.";
            reasons.Add(Reason(instance, "registry.recovering", detail, recovering.EjectedUntil) with { Until = recovering.RecoveredAt });
        }

        return reasons;
    }

    /// <summary>Why an instance is as it is.</summary>
    public static InstanceExplanation Explain(Instance instance, DateTimeOffset now)
    {
        var reasons = Reasons(instance, now);
        var end = instance.StatusAt(now) == InstanceStatus.Down ? null : instance.Activity.Deadline;
        return new InstanceExplanation
        {
            Status = instance.StatusAt(now),
            Eligible = instance.EligibleAt(now),
            Reasons = reasons,
            NextChangeAt = reasons.Select(r => r.Until).Append(end).Where(c => c > now).Min(),
        };
    }

    /// <summary>An instance as a candidate of a pick.</summary>
    public static Candidate Candidate(Instance instance, double score, DateTimeOffset now) => new()
    {
        Instance = instance.FullName,
        Eligible = instance.EligibleAt(now),
        Score = score,
        Reasons = Reasons(instance, now),
    };

    private static InstanceHealthResource Health(InstanceHealth health, DateTimeOffset now) => new()
    {
        Status = health.EjectedAt(now) ? "ejected" : health.ShareAt(now) < 1 ? "recovering" : "healthy",
        EjectedUntil = health.EjectedUntil,
        RecoveredAt = health.RecoveredAt,
        Ejections = health.Ejections,
        Share = health.ShareAt(now),
    };

    private static InstanceReason Reason(Instance instance, string code, string detail, DateTimeOffset? since) =>
        new() { Code = code, Detail = detail, Since = since, Subject = instance.FullName };

    private static string Times(int ejections) => ejections == 1
        ? "The fleet could not work with it."
        : $"The fleet could not work with it, {ejections} times in a row.";

    private static TimeSpan? Every(TimeSpan? term) => term / RegistryOptions.HeartbeatsPerLease;
}
