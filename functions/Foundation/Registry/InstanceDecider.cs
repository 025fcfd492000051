namespace Foundation.Registry;

/// <summary>Decides what a command does to an instance. Pure: no I/O, no clock, no randomness.</summary>
internal static class InstanceDecider
{
    /// <summary>The decision.</summary>
    /// <param name="before">The instance with its lease; null when there is no row.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="now">The time.</param>
    /// <param name="options">Terms and retention.</param>
    public static InstanceDecision Decide(Member? before, InstanceCommand command, DateTimeOffset now, RegistryOptions options) =>
        command switch
    {
        InstanceCommand.Register register => Register(before, register, now),
        InstanceCommand.Heartbeat heartbeat => Heartbeat(before, heartbeat, now),
        InstanceCommand.Poll poll => Poll(before, poll, now),
        InstanceCommand.Remove remove => Remove(before, remove, now),
        InstanceCommand.Expire => Expire(before, now),
        InstanceCommand.Forget => Forget(before, now, options.Retention),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    /// <summary>A heartbeat that says nothing of the status changes only the lease, so only the lease is read.</summary>
    /// <returns>The lease, or null when it is lost.</returns>
    public static LeaseState? Renew(LeaseState lease, LeaseProof proof, InstanceLoad? load, DateTimeOffset now) =>
        // Late, but nobody was told yet that it ended: nobody took over, so the instance is still the one that it says.
        lease.Live && proof == LeaseProof.Current ? Heard(lease, now, TimeSpan.Zero) with { Load = load ?? lease.Load } : null;

    /// <summary>Where the lease's row waits.</summary>
    /// <param name="member">The instance with its lease.</param>
    /// <param name="skew">How far clocks may differ: a lease ends for others this much later.</param>
    /// <param name="options">The retention.</param>
    public static Due? Due(Member member, TimeSpan skew, RegistryOptions options) => member.Instance.Phase switch
    {
        InstancePhase.Up or InstancePhase.Draining => member.Lease.ExpiresAt is { } end
            ? new Due(RegistryTables.LeasesLane, (end + skew).ToUnixTimeMilliseconds(), Promptness.Sweep)
            : null,
        _ => new Due(RegistryTables.RetentionLane, (member.Instance.Since + options.Retention).ToUnixTimeMilliseconds(), Promptness.Sweep),
    };

    private static InstanceDecision Register(Member? before, InstanceCommand.Register c, DateTimeOffset now) => before switch
    {
        null => new InstanceDecision.Accepted(Create(c.Spec, c.KeyId, c.New, now), Created: true),
        { Instance.Phase: InstancePhase.Removed } =>
            new InstanceDecision.Accepted(Succeed(before, c.Spec, c.KeyId, now, InstanceMomentType.Registered), Created: true),
        // The owner itself: a registration says all that a heartbeat says. After its lease had ended it is still the same process, and
        // what it runs is not lost.
        _ when c.Proof == LeaseProof.Current => new InstanceDecision.Accepted(Update(before, c.Spec, c.KeyId, now)),
        // Not heard any more: the name is free, and whoever comes is somebody else.
        _ when !before.LiveAt(now) => new InstanceDecision.Accepted(Succeed(before, c.Spec, c.KeyId, now, InstanceMomentType.Superseded)),
        _ when c.Takeover && c.KeyId == before.Instance.KeyId && c.SeenGeneration == before.Instance.Generation =>
            new InstanceDecision.Accepted(Succeed(before, c.Spec, c.KeyId, now, InstanceMomentType.Superseded)),
        _ => new InstanceDecision.Refused(InstanceRefusal.Taken),
    };

    private static InstanceDecision Heartbeat(Member? before, InstanceCommand.Heartbeat c, DateTimeOffset now)
    {
        if (before is null || Renew(before.Lease, c.Proof, c.Load, now) is not { } lease)
        {
            return new InstanceDecision.Refused(InstanceRefusal.LeaseLost);
        }

        var instance = (before.Instance.Phase, c.Status) switch
        {
            (InstancePhase.Up, HeartbeatStatus.Draining) =>
                Enter(before.Instance, InstancePhase.Draining, InstanceMomentType.Drained, now),
            (InstancePhase.Draining, HeartbeatStatus.Up) =>
                Enter(before.Instance, InstancePhase.Up, InstanceMomentType.Resumed, now),
            _ => before.Instance,
        };
        return new InstanceDecision.Accepted(new Member(instance, lease with { Phase = instance.Phase }, before.Deadline));
    }

    private static InstanceDecision Poll(Member? before, InstanceCommand.Poll c, DateTimeOffset now) => before switch
    {
        null or { Instance.Phase: InstancePhase.Removed } when c.Spec is null =>
            new InstanceDecision.Refused(InstanceRefusal.CapabilitiesUnknown),
        null => new InstanceDecision.Accepted(Stay(Create(c.Spec!, c.KeyId, c.New, now), now, c.Stay), Created: true),
        { Instance.Phase: InstancePhase.Removed } => new InstanceDecision.Accepted(
            Stay(Succeed(before, c.Spec!, c.KeyId, now, InstanceMomentType.Registered), now, c.Stay), Created: true),
        // Pulled attempts are fenced by their own tokens, so the same key needs no new generation to come back.
        _ when c.KeyId == before.Instance.KeyId => new InstanceDecision.Accepted(Stay(
            before.Instance.Live && c.Spec is null ? before : Update(before, c.Spec ?? before.Instance.Spec, c.KeyId, now), now, c.Stay)),
        _ when before.LiveAt(now) => new InstanceDecision.Refused(InstanceRefusal.Taken),
        _ => new InstanceDecision.Accepted(
            Stay(Succeed(before, c.Spec ?? before.Instance.Spec, c.KeyId, now, InstanceMomentType.Superseded), now, c.Stay)),
    };

    private static InstanceDecision Remove(Member? before, InstanceCommand.Remove c, DateTimeOffset now) => before switch
    {
        null or { Instance.Phase: InstancePhase.Removed } => new InstanceDecision.Refused(InstanceRefusal.NotFound),
        // A process that stops after another one took its name over must not remove its successor.
        _ when c.Proof == LeaseProof.Stale => new InstanceDecision.Refused(InstanceRefusal.LeaseLost),
        _ when c.Proof == LeaseProof.Current || c.Operator || c.KeyId == before.Instance.KeyId || !before.LiveAt(now) =>
            new InstanceDecision.Accepted(End(before, InstancePhase.Removed, InstanceMomentType.Removed, now, c.KeyId)),
        _ => new InstanceDecision.Refused(InstanceRefusal.Taken),
    };

    // A wake-up may be late, doubled, or about a lease that was renewed in between: the row decides.
    private static InstanceDecision Expire(Member? before, DateTimeOffset now) =>
        before is { Instance.Live: true, Deadline: { } end } && end <= now
        ? new InstanceDecision.Accepted(End(before, InstancePhase.Down, InstanceMomentType.Expired, now, by: null))
        : new InstanceDecision.Refused(InstanceRefusal.NotDue);

    private static InstanceDecision Forget(Member? before, DateTimeOffset now, TimeSpan retention) =>
        before is { Instance.Live: false } && before.Instance.Since + retention <= now
            ? new InstanceDecision.Forgotten()
            : new InstanceDecision.Refused(InstanceRefusal.NotDue);

    private static Member Create(InstanceSpec spec, string keyId, InstanceIdentity identity, DateTimeOffset now)
    {
        var lease = new LeaseState
        {
            Id = identity.Id, Generation = 1, Phase = InstancePhase.Up, HeardAt = now, Term = spec.Lease.Duration,
        };
        var moment = new InstanceMoment { At = now, Type = InstanceMomentType.Registered, Generation = 1, By = keyId };
        return new Member(
            new InstanceState
            {
                Id = identity.Id, Service = identity.Service, Name = identity.Name, Phase = InstancePhase.Up, Since = now,
                Generation = 1, Revision = 1, RegisteredAt = now, KeyId = keyId, Spec = spec, History = [moment],
            },
            Heard(lease, now, TimeSpan.Zero),
            Deadline: null);
    }

    // Another process has the name from now on: a new generation, and with it a new token.
    private static Member Succeed(Member before, InstanceSpec spec, string keyId, DateTimeOffset now, InstanceMomentType type)
    {
        var generation = before.Instance.Generation + 1;
        var instance = Note(before.Instance with { Generation = generation }, type, now, keyId) with
        {
            Phase = InstancePhase.Up,
            Since = now,
            KeyId = keyId,
            Spec = spec,
            RegisteredAt = type == InstanceMomentType.Registered ? now : before.Instance.RegisteredAt,
        };
        var lease = before.Lease with
        {
            Generation = generation, Phase = InstancePhase.Up, Term = spec.Lease.Duration, ExpiresAt = null, Load = null,
        };
        return new Member(instance, Heard(lease, now, TimeSpan.Zero), before.Deadline);
    }

    private static Member Update(Member before, InstanceSpec spec, string keyId, DateTimeOffset now)
    {
        var old = before.Instance;
        var instance = old;
        if (!old.Live)
        {
            instance = Note(old, InstanceMomentType.Returned, now, keyId) with { Phase = InstancePhase.Up, Since = now };
        }
        else if (old.Phase == InstancePhase.Draining)
        {
            instance = Enter(old, InstancePhase.Up, InstanceMomentType.Resumed, now);
        }
        else if (!RegistryJson.Same(old.Spec, spec))
        {
            instance = Note(old, InstanceMomentType.Updated, now, keyId);
        }

        if (keyId != old.KeyId || !RegistryJson.Same(old.Spec, spec))
        {
            instance = instance with { KeyId = keyId, Spec = spec, Revision = old.Revision + 1 };
        }

        // A term that was given up or shortened counts from now, not from what the old one had promised.
        var term = spec.Lease.Duration;
        var lease = term == before.Lease.Term ? before.Lease : before.Lease with { Term = term, ExpiresAt = null };
        return new Member(instance, Heard(lease with { Phase = InstancePhase.Up }, now, TimeSpan.Zero), before.Deadline);
    }

    private static Member End(Member before, InstancePhase phase, InstanceMomentType type, DateTimeOffset now, string? by) => new(
        Note(before.Instance, type, now, by) with { Phase = phase, Since = now },
        before.Lease with { Phase = phase, Load = null },
        Deadline: null);

    private static Member Stay(Member member, DateTimeOffset now, TimeSpan stay) => member with { Lease = Heard(member.Lease, now, stay) };

    // An end never moves back: a process whose clock is behind must not end the lease for those whose clock is right.
    private static LeaseState Heard(LeaseState lease, DateTimeOffset now, TimeSpan stay)
    {
        var end = now + stay + lease.Term;
        return lease with { HeardAt = now, ExpiresAt = end is null || lease.ExpiresAt > end ? lease.ExpiresAt ?? end : end };
    }

    private static InstanceState Enter(InstanceState instance, InstancePhase phase, InstanceMomentType type, DateTimeOffset now) =>
        Note(instance, type, now, instance.KeyId) with { Phase = phase, Since = now };

    private static InstanceState Note(InstanceState instance, InstanceMomentType type, DateTimeOffset now, string? by)
    {
        var moment = new InstanceMoment { At = now, Type = type, Generation = instance.Generation, By = by };
        var history = instance.History.Length < RegistryOptions.HistoryMax ? instance.History : instance.History.RemoveAt(0);
        return instance with { Revision = instance.Revision + 1, History = history.Add(moment) };
    }
}
