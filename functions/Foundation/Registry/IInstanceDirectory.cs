namespace Foundation.Registry;

/// <summary>What happened to an instance, for those who give it work.</summary>
public enum InstanceEventKind
{
    /// <summary>It can take work, or offers other capabilities or capacity than before: look at its lanes.</summary>
    Available,

    /// <summary>It takes no new work: down, draining, ejected or removed (<see cref="InstanceEvent.Instance"/> says which).</summary>
    Unavailable,

    /// <summary>Taken over by another process: attempts of an older generation are lost.</summary>
    Superseded,
}

/// <summary>A change of an instance.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Instance">As it is now; when it was removed, as it last was with status down.</param>
public sealed record InstanceEvent(InstanceEventKind Kind, Instance Instance);

/// <summary>
/// The instances of the deployment as this process knows them. Reads are synchronous and allocate nothing: they answer from an
/// immutable snapshot that is replaced as a whole.
/// </summary>
public interface IInstanceDirectory
{
    /// <summary>All instances, ordered by full name.</summary>
    IReadOnlyList<Instance> All { get; }

    /// <summary>All that offer a capability, also those that are not up (for explain), ordered by full name.</summary>
    IReadOnlyList<Instance> WithCapability(string capability);

    /// <summary>All of a service, also those that are not up, ordered by name.</summary>
    IReadOnlyList<Instance> OfService(string service);

    /// <summary>One instance, or null.</summary>
    Instance? Find(string service, string instance);

    /// <summary>
    /// Calls on every change until disposed. Called by the thread that changed the view, after the snapshot was replaced: a subscriber
    /// only notes what to do. Superseded comes before Available of the same instance.
    /// </summary>
    IDisposable Subscribe(Action<InstanceEvent> onEvent);

    /// <summary>
    /// Reads the store when the view is older than its freshness bound (2 s): hosts with several processes call it before they rely on
    /// the view. Does nothing in a single process. A store that cannot answer leaves the last view and does not throw.
    /// </summary>
    ValueTask RefreshAsync(CancellationToken ct);
}
