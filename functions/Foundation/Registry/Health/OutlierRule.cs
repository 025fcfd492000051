namespace Foundation.Registry.Health;

/// <summary>When an instance is ejected and for how long. Pure.</summary>
internal static class OutlierRule
{
    /// <summary>Whether the runs of all processes together are enough, and of what.</summary>
    /// <param name="member">What is known of the instance.</param>
    /// <param name="mayEjectForFailures">Whether the service can spare another one.</param>
    /// <param name="options">The thresholds.</param>
    public static InstanceOutcome? Cause(MemberHealth member, bool mayEjectForFailures, OutlierOptions options)
    {
        var (refused, failed) = (0, 0);
        foreach (var source in member.Sources.Values)
        {
            refused += source.RefusedRun;
            failed += source.FailedRun;
        }

        return refused >= options.RefusalsToEject ? InstanceOutcome.Refused
            : failed >= options.FailuresToEject && mayEjectForFailures ? InstanceOutcome.Failure
            : null;
    }

    /// <summary>The next ejection: the n-th in a row is n times as long, and each quiet base time after it forgives one.</summary>
    public static Ejection Next(Ejection? last, InstanceOutcome cause, DateTimeOffset now, OutlierOptions options)
    {
        var forgiven = last is null || now <= last.RecoveredAt ? 0 : (now - last.RecoveredAt) / options.BaseEjection;
        var count = 1 + (int)Math.Max(0, (last?.Count ?? 0) - Math.Floor(forgiven));
        var length = TimeSpan.FromTicks(Math.Min(options.BaseEjection.Ticks * count, options.MaxEjection.Ticks));
        return new Ejection(now, now + length, now + length + options.SlowStart, count, cause);
    }
}
