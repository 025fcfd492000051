namespace Foundation.Registry;

/// <summary>For rooms whose callers poll: a poll is a sign of life, by the caller's key instead of a token, and may register.</summary>
public interface IPollingInstances
{
    /// <summary>Notes a poll. Writes only when the lease needs it.</summary>
    /// <param name="caller">Who polls.</param>
    /// <param name="service">The service.</param>
    /// <param name="instance">The instance's name inside it.</param>
    /// <param name="registration">What it can do; null when it does not say (refused when it is not known either).</param>
    /// <param name="stay">How long the poll may stay open: the lease covers it.</param>
    /// <param name="ct">Cancels.</param>
    ValueTask<Outcome<Instance>> PollAsync(
        Caller caller, string service, string instance, InstanceRegistration? registration, TimeSpan stay, CancellationToken ct);
}
