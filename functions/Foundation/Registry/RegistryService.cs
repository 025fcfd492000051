using Foundation.Registry.Leases;
using Foundation.Registry.View;
using Microsoft.Extensions.Logging;

namespace Foundation.Registry;

/// <summary>An answer to a registration.</summary>
/// <param name="Resource">The instance.</param>
/// <param name="Created">Whether it was not there before.</param>
/// <param name="Version">Of its row; null for what was not stored.</param>
internal sealed record Registered(InstanceResource Resource, bool Created, RowVersion? Version);

/// <summary>How a registration is meant.</summary>
/// <param name="Token">The lease token, if one was shown.</param>
/// <param name="Takeover">Whether to take a live instance from another process with the same key.</param>
/// <param name="DryRun">Whether to answer what would happen and store nothing.</param>
internal sealed record RegisterTerms(string? Token = null, bool Takeover = false, bool DryRun = false)
{
    /// <summary>Further conditions on the stored version (If-Match).</summary>
    public Func<RowVersion?, Problem?>? Condition { get; init; }
}

/// <summary>What was decided and stored.</summary>
/// <param name="After">The instance with its lease.</param>
/// <param name="Created">Whether it was not there before.</param>
/// <param name="Version">Of its row; null for what was not stored.</param>
internal sealed record Decided(Member After, bool Created, RowVersion? Version);

/// <summary>Writes the registry: load → decide → commit.</summary>
internal sealed class RegistryService(
    RegistryRows rows,
    RegistryLoader loader,
    RegistryView view,
    InstanceChecks checks,
    IdFactory ids,
    LeaseClock clock,
    RegistryOptions options,
    RegistryInstruments instruments,
    ILogger<RegistryService> logger) : IPollingInstances
{
    private const int TriesMax = 16;

    /// <summary>Registers an instance, renews its registration, or takes it over.</summary>
    public async ValueTask<Outcome<Registered>> RegisterAsync(
        Caller caller, string service, string instance, InstanceRegistration registration, RegisterTerms terms, CancellationToken ct)
    {
        if (Confined(caller, service) is { } forbidden)
        {
            return forbidden;
        }

        var spec = checks.Check(service, instance, registration);
        if (spec.Problem is { } wrong)
        {
            return wrong;
        }

        long? seen = null;
        var outcome = await DecideAsync(
            service,
            instance,
            before =>
            {
                seen ??= before?.Instance.Generation ?? 0;
                return new InstanceCommand.Register(
                    spec.Value, caller.KeyId, Prove(before, terms.Token), terms.Takeover, seen.Value, NewIdentity(service, instance));
            },
            terms.Condition,
            terms.DryRun,
            ct);
        return outcome.Problem is { } problem ? problem : ToRegistered(outcome.Value, withToken: !terms.DryRun);
    }

    /// <summary>A sign of life, with the token.</summary>
    public async ValueTask<Outcome<HeartbeatAnswer>> HeartbeatAsync(
        Caller caller, string service, string instance, Heartbeat heartbeat, CancellationToken ct)
    {
        if (Confined(caller, service) is { } forbidden)
        {
            return forbidden;
        }

        try
        {
            var outcome = await HeartbeatAsync(service, instance, heartbeat, ct);
            instruments.Heard(outcome.Ok);
            return outcome;
        }
        catch (StoreUnavailableException)
        {
            // The instance did what it had to: nobody's lease may end because it could not be written down.
            view.GrantGrace();
            throw;
        }
    }

    /// <summary>A poll for tasks: a sign of life by the caller's key, and a registration if the instance tells what it can do.</summary>
    public async ValueTask<Outcome<Instance>> PollAsync(
        Caller caller, string service, string instance, InstanceRegistration? registration, TimeSpan stay, CancellationToken ct)
    {
        if (Confined(caller, service) is { } forbidden)
        {
            return forbidden;
        }

        var spec = checks.Check(service, instance, registration ?? new InstanceRegistration());
        if (spec.Problem is { } wrong)
        {
            return wrong;
        }

        await loader.EnsureLoadedAsync(ct);
        if (HeardJustNow(caller, service, instance, registration is null ? null : spec.Value, stay) is { } known)
        {
            return known;
        }

        var outcome = await DecideAsync(
            service,
            instance,
            _ => new InstanceCommand.Poll(caller.KeyId, registration is null ? null : spec.Value, stay, NewIdentity(service, instance)),
            condition: null,
            dryRun: false,
            ct);
        return outcome.Problem is { } problem ? problem
            : view.Snapshot.Find(service, instance) is { } member ? member
            : InstanceFactory.From(outcome.Value.After.Instance, new InstanceActivity(), health: null);
    }

    /// <summary>The instance leaves, or is removed.</summary>
    public async ValueTask<Outcome<bool>> RemoveAsync(
        Caller caller, string service, string instance, string? token, bool dryRun, CancellationToken ct)
    {
        if (Confined(caller, service) is { } forbidden)
        {
            return forbidden;
        }

        var outcome = await DecideAsync(
            service,
            instance,
            before => new InstanceCommand.Remove(Prove(before, token), caller.KeyId, Operator: caller.Services is null),
            condition: null,
            dryRun,
            ct);
        return outcome.Problem is { } problem ? problem : true;
    }

    /// <summary>Ends the lease if its time has come.</summary>
    /// <returns>Whether it ended.</returns>
    public async ValueTask<bool> ExpireAsync(string service, string instance, CancellationToken ct)
    {
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var before = await rows.LoadAsync(service, instance, ct);
            var now = clock.Now;
            var decision = InstanceDecider.Decide(before.Member, new InstanceCommand.Expire(), now, options);
            if (decision is not InstanceDecision.Accepted accepted)
            {
                return false;
            }

            if (await rows.CommitAsync(before, accepted.After, ct) is not null)
            {
                instruments.Late(now - before.Member!.Deadline!.Value);
                Note(accepted.After);
                return true;
            }
        }

        return false;
    }

    /// <summary>Deletes what was down or removed for long enough.</summary>
    /// <returns>Whether it is gone.</returns>
    public async ValueTask<bool> ForgetAsync(string service, string instance, CancellationToken ct)
    {
        var before = await rows.LoadAsync(service, instance, ct);
        return InstanceDecider.Decide(before.Member, new InstanceCommand.Forget(), clock.Now, options) is InstanceDecision.Forgotten
            && await rows.DeleteAsync(before, ct);
    }

    private async ValueTask<Outcome<HeartbeatAnswer>> HeartbeatAsync(
        string service, string instance, Heartbeat heartbeat, CancellationToken ct)
    {
        var lost = RegistryErrors.ToProblem(InstanceRefusal.LeaseLost, RegistryTables.FullName(service, instance));
        if (!InstanceChecks.IsName(service) || !InstanceChecks.IsName(instance))
        {
            return lost;
        }

        await loader.EnsureLoadedAsync(ct);
        view.ObserveClock();
        for (var tries = 0; tries < TriesMax; tries++)
        {
            if (await rows.LoadLeaseAsync(service, instance, ct) is not { } row)
            {
                return lost;
            }

            var lease = view.Correct(row.Key.Text!, RegistryJson.Lease(row));
            if (ChangesStatus(heartbeat.Status, lease.Phase))
            {
                return await ChangeStatusAsync(service, instance, heartbeat, ct);
            }

            var proof = LeaseTokens.Prove(ids, heartbeat.LeaseToken, lease.Id, lease.Generation);
            if (InstanceDecider.Renew(lease, proof, heartbeat.Load, clock.Now) is not { } renewed)
            {
                return lost;
            }

            if (await rows.CommitLeaseAsync(service, row, renewed, ct))
            {
                return InstanceAnswers.Heartbeat(renewed);
            }
        }

        return new Problem(RegistryErrors.Busy) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    private async ValueTask<Outcome<HeartbeatAnswer>> ChangeStatusAsync(
        string service, string instance, Heartbeat heartbeat, CancellationToken ct)
    {
        var outcome = await DecideAsync(
            service,
            instance,
            before => new InstanceCommand.Heartbeat(Prove(before, heartbeat.LeaseToken), heartbeat.Load, heartbeat.Status),
            condition: null,
            dryRun: false,
            ct);
        return outcome.Problem is { } problem ? problem : InstanceAnswers.Heartbeat(outcome.Value.After.Lease);
    }

    private async ValueTask<Outcome<Decided>> DecideAsync(
        string service,
        string instance,
        Func<Member?, InstanceCommand> command,
        Func<RowVersion?, Problem?>? condition,
        bool dryRun,
        CancellationToken ct)
    {
        var name = RegistryTables.FullName(service, instance);
        if (!InstanceChecks.IsName(service) || !InstanceChecks.IsName(instance))
        {
            return RegistryErrors.ToProblem(InstanceRefusal.NotFound, name);
        }

        await loader.EnsureLoadedAsync(ct);
        view.ObserveClock();
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var before = await rows.LoadAsync(service, instance, ct);
            var shown = before.Member is { Instance.Phase: not InstancePhase.Removed } ? before.InstanceRow!.Version : (RowVersion?)null;
            if (condition?.Invoke(shown) is { } failed)
            {
                return failed;
            }

            var decision = InstanceDecider.Decide(before.Member, command(before.Member), clock.Now, options);
            if (decision is InstanceDecision.Refused refused)
            {
                return RegistryErrors.ToProblem(refused.Refusal, name);
            }

            var accepted = (InstanceDecision.Accepted)decision;
            if (dryRun)
            {
                return new Decided(accepted.After, accepted.Created, Version: null);
            }

            if (await rows.CommitAsync(before, accepted.After, ct) is { } version)
            {
                if (!ReferenceEquals(before.Member?.Instance, accepted.After.Instance))
                {
                    Note(accepted.After);
                }

                return new Decided(accepted.After, accepted.Created, version);
            }
        }

        return new Problem(RegistryErrors.Busy) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    // Pulling agents poll all the time: the lease is written only when a third of it is gone, or the poll outlasts it.
    private Instance? HeardJustNow(Caller caller, string service, string instance, InstanceSpec? spec, TimeSpan stay)
    {
        var now = clock.Now;
        return view.Snapshot.Find(service, instance) is { Source: { Live: true } source } known
            && known.KeyId == caller.KeyId
            && (spec is null || RegistryJson.Same(spec, source.Spec))
            && known.EligibleAt(now) | known.Status == InstanceStatus.Draining
            && known.Activity is { Lease: { Term: { } term } lease, Deadline: { } deadline }
            && lease.Generation == known.Generation
            && deadline - now >= stay + (term * 2 / RegistryOptions.HeartbeatsPerLease)
            ? known
            : null;
    }

    private Registered ToRegistered(Decided decided, bool withToken)
    {
        var (instance, lease) = (decided.After.Instance, decided.After.Lease);
        var resource = InstanceAnswers.Resource(instance, lease, view.Snapshot.Find(instance.FullName), clock.Now);
        var token = withToken ? LeaseTokens.Of(ids, instance.Id, instance.Generation) : null;
        return new Registered(resource with { LeaseToken = token }, decided.Created, decided.Version);
    }

    private LeaseProof Prove(Member? member, string? token) => member is null
        ? LeaseProof.None
        : LeaseTokens.Prove(ids, token, member.Instance.Id, member.Instance.Generation);

    private InstanceIdentity NewIdentity(string service, string instance) =>
        new(ids.Mint("instance", StableHash.ShardOf(service)).ToString(), service, instance);

    private void Note(Member after)
    {
        instruments.Happened(after.Instance.History[^1].Type);
        logger.Became(after.Instance.FullName, after.Instance.Phase, after.Instance.Generation);
    }

    private static bool ChangesStatus(HeartbeatStatus? asked, InstancePhase phase) => (asked, phase) is
        (HeartbeatStatus.Draining, InstancePhase.Up) or (HeartbeatStatus.Up, InstancePhase.Draining);

    private static Problem? Confined(Caller caller, string service) => caller.Services is { } own && !own.Contains(service)
        ? new Problem(ApiErrors.Forbidden, $"The key may act for its own services only, and '{Texts.Clip(service)}' is none of them.")
        : null;
}
